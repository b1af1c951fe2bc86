from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "wangge_server.dispatch"
    label = "dispatch"
    verbose_name = "派单"

    def ready(self) -> None:
        from wangge_server.dispatch.batch_actions import correct_envelopes, dispatch_batch, withdraw_batch
        from wangge_server.dispatch.queries import grids_of, holdings, planned
        from wangge_server.forms import campaign_queries, queries
        from wangge_server.risk import appeal_actions, cell_actions, cell_queries

        campaign_queries.holdings = holdings
        queries.grids_held = grids_of
        cell_actions.dispatch_batch, cell_actions.withdraw_batch = dispatch_batch, withdraw_batch
        cell_queries.planned = planned
        appeal_actions.receivers["envelope"] = correct_envelopes
