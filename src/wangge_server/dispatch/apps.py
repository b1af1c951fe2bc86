from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "wangge_server.dispatch"
    label = "dispatch"
    verbose_name = "派单"

    def ready(self) -> None:
        from wangge_server.dispatch.queries import grids_of, holdings
        from wangge_server.forms import campaign_queries, queries

        campaign_queries.holdings = holdings
        queries.grids_held = grids_of
