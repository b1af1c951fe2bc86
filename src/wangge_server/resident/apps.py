from django.apps import AppConfig


class ResidentConfig(AppConfig):
    name = "wangge_server.resident"
    label = "resident"
    verbose_name = "居民"
