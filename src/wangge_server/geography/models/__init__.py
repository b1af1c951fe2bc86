from wangge_server.geography.models.area import Area
from wangge_server.geography.models.dwelling import Dwelling
from wangge_server.geography.models.home import Home
from wangge_server.geography.models.redivision import Redivision

__all__ = ["Area", "Dwelling", "Home", "Redivision"]
