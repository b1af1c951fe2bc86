from wangge_server.risk.models.appeal import Appeal, AppealMove, AppealReceipt
from wangge_server.risk.models.batch import Batch, GuardAnswer, Proposed, Recall
from wangge_server.risk.models.grade import Grade
from wangge_server.risk.models.signature import Sight, Signature

__all__ = [
    "Appeal",
    "AppealMove",
    "AppealReceipt",
    "Batch",
    "Grade",
    "GuardAnswer",
    "Proposed",
    "Recall",
    "Sight",
    "Signature",
]
