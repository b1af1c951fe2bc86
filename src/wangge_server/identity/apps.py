from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "wangge_server.identity"
    label = "identity"
    verbose_name = "合并复核"
