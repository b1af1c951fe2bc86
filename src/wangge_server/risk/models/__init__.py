from wangge_server.risk.models.batch import Batch, GuardAnswer, Proposed, Recall
from wangge_server.risk.models.grade import Grade
from wangge_server.risk.models.signature import Sight, Signature

__all__ = ["Batch", "Grade", "GuardAnswer", "Proposed", "Recall", "Sight", "Signature"]
