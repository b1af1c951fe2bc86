from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "wangge_server.vault"
    label = "vault"
    verbose_name = "数据保险库"

    def ready(self) -> None:
        from wangge_server.base import sealed
        from wangge_server.vault import keys

        sealed.key_for, sealed.ring = keys.key_for, keys.ring
