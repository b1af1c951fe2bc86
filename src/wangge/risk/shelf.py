"""The shelf of rules as one table: name, grade, explanation, expression, examples, what is done with missing facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from wangge.base.shelf import ShelfError, members
from wangge.risk import rules as package
from wangge.risk.one import Reading, fields_of, read
from wangge.tables.shapes import EXPOSURE

GRADES = ("red", "yellow", "blue")  # strongest first
LANGUAGES = ("zh-hans", "zh-hant", "en")
UNKNOWN = ("no", "ask")  # a fact is missing: the rule does not hold, or a person must find out

# What a rule may read of one exposure: the exposure itself, its age in Beijing days, the protocol's limit for the grade.
# Who the person is stands not among them: no region, no register, no age, no score (red lines R2, R6).
FACTS = ("place_kind", "overlap_minutes", "degree", "category", "evidence", "days_since", "limit_days")
FACT_SCHEMA = pa.schema(
    [f for f in EXPOSURE.schema if f.name in FACTS]
    + [pa.field("days_since", pa.int32()), pa.field("limit_days", pa.int32())]
)


@dataclass(frozen=True)
class Rule:
    """One rule of the shelf."""

    name: str
    grade: str
    explanation: dict[str, str]
    meaning: str
    holds: Callable[[ir.Table], ir.BooleanValue]
    examples: tuple[tuple[dict[str, object], bool], ...]
    unknown: str = "no"

    @cached_property
    def expression(self) -> Any:
        """The rule over a table of FACTS, as Ibis reads it."""
        return self.holds(ibis.table(ibis.Schema.from_pyarrow(FACT_SCHEMA), name="facts")).op()

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads."""
        return fields_of(self.expression)

    @cached_property
    def of_one(self) -> Reading:
        """The rule on one exposure: True, False, or None where the facts do not say."""
        return read(self.expression)


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, strongest grade first, then by name. Raises ShelfError for a rule that lacks a part."""
    found = []
    for name, module in members(package, ("GRADE", "EXPLANATION", "EXAMPLES", "UNKNOWN", "holds")).items():
        if module.GRADE not in GRADES or set(module.EXPLANATION) != set(LANGUAGES):
            raise ShelfError(f"{module.__name__}: GRADE or EXPLANATION is not complete")
        if {expected for _, expected in module.EXAMPLES} != {True, False}:
            raise ShelfError(f"{module.__name__}: EXAMPLES must show both answers")
        if module.UNKNOWN not in UNKNOWN:
            raise ShelfError(f"{module.__name__}: UNKNOWN must be one of {', '.join(UNKNOWN)}")
        meaning = (module.__doc__ or "").strip()
        rule = Rule(
            name, module.GRADE, module.EXPLANATION, meaning, module.holds, tuple(module.EXAMPLES), module.UNKNOWN
        )
        _only_facts(rule)
        found.append(rule)
    return tuple(sorted(found, key=lambda r: (GRADES.index(r.grade), r.name)))


def _only_facts(rule: Rule) -> None:
    """A rule that reads anything but FACTS, or in a way Python cannot follow, is no rule."""
    try:
        _ = rule.of_one, rule.facts
    except AttributeError as why:
        raise ShelfError(f"{rule.name}: it reads what a rule may not read: {why}") from why


def explain(name: str, lang: str = "zh-hans") -> str:
    """Why a grade was given, in plain words."""
    return next(rule.explanation[lang] for rule in rules() if rule.name == name)
