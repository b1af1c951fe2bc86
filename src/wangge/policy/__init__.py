"""May this role, for this purpose, do that, to whom, seeing which elements? allowed / refused / gap. Pure."""

from wangge.policy.collect import may_collect, purposes_that_ask
from wangge.policy.decide import decide, elements_for, permits, purposes_for, rules, table, version
from wangge.policy.explain import Question, explain, judge
from wangge.policy.four_eyes import Second, Signer, needs_two, second
from wangge.policy.rules import PHASES, RELATIONS, Decision, Rules

__all__ = [
    "PHASES",
    "RELATIONS",
    "Decision",
    "Question",
    "Rules",
    "Second",
    "Signer",
    "decide",
    "elements_for",
    "explain",
    "judge",
    "may_collect",
    "needs_two",
    "permits",
    "purposes_for",
    "purposes_that_ask",
    "rules",
    "second",
    "table",
    "version",
]
