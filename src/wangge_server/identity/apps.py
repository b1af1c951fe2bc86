from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "wangge_server.identity"
    label = "wangge_identity"
    verbose_name = "合并复核"
