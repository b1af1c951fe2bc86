from wangge_server.policy.models.urgent_look import UrgentLook

__all__ = ["UrgentLook"]
