from django.urls import path

from wangge_server.publish import views

urlpatterns = [
    path("publishing/", views.releases, name="publishing"),
    path("publishing/new/", views.propose, name="release_propose"),
    path("publishing/<uuid:pk>/", views.release, name="release"),
    path("publishing/<uuid:pk>/approve/", views.approve, name="release_approve"),
]
