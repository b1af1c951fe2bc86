"""The life of an appeal as data (appeals.toml): which act leads from which state to which, by whom, under which guards, by when.

Nothing here knows people or a clock of its own: facts and instants are arguments. The server carries out what is decided here.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from wangge.base.errors import WanggeError

WEAKER = {"red": "yellow", "yellow": "blue", "blue": ""}  # one tier down; empty: no grade


@dataclass(frozen=True)
class Facts:
    """What the guards look at.

    rules: of the grade in force, empty where there is none. apart: the reviewer had no hand in the grade and did not file.
    reason: of the closed list. words: something was said. n_added: how often something was added. on_behalf: somebody else speaks for the person, as `relation`.
    """

    now: dt.datetime
    filed_at: dt.datetime | None = None
    rules: tuple[str, ...] = ()
    none_open: bool = True
    apart: bool = False
    reason: str = ""
    words: str = ""
    n_added: int = 0
    on_behalf: bool = False
    relation: str = ""


@dataclass(frozen=True)
class Move:
    """One line of the table."""

    act: str
    come_from: tuple[str, ...]
    to: str
    actors: tuple[str, ...]
    guards: tuple[str, ...]


@cache
def appeal_terms() -> dict[str, Any]:
    """The whole file: hours, states, moves, closed lists."""
    return tomllib.loads(resources.files(__package__).joinpath("appeals.toml").read_text("utf-8"))


@cache
def moves() -> dict[str, Move]:
    """-> {act: Move}"""
    rows = appeal_terms()["move"]
    return {r["act"]: Move(r["act"], tuple(r["from"]), r["to"], tuple(r["actors"]), tuple(r["guards"])) for r in rows}


def said(kind: str, lang: str = "zh-hans") -> dict[str, str]:
    """A list of the file in words: state, channel, relation, act, receiver, reason.correct, reason.uphold. -> {code: words}"""
    rows: Any = appeal_terms()
    for part in kind.split("."):
        rows = rows[part]
    return {code: row["label"].get(lang, row["label"]["zh-hans"]) for code, row in rows.items()}


def is_open(state: str) -> bool:
    """Does somebody still have to do something?"""
    return bool(appeal_terms()["state"][state]["open"])


def dues(filed_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When it must be acknowledged, when decided."""
    given = appeal_terms()
    return tuple(filed_at + dt.timedelta(hours=given[h]) for h in ("acknowledge_hours", "decide_hours"))  # type: ignore[return-value]


def step(state: str, act: str, actor: str, facts: Facts) -> str:
    """The state that follows. E6100 where the act is not possible from here, E6101 to E6110 for the guard that fails."""
    move = moves().get(act)
    if move is None or state not in move.come_from or actor not in move.actors:
        raise WanggeError("E6100", state=said("state").get(state, "—"), act=act)
    for name in move.guards:
        holds, number = GUARDS[name]
        if not holds(act, facts):
            raise WanggeError(number)
    return move.to or state


def possible(state: str, actor: str) -> tuple[str, ...]:
    """What this actor could do from here, whatever the guards say of it then."""
    return tuple(move.act for move in moves().values() if actor in move.actors and state in move.come_from)


def clock(state: str, facts: Facts) -> str:
    """What time alone does now: `lapse`, `run_out`, or nothing."""
    for move in moves().values():
        due = "clock" in move.actors and state in move.come_from
        if due and all(GUARDS[name][0](move.act, facts) for name in move.guards):
            return move.act
    return ""


def late(state: str, facts: Facts) -> str:
    """Which clock has run out while somebody should have acted: `acknowledge`, `decide`, or none."""
    if facts.filed_at is None or not is_open(state):
        return ""
    first, last = dues(facts.filed_at)
    if facts.now >= last:
        return "decide"
    return "acknowledge" if state == "submitted" and facts.now >= first else ""


def confirmed(rules: tuple[str, ...]) -> bool:
    """Does a laboratory stand behind the grade?"""
    return bool(set(rules) & set(appeal_terms()["never_by_clock"]))


def _past_decide(_act: str, f: Facts) -> bool:
    return f.filed_at is not None and f.now >= dues(f.filed_at)[1]


# Name in the table -> does it hold, and the number of the refusal where it does not.
GUARDS: dict[str, tuple[Callable[[str, Facts], bool], str]] = {
    "graded": (lambda _act, f: bool(f.rules), "E6101"),
    "not_graded": (lambda _act, f: not f.rules, "E6100"),
    "none_open": (lambda _act, f: f.none_open, "E6102"),
    "apart": (lambda _act, f: f.apart, "E6103"),
    "reason": (lambda act, f: f.reason in appeal_terms()["reason"].get(act, {}), "E6104"),
    "words": (lambda _act, f: bool(f.words.strip()), "E6105"),
    "room": (lambda _act, f: f.n_added < appeal_terms()["additions"], "E6110"),
    "relation_named": (lambda _act, f: f.on_behalf == (f.relation in appeal_terms()["relation"]), "E6106"),
    "past_decide": (_past_decide, "E6100"),
    "not_confirmed": (lambda _act, f: not confirmed(f.rules), "E6100"),
}
