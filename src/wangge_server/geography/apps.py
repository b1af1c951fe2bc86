from django.apps import AppConfig


class GeographyConfig(AppConfig):
    name = "wangge_server.geography"
    label = "geography"
    verbose_name = "网格"
