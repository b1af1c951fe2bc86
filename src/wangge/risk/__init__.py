"""risk: exposures -> red, yellow or blue, each with its rules, its facts and its end."""

from wangge.risk.grade import grade, undecided
from wangge.risk.person import grade_person
from wangge.risk.regrade import Change, difference, due, regrade
from wangge.risk.shelf import GRADES, Rule, explain, rules

__all__ = [
    "GRADES",
    "Change",
    "Rule",
    "difference",
    "due",
    "explain",
    "grade",
    "grade_person",
    "regrade",
    "rules",
    "undecided",
]
