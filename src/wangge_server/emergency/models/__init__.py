from wangge_server.emergency.models.emergency import Emergency
from wangge_server.emergency.models.emergency_move import EmergencyMove

__all__ = ["Emergency", "EmergencyMove"]
