"""Two people for what one alone must not do. One rule for every such act; which acts, stands in the policy table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from wangge.policy.decide import table

Cause = Literal["agreed", "same_person", "same_department", "no_department", "unknown_act"]


@dataclass(frozen=True)
class Signer:
    """One of the two: who they are and for which department they work."""

    person: str
    department: str


@dataclass(frozen=True)
class Second:
    """Whether this second person will do, and if not, why."""

    holds: bool
    cause: Cause


def second(act: str, first: Signer, other: Signer) -> Second:
    """May `other` agree to what `first` asked for? A different person, and where the table says so of another department.

    An act the table does not know is refused; so is a department nobody wrote down, where two are asked for.
    """
    rule = acts().get(act)
    if rule is None:
        return Second(False, "unknown_act")
    if not first.person or not other.person or first.person == other.person:
        return Second(False, "same_person")
    if rule["other_department"]:
        if not first.department or not other.department:
            return Second(False, "no_department")
        if first.department == other.department:
            return Second(False, "same_department")
    return Second(True, "agreed")


def acts() -> dict[str, dict[str, Any]]:
    """The acts that need two, as the table has them. -> {act: {label, other_department, over?}}"""
    return dict(table()["four_eyes"])


def needs_two(act: str, rows: int = 1) -> bool:
    """Whether `act` on so many rows needs a second person; an export of few rows does not."""
    rule = acts().get(act)
    return rule is None or rows > rule.get("over", 0)
