from django.apps import AppConfig


class ResidentConfig(AppConfig):
    name = "wangge_server.resident"
    label = "resident"
    verbose_name = "居民"

    def ready(self) -> None:
        from wangge_server.resident.pass_actions import void_passes
        from wangge_server.risk import appeal_actions

        appeal_actions.receivers["pass"] = void_passes
