"""feedback: answers -> verified outcomes, conflicts, blind re-checks, and the coverage ledger."""

from wangge.feedback.cover import cover, why_no_percentage
from wangge.feedback.recheck import may_verify, sample, why_not
from wangge.feedback.reconcile import BASES, ends_alone, reconcile
from wangge.feedback.verify import closing, conflicts, conserve, verify

__all__ = [
    "BASES",
    "closing",
    "conflicts",
    "conserve",
    "cover",
    "ends_alone",
    "may_verify",
    "reconcile",
    "sample",
    "verify",
    "why_no_percentage",
    "why_not",
]
