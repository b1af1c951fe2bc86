from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "wangge_server.forms"
    label = "forms"
    verbose_name = "一表通"
