"""feedback: answers -> verified outcomes, conflicts, blind re-checks, and the coverage ledger."""

from wangge.feedback.cover import cover, why_no_percentage
from wangge.feedback.matters import (
    MatterFacts,
    MatterMove,
    handling_limit,
    matter_moves,
    matter_open,
    matter_possible,
    matter_step,
    matter_terms,
    matter_words,
    next_due,
)
from wangge.feedback.outside import outside
from wangge.feedback.recheck import differing, may_verify, sample, why_not
from wangge.feedback.reconcile import BASES, ends_alone, reconcile
from wangge.feedback.verify import closing, conflicts, conserve, verify

__all__ = [
    "BASES",
    "MatterFacts",
    "MatterMove",
    "closing",
    "conflicts",
    "conserve",
    "cover",
    "differing",
    "ends_alone",
    "handling_limit",
    "matter_moves",
    "matter_open",
    "matter_possible",
    "matter_step",
    "matter_terms",
    "matter_words",
    "may_verify",
    "next_due",
    "outside",
    "reconcile",
    "sample",
    "verify",
    "why_no_percentage",
    "why_not",
]
