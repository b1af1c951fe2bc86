from django.apps import AppConfig


class ExposureConfig(AppConfig):
    name = "wangge_server.exposure"
    label = "exposure"
    verbose_name = "研判"
