from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "wangge_server.emergency"
    label = "emergency"
    verbose_name = "应急"
