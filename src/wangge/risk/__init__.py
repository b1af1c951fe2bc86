"""risk: exposures -> red, yellow or blue, each with its rules, its facts and its end."""

from wangge.risk.appeal import (
    WEAKER,
    Facts,
    appeal_terms,
    clock,
    confirmed,
    dues,
    is_open,
    late,
    moves,
    possible,
    said,
    step,
)
from wangge.risk.batch import digest, words_to_sign
from wangge.risk.cell import reasons, terms
from wangge.risk.explanation import Explanation, Reason, explanation
from wangge.risk.grade import grade, undecided
from wangge.risk.guard import Alarm, explained_otherwise
from wangge.risk.order import order
from wangge.risk.pass_code import Colour, Pass, Trusted, Window, colour_of, compose, draw, sign, verify
from wangge.risk.pass_revoked import read_list, revocation_list
from wangge.risk.person import grade_person
from wangge.risk.regrade import Change, difference, due, regrade
from wangge.risk.renewal import held_to_evidence, without_new_evidence
from wangge.risk.shelf import GRADES, Rule, explain, rules

__all__ = [
    "GRADES",
    "WEAKER",
    "Alarm",
    "Change",
    "Colour",
    "Explanation",
    "Facts",
    "Pass",
    "Reason",
    "Rule",
    "Trusted",
    "Window",
    "appeal_terms",
    "clock",
    "colour_of",
    "compose",
    "confirmed",
    "difference",
    "digest",
    "draw",
    "due",
    "dues",
    "explain",
    "explained_otherwise",
    "explanation",
    "grade",
    "grade_person",
    "held_to_evidence",
    "is_open",
    "late",
    "moves",
    "order",
    "possible",
    "read_list",
    "reasons",
    "regrade",
    "revocation_list",
    "rules",
    "said",
    "sign",
    "step",
    "terms",
    "undecided",
    "verify",
    "without_new_evidence",
    "words_to_sign",
]
