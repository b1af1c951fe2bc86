from wangge_server.audit.models.event import Event

__all__ = ["Event"]
