from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "wangge_server.intake"
    label = "intake"
    verbose_name = "汇聚"
