from wangge_server.vault.models.sunset import Sunset

__all__ = ["Sunset"]
