from wangge_server.exposure.models.case import Case
from wangge_server.exposure.models.confirmation import Confirmation
from wangge_server.exposure.models.exposure import Exposure

__all__ = ["Case", "Confirmation", "Exposure"]
