from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "wangge_server.feedback"
    label = "feedback"
    verbose_name = "督办"

    def ready(self) -> None:
        from wangge_server.dispatch import handover_actions
        from wangge_server.feedback.actions import confirm_units
        from wangge_server.feedback.ledger_actions import rehome_coverage
        from wangge_server.forms import campaign_actions

        campaign_actions.confirm_units = confirm_units
        handover_actions.followers["coverage"] = rehome_coverage
