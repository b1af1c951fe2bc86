from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "wangge_server.dispatch"
    label = "dispatch"
    verbose_name = "派单"
