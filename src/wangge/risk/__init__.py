"""risk: exposures -> red, yellow or blue, each with its rules, its evidence and its end."""

from wangge.risk.grade import grade
from wangge.risk.shelf import GRADES, Rule, explain, rules

__all__ = ["GRADES", "Rule", "explain", "grade", "rules"]
