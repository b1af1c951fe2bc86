"""feedback: answers -> verified outcomes, conflicts, blind re-checks, and the coverage ledger."""

from wangge.feedback.cover import cover
from wangge.feedback.recheck import may_verify, sample, why_not
from wangge.feedback.verify import closing, conflicts, conserve, verify

__all__ = ["closing", "conflicts", "conserve", "cover", "may_verify", "sample", "verify", "why_not"]
