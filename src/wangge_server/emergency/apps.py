from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "wangge_server.emergency"
    label = "emergency"
    verbose_name = "应急"

    def ready(self) -> None:
        from wangge_server.base import actions
        from wangge_server.emergency.queries import current_phase

        actions.phase_now = current_phase
