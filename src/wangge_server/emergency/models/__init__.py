from wangge_server.emergency.models.emergency import Emergency
from wangge_server.emergency.models.emergency_move import EmergencyMove
from wangge_server.emergency.models.protocol_version import ProtocolVersion

__all__ = ["Emergency", "EmergencyMove", "ProtocolVersion"]
