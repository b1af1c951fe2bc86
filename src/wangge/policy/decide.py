"""One decision: look up (role, purpose) in the table. No state, no clock, no guess."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

RELATIONS = ("counts", "own", "assigned", "area", "all")
Verdict = Literal["allowed", "refused", "gap"]


@dataclass(frozen=True)
class Decision:
    """What the table says. `relation` is the widest relation to the subject; `elements` may be shown, others are absent."""

    verdict: Verdict
    relation: str = ""
    elements: frozenset[str] = frozenset()
    why: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict == "allowed"


@cache
def table() -> dict[str, Any]:
    """The whole policy table as read from table.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("table.toml").read_text("utf-8"))


def version() -> str:
    """Version of the table, for audit entries."""
    return str(table()["version"])


@cache
def _grants() -> dict[tuple[str, str], dict[str, Any]]:
    return {(grant["role"], grant["purpose"]): grant for grant in table()["grant"]}


@cache
def _known_permissions() -> frozenset[str]:
    return frozenset(name for grant in table()["grant"] for name in grant["may"])


@cache
def decide(role: str, purpose: str, permission: str, phase: str = "active") -> Decision:
    """May `role`, for `purpose`, exercise `permission` in this phase of the emergency?

    refused: the table knows role, purpose and permission and does not grant it.
    gap: the table knows nothing of one of them, so nobody has decided; it counts as a refusal.
    """
    if role not in table()["role"] or purpose not in table()["purpose"] or permission not in _known_permissions():
        return Decision("gap", why="role, purpose or permission is not in the table")
    grant = _grants().get((role, purpose))
    if grant is None:
        return Decision("refused", why=f"{role} has no grant for {purpose}")
    if permission not in grant["may"]:
        return Decision("refused", why=f"{role} may not {permission} for {purpose}")
    if phase not in grant.get("phases", (phase,)):
        return Decision("refused", why=f"{purpose} ends with the emergency (phase {phase})")
    return Decision("allowed", grant["may"][permission], frozenset(grant["elements"]), "granted")


def purposes_for(role: str) -> list[str]:
    """Purposes a role may choose, in the table's order; the first is the one at login."""
    return [grant["purpose"] for grant in table()["grant"] if grant["role"] == role]


def elements_for(role: str, purpose: str) -> frozenset[str]:
    """Elements a role may see for a purpose; an element not in it is absent, not masked."""
    grant = _grants().get((role, purpose))
    return frozenset(grant["elements"]) if grant else frozenset()


def explain(role: str, purpose: str, permission: str, phase: str = "active") -> str:
    """The decision in words."""
    decision = decide(role, purpose, permission, phase)
    if not decision.allowed:
        return f"{decision.verdict}: {decision.why}"
    shown = ", ".join(sorted(decision.elements)) or "no personal element"
    return f"allowed: {role} may {permission} for {purpose}, as far as {decision.relation}; elements: {shown}"
