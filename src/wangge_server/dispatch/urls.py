from django.urls import path

from wangge_server.dispatch import views

urlpatterns = [path("dispatch/", views.flow, name="dispatch")]
