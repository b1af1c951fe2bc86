from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wangge_server.audit"
    label = "audit"
    verbose_name = "留痕"

    def ready(self) -> None:
        from wangge_server.audit.actions import write_event
        from wangge_server.base import actions

        actions.write_event = write_event
