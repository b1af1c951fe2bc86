"""May this role, for this purpose, do that, to whom, seeing which elements? allowed / refused / gap. Pure."""

from wangge.policy.collect import may_collect, purposes_that_ask
from wangge.policy.decide import Decision, decide, elements_for, explain, purposes_for, table, version

__all__ = [
    "Decision",
    "decide",
    "elements_for",
    "explain",
    "may_collect",
    "purposes_for",
    "purposes_that_ask",
    "table",
    "version",
]
