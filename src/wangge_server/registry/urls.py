from django.urls import path

from wangge_server.registry import urgent_views, views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/urgent/", urgent_views.urgent, name="urgent"),
    path("register/urgent/told/", urgent_views.urgent_told, name="urgent_told"),
    path("register/urgent/alarms/<uuid:pk>/review/", urgent_views.alarm_review, name="alarm_review"),
    path("register/urgent/<uuid:pk>/", urgent_views.urgent_look, name="urgent_look"),
    path("register/urgent/<uuid:pk>/review/", urgent_views.urgent_review, name="urgent_review"),
    path("register/person/<str:person_id>/", views.person, name="person"),
    path("register/<str:household_id>/", views.household, name="household"),
]
