from django.urls import path

from wangge_server.jobs import views

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("runs/start/", views.start, name="run_start"),
    path("runs/<uuid:pk>/", views.run, name="run"),
    path("runs/<uuid:pk>/state/", views.state, name="run_state"),
]
