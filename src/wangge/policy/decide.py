"""One decision: look up (role, purpose) in the table of this installation. No state, no clock, no guess."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from wangge.policy.rules import Decision, Rules


@cache
def table() -> dict[str, Any]:
    """The whole policy table as read from table.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("table.toml").read_text("utf-8"))


@cache
def rules() -> Rules:
    """The table, compiled once."""
    return Rules(table())


def version() -> str:
    """Version of the table, for audit entries."""
    return str(table()["version"])


# Twice what this table can be asked, so that a refusal too says its reasons in no time; bounded, because words come from outside.
@lru_cache(maxsize=1 << 18)
def decide(role: str, purpose: str, permission: str, phase: str = "active") -> Decision:
    """May `role`, for `purpose`, exercise `permission` in this phase of the emergency?

    refused: the table knows role, purpose and permission and does not grant it.
    gap: the table knows nothing of one of them, so nobody has decided; it counts as a refusal.
    """
    return rules().decide(role, purpose, permission, phase)


def permits(role: str, purpose: str, permission: str, phase: str, relation: str, element: str = "") -> bool:
    """As `decide`, and also: to a subject in this relation to the reader, seeing this element."""
    return rules().permits(role, purpose, permission, phase, relation, element)


@cache
def _purposes() -> dict[str, tuple[str, ...]]:
    pairs = rules().grants
    return {role: tuple(purpose for one, purpose in pairs if one == role) for role in table()["role"]}


def purposes_for(role: str) -> list[str]:
    """Purposes a role may choose, in the table's order; the first is the one at login."""
    return list(_purposes().get(role, ()))


def elements_for(role: str, purpose: str) -> frozenset[str]:
    """Elements a role may see for a purpose; an element not in it is absent, not masked."""
    return rules().shown(role, purpose) if (role, purpose) in rules().grants else frozenset()
