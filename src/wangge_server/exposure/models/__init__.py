from wangge_server.exposure.models.case import Case
from wangge_server.exposure.models.exposure import Exposure

__all__ = ["Case", "Exposure"]
