"""The table made ready for asking: every (role, purpose, verb, phase) that is allowed stands in one dictionary.

What stands nowhere is refused, and a `forbid` of the table wins over every grant, whatever the order of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

RELATIONS = ("counts", "own", "assigned", "area", "all")  # from narrow to wide
PHASES = ("peace", "active", "wind_down", "ended")
RANK = {relation: rank for rank, relation in enumerate(RELATIONS)}
Verdict = Literal["allowed", "refused", "gap"]
Cause = Literal["granted", "no_grant", "no_verb", "phase", "forbidden", "relation", "element", "unknown"]


@dataclass(frozen=True)
class Decision:
    """What the table says. `relation` is the widest relation to the subject; `elements` may be shown, others are absent."""

    verdict: Verdict
    relation: str = ""
    elements: frozenset[str] = frozenset()
    why: str = ""
    cause: Cause = "granted"
    line: str = ""  # the line of [[forbid]] that wins

    @property
    def allowed(self) -> bool:
        return self.verdict == "allowed"


class Rules:
    """A policy table, compiled. Raises ValueError where two grants speak of the same role and purpose, or a word is unknown."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.roles, self.purposes = frozenset(table["role"]), frozenset(table["purpose"])
        self.verbs = frozenset(verb for grant in table["grant"] for verb in grant["may"])
        self.forbids: tuple[Mapping[str, Any], ...] = tuple(table.get("forbid", ()))
        self.grants = {(grant["role"], grant["purpose"]): grant for grant in table["grant"]}
        if len(self.grants) != len(table["grant"]):
            raise ValueError("two grants speak of the same role and purpose")
        self._allowed = dict(self._expanded())

    def _expanded(self) -> Iterator[tuple[tuple[str, str, str, str], Decision]]:
        for (role, purpose), grant in self.grants.items():
            bad = set(grant["may"].values()) - set(RELATIONS) | set(grant.get("phases", ())) - set(PHASES)
            if bad or role not in self.roles or purpose not in self.purposes:
                raise ValueError(f"the grant of {role} for {purpose} names what the table does not know: {sorted(bad)}")
            shown = self.shown(role, purpose)
            for verb, relation in grant["may"].items():
                if not self.forbidden(role, purpose, verb):
                    for phase in grant.get("phases", PHASES):
                        yield (role, purpose, verb, phase), Decision("allowed", relation, shown, "granted")

    def shown(self, role: str, purpose: str) -> frozenset[str]:
        """Elements the grant of this role and purpose leaves to be seen, once what is forbidden is taken away."""
        elements = self.grants[role, purpose]["elements"]
        against = [one for one in self.forbids if _speaks_of(one, role, purpose)]
        return frozenset(e for e in elements if not any(_names(one.get("elements", ()), e) for one in against))

    def forbidden(self, role: str, purpose: str, verb: str) -> str:
        """Name of the first line that forbids it, or nothing."""
        for one in self.forbids:
            if _speaks_of(one, role, purpose) and _names(one.get("verbs", ()), verb):
                return str(one["line"])
        return ""

    def decide(self, role: str, purpose: str, verb: str, phase: str) -> Decision:
        """May `role`, for `purpose`, do `verb` in this phase? refused: decided so; gap: the table knows not what is asked."""
        return self._allowed.get((role, purpose, verb, phase)) or self._denied(role, purpose, verb, phase)

    def permits(self, role: str, purpose: str, verb: str, phase: str, relation: str, element: str = "") -> bool:
        """The whole question: also to a subject in this relation to the reader, and seeing this element."""
        found = self._allowed.get((role, purpose, verb, phase))
        if found is None or RANK.get(relation, len(RANK)) > RANK[found.relation]:
            return False
        return not element or element in found.elements

    def _denied(self, role: str, purpose: str, verb: str, phase: str) -> Decision:
        if role not in self.roles or purpose not in self.purposes or verb not in self.verbs or phase not in PHASES:
            return Decision("gap", why="role, purpose, permission or phase is not in the table", cause="unknown")
        grant = self.grants.get((role, purpose))
        if grant is None:
            return Decision("refused", why=f"{role} has no grant for {purpose}", cause="no_grant")
        if line := self.forbidden(role, purpose, verb):
            return Decision("refused", why=f"{line} forbids {role} {verb}", cause="forbidden", line=line)
        if verb not in grant["may"]:
            return Decision("refused", why=f"{role} may not {verb} for {purpose}", cause="no_verb")
        return Decision("refused", why=f"{purpose} ends with the emergency (phase {phase})", cause="phase")


def _speaks_of(line: Mapping[str, Any], role: str, purpose: str) -> bool:
    """A line without roles, or without purposes, speaks of all of them."""
    return _names(line.get("roles", ("*",)), role) and _names(line.get("purposes", ("*",)), purpose)


def _names(patterns: Iterable[str], word: str) -> bool:
    return any(fnmatchcase(word, pattern) for pattern in patterns)
