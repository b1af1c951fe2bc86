from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "wangge_server.field"
    label = "field"
    verbose_name = "入户"
