from wangge_server.intake.models.batch import Batch
from wangge_server.intake.models.column_mapping import ColumnMapping
from wangge_server.intake.models.fault_row import FaultRow
from wangge_server.intake.models.held_row import HeldRow

__all__ = ["Batch", "ColumnMapping", "FaultRow", "HeldRow"]
