from wangge_server.feedback.models.coverage import Coverage
from wangge_server.feedback.models.dispute import Dispute
from wangge_server.feedback.models.ledger import LedgerRoot, LedgerRow
from wangge_server.feedback.models.matter import Matter, MatterMove
from wangge_server.feedback.models.outcome import Outcome
from wangge_server.feedback.models.recheck import Recheck

__all__ = ["Coverage", "Dispute", "LedgerRoot", "LedgerRow", "Matter", "MatterMove", "Outcome", "Recheck"]
