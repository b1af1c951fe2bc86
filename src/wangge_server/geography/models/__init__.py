from wangge_server.geography.models.area import Area
from wangge_server.geography.models.dwelling import Dwelling

__all__ = ["Area", "Dwelling"]
