from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "wangge_server.registry"
    label = "registry"
    verbose_name = "一人一档"
