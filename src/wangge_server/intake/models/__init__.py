from wangge_server.intake.models.batch import Batch
from wangge_server.intake.models.held_row import HeldRow

__all__ = ["Batch", "HeldRow"]
