from wangge_server.resident.models.poster import Poster
from wangge_server.resident.models.registration import Registration

__all__ = ["Poster", "Registration"]
