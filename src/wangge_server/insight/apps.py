from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "wangge_server.insight"
    label = "insight"
    verbose_name = "总览"
