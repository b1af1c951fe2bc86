from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "wangge_server.dispatch"
    label = "dispatch"
    verbose_name = "派单"

    def ready(self) -> None:
        from wangge_server.dispatch.queries import holdings
        from wangge_server.forms import campaign_queries

        campaign_queries.holdings = holdings
