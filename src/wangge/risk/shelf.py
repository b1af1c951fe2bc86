"""The shelf of rules as one table: name, grade, explanation, expression, examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from wangge.base.shelf import ShelfError, members
from wangge.risk import rules as package

GRADES = ("red", "yellow", "blue")  # strongest first
LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True)
class Rule:
    """One rule of the shelf."""

    name: str
    grade: str
    explanation: dict[str, str]
    meaning: str
    holds: Callable[[ir.Table], ir.BooleanValue]
    examples: tuple[tuple[dict[str, object], bool], ...]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, strongest grade first, then by name. Raises ShelfError for a rule that lacks a part."""
    found = []
    for name, module in members(package, ("GRADE", "EXPLANATION", "EXAMPLES", "holds")).items():
        if module.GRADE not in GRADES or set(module.EXPLANATION) != set(LANGUAGES):
            raise ShelfError(f"{module.__name__}: GRADE or EXPLANATION is not complete")
        if {expected for _, expected in module.EXAMPLES} != {True, False}:
            raise ShelfError(f"{module.__name__}: EXAMPLES must show both answers")
        meaning = (module.__doc__ or "").strip()
        found.append(Rule(name, module.GRADE, module.EXPLANATION, meaning, module.holds, tuple(module.EXAMPLES)))
    return tuple(sorted(found, key=lambda r: (GRADES.index(r.grade), r.name)))


def explain(name: str, lang: str = "zh-hans") -> str:
    """Why a grade was given, in plain words."""
    return next(rule.explanation[lang] for rule in rules() if rule.name == name)
