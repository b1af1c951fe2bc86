from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    name = "wangge_server.vault"
    label = "vault"
    verbose_name = "数据保险库"

    def ready(self) -> None:
        from wangge_server.base import sealed
        from wangge_server.vault import keys, schemas

        sealed.key_for, sealed.ring = keys.key_for, keys.ring
        post_migrate.connect(schemas.settle, sender=self)
