from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "wangge_server.sharing"
    label = "sharing"
    verbose_name = "共享"

    def ready(self) -> None:
        from wangge_server.risk import appeal_actions
        from wangge_server.sharing.actions import correct_shares

        appeal_actions.receivers["share"] = correct_shares
