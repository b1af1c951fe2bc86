from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "wangge_server.jobs"
    label = "jobs"
    verbose_name = "任务"
