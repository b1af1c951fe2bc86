from wangge_server.resident.models.checkpoint import LANES, Checkpoint
from wangge_server.resident.models.passes import IssuedPass, PassHolder
from wangge_server.resident.models.poster import Poster
from wangge_server.resident.models.registration import Registration

__all__ = ["LANES", "Checkpoint", "IssuedPass", "PassHolder", "Poster", "Registration"]
