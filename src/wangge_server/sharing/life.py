"""The life of a share as data (shares.toml): which act leads from which state to which, who may do it, how it ends by itself.

Nothing here knows people or a clock of its own: facts and days are arguments. The actions carry out what is decided.
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


@dataclass(frozen=True)
class ShareFacts:
    """What the guards look at; whatever nobody said is absent, and no guard holds by absence.

    running: the share's emergency has not ended. apart: number of the refusal where who acts has no right to be the next
    of two, empty where they have. owner: acts in the role that answers for the data. grantee: of the receiving unit.
    last_on: the last day any share of this emergency may have.
    """

    today: dt.date
    begins_on: dt.date
    ends_on: dt.date
    running: bool = False
    last_on: dt.date | None = None
    basis: str = ""
    words: str = ""
    owner: bool = False
    apart: str = "E8004"
    grantee: bool = False
    same_purpose: bool = False
    n_reads: int = 0
    max_reads: int = 0
    max_rows: int = 0


@dataclass(frozen=True)
class ShareMove:
    """One line of the table."""

    act: str
    come_from: tuple[str, ...]
    to: str
    who: str
    guards: tuple[str, ...]
    needs: tuple[str, ...]


@cache
def share_terms() -> dict[str, Any]:
    """The whole file: limits, states, moves."""
    return _read("shares.toml")


@cache
def datasets() -> dict[str, Any]:
    """What can be asked for. -> {code: {owner, elements, label, about}}"""
    found: dict[str, Any] = _read("datasets.toml")["dataset"]
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


@cache
def share_moves() -> dict[str, ShareMove]:
    """The moves in the order of the file. -> {act: move}"""
    rows = share_terms()["move"]
    return {r["act"]: ShareMove(r["act"], tuple(r["from"]), r["to"], r["who"], tuple(r["guards"]), tuple(r.get("needs", ())))
            for r in rows}  # fmt: skip


def share_words(what: str, lang: str = "zh-hans") -> dict[str, str]:
    """A list of the files in words: state, act, dataset. -> {code: words}"""
    rows = {m["act"]: m for m in share_terms()["move"]} if what == "act" else datasets() if what == "dataset" else share_terms()[what]  # fmt: skip
    return {code: row["label"].get(lang, row["label"]["zh-hans"]) for code, row in rows.items()}


OPEN = tuple(code for code, row in _read("shares.toml")["state"].items() if row["open"])


def share_step(state: str, act: str, who: str, facts: ShareFacts) -> str:
    """The state that follows. E8200 where the act is not possible from here, else the number of the guard that fails."""
    move = share_moves().get(act)
    if move is None or state not in move.come_from or move.who != who:
        raise WanggeError("E8200", state=share_words("state").get(state, "—"), act=share_words("act").get(act, act))
    for name in move.guards:
        if number := failed(name, facts):
            raise WanggeError(number, **_said(facts))
    return move.to


def share_clock(state: str, facts: ShareFacts) -> str:
    """What time alone does now: `expire`, `begin`, `use_up`, or nothing."""
    for move in share_moves().values():
        if move.who == "clock" and state in move.come_from and not any(failed(name, facts) for name in move.guards):
            return move.act
    return ""


def failed(guard: str, facts: ShareFacts) -> str:
    """The number of the refusal; empty where the guard holds."""
    holds, number = GUARDS[guard]
    return "" if holds(facts) else number or facts.apart


def _said(facts: ShareFacts) -> dict[str, Any]:
    given = share_terms()["limits"]
    return {"last": facts.last_on or "—", "days": given["days"], "rows": given["rows"], "reads": given["reads"]}


def _within_days(f: ShareFacts) -> bool:
    last = min(f.last_on or dt.date.min, f.begins_on + dt.timedelta(days=share_terms()["limits"]["days"]))
    return f.today <= f.begins_on <= f.ends_on <= last


def _within_limits(f: ShareFacts) -> bool:
    given = share_terms()["limits"]
    return 1 <= f.max_reads <= given["reads"] and 1 <= f.max_rows <= given["rows"]


def _over(f: ShareFacts) -> bool:
    return not f.running or f.today > f.ends_on


# Name in the table -> does it hold, and the number of the refusal where it does not.
GUARDS: dict[str, tuple[Callable[[ShareFacts], bool], str]] = {
    "running": (lambda f: f.running, "E8211"),
    "basis": (lambda f: bool(f.basis.strip() and f.words.strip()), "E8202"),
    "words": (lambda f: bool(f.words.strip()), "E8202"),
    "days": (_within_days, "E8203"),
    "limits": (_within_limits, "E8212"),
    "owner": (lambda f: f.owner, "E8206"),
    "apart": (lambda f: not f.apart, ""),
    "grantee": (lambda f: f.grantee, "E8205"),
    "same_purpose": (lambda f: f.same_purpose, "E8210"),
    "in_days": (lambda f: not _over(f) and f.today >= f.begins_on, "E8207"),
    "reads_left": (lambda f: f.n_reads < f.max_reads, "E8208"),
    "begun": (lambda f: f.today >= f.begins_on and not _over(f), "E8207"),
    "used_up": (lambda f: f.n_reads >= f.max_reads, "E8208"),
    "over": (_over, "E8207"),
}
