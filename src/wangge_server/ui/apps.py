from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "wangge_server.ui"
    label = "ui"
    verbose_name = "ui"
