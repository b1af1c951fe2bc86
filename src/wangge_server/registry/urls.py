from django.urls import path

from wangge_server.registry import views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/person/<str:person_id>/", views.person, name="person"),
    path("register/<str:household_id>/", views.household, name="household"),
]
