from django.urls import path

from wangge_server.feedback import views

urlpatterns = [
    path("supervision/", views.supervision, name="supervision"),
    path("supervision/draw/", views.draw, name="recheck_draw"),
]
