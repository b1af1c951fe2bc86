"""risk: exposures -> red, yellow or blue, each with its rules, its facts and its end."""

from wangge.risk.batch import digest, words_to_sign
from wangge.risk.grade import grade, undecided
from wangge.risk.guard import Alarm, explained_otherwise
from wangge.risk.person import grade_person
from wangge.risk.regrade import Change, difference, due, regrade
from wangge.risk.shelf import GRADES, Rule, explain, rules

__all__ = [
    "GRADES",
    "Alarm",
    "Change",
    "Rule",
    "difference",
    "digest",
    "due",
    "explain",
    "explained_otherwise",
    "grade",
    "grade_person",
    "regrade",
    "rules",
    "undecided",
    "words_to_sign",
]
