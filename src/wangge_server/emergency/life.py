"""The life of an emergency as data (phases.toml): which act leads from which phase to which, who may do it, what refuses it.

Nothing here reads or writes: facts and the day are arguments.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from wangge.base.errors import WanggeError

# What a declaration must say before anybody signs it; `ends_on` may be open, the review date may not.
MUST_SAY = ("name", "kind", "hazard", "level", "area_code", "legal_basis", "document_no", "protocol", "starts_on", "review_on")  # fmt: skip
CHOSEN = ("kind", "hazard", "level")


@dataclass(frozen=True)
class Facts:
    """What the guards look at. second: cause of `policy.second` between who asked or drafted and who acts."""

    today: dt.date
    said: Mapping[str, Any] = field(default_factory=dict)  # the declaration
    asked: str = ""
    second: str = ""
    own: bool = False
    alone: bool = True
    words: str = ""
    until: dt.date | None = None


@dataclass(frozen=True)
class Move:
    """One line of the table."""

    act: str
    come_from: tuple[str, ...]
    to: str
    who: str
    guards: tuple[str, ...]
    needs: tuple[str, ...]
    asks: str


@cache
def terms() -> dict[str, Any]:
    """The whole file: phases, lists of words, moves."""
    return tomllib.loads(resources.files(__package__).joinpath("phases.toml").read_text("utf-8"))


@cache
def moves() -> tuple[Move, ...]:
    """The moves in the order of the file."""
    return tuple(Move(r["act"], tuple(r["from"]), r["to"], r["who"], tuple(r["guards"]), tuple(r.get("needs", ())),
                      r.get("asks", "")) for r in terms()["move"])  # fmt: skip


def words(what: str, lang: str = "zh-hans") -> dict[str, str]:
    """A list of the file in words: phase, kind, hazard, level, act. -> {code: words}"""
    if what == "act":
        return {row["act"]: row["label"][lang] for row in terms()["move"]}
    return {code: row["label"][lang] for code, row in terms()[what].items()}


def in_force(phase: str) -> bool:
    """May anything hang on an emergency of this phase?"""
    return bool(terms()["phase"].get(phase, {}).get("in_force"))


def step(phase: str, act: str, who: str, facts: Facts) -> Move:
    """The move this is. E5100 where it is not possible from here, else the number of the first guard that fails."""
    found = next((m for m in moves() if m.act == act and phase in m.come_from and m.who == who), None)
    if found is None:
        state = words("phase").get(phase, "—")
        raise WanggeError("E5100", state=state, act=words("act").get(act, act))
    for name in found.guards:
        holds, code = GUARDS[name]
        if not holds(facts):
            raise WanggeError(code)
    return found


def phase_after(move: Move, phase: str, asked: str) -> str:
    """The phase that follows. What is agreed to may be a later review date, which is no phase."""
    if move.to == "asked":
        return asked if asked in terms()["phase"] else phase
    return move.to or phase


def possible(phase: str, verbs: frozenset[str]) -> tuple[Move, ...]:
    """What somebody with these verbs could do from here, whatever the guards say of it then."""
    return tuple(m for m in moves() if phase in m.come_from and m.who in verbs)


def _complete(f: Facts) -> bool:
    listed = all(f.said.get(key) in terms()[key] for key in CHOSEN)
    return listed and all(str(f.said.get(key) or "").strip() for key in MUST_SAY)


def _dates(f: Facts) -> bool:
    """The review lies ahead and after the start; an end, where one is set, is not before the start nor already over."""
    starts, review, ends = (f.said.get(key) for key in ("starts_on", "review_on", "ends_on"))
    if not starts or not review or review <= f.today or review <= starts:
        return False
    return ends is None or (ends > starts and ends > f.today)


# Name in the table -> does it hold, and the number of the refusal where it does not.
GUARDS: dict[str, tuple[Callable[[Facts], bool], str]] = {
    "complete": (_complete, "E5101"),
    "dates": (_dates, "E5102"),
    "own_draft": (lambda f: f.own, "E5103"),
    "own_ask": (lambda f: f.own, "E5103"),
    "alone": (lambda f: f.alone, "E5104"),
    "words": (lambda f: bool(f.words.strip()), "E5106"),
    "later": (lambda f: f.until is not None and f.until > max(f.today, f.said["review_on"]), "E5102"),
    "nothing_asked": (lambda f: not f.asked, "E5107"),
    "asked": (lambda f: bool(f.asked), "E5108"),
    "other_person": (lambda f: f.second not in ("", "same_person"), "E8004"),
    "other_department": (lambda f: f.second == "agreed", "E8005"),
}
