from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "wangge_server.risk"
    label = "risk"
    verbose_name = "分级"
