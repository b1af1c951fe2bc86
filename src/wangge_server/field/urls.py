from django.urls import path

from wangge_server.field import api, sync, views

urlpatterns = [
    path("checks/", views.checks, name="checks"),
    path("checks/<str:household_id>/", views.check, name="check"),
    path("m/", api.shell, name="phone"),
    path("m/api/me", api.me, name="phone_me"),
    path("m/api/today", api.today, name="phone_today"),
    path("m/api/pull", sync.pulled, name="phone_pull"),
    path("m/api/tasks/<str:task_id>", api.task, name="phone_task"),
    path("m/api/tasks/<str:task_id>/close", api.close, name="phone_close"),
]
