from wangge_server.feedback.models.coverage import Coverage
from wangge_server.feedback.models.outcome import Outcome
from wangge_server.feedback.models.recheck import Recheck

__all__ = ["Coverage", "Outcome", "Recheck"]
