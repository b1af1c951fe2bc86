from wangge_server.emergency.models.emergency import Emergency

__all__ = ["Emergency"]
