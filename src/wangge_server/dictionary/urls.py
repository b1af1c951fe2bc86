from django.urls import path

from wangge_server.dictionary import views

urlpatterns = [
    path("dictionary/", views.dictionary, name="dictionary"),
    path("dictionary/<str:name>/", views.element, name="element"),
]
