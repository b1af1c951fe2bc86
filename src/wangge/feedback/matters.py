"""The life of a matter as data (matters.toml): which act leads from which state to which, who may do it, by when.

Nothing here knows people or a clock of its own: facts and instants are arguments. The server carries out what is decided.
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
class MatterFacts:
    """What the guards look at; whatever nobody said is absent, and no guard holds by absence.

    apart: who acts is neither handler nor of a handler's unit or line. own_unit: it lies with the actor's unit. acted: acts
    this very person did in the matter (since it was last reopened, for `confirm`). due, limit: of the handling.
    """

    now: dt.datetime
    kind: str = ""
    words: str = ""
    unit: str = ""
    until: dt.datetime | None = None
    satisfaction: str = ""
    other_open: bool = False
    own_unit: bool = False
    own_report: bool = False
    apart: bool = False
    acted: frozenset[str] = frozenset()
    dispatched_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    n_returns: int = 0
    n_extensions: int = 0
    n_reopens: int = 0
    arbitrated: bool = False
    reopened_verifier: bool = False


@dataclass(frozen=True)
class MatterMove:
    """One line of the table."""

    act: str
    come_from: tuple[str, ...]
    to: str
    who: str
    guards: tuple[str, ...]
    needs: tuple[str, ...]


@cache
def matter_terms() -> dict[str, Any]:
    """The whole file: hours, classes, kinds, states, moves."""
    return tomllib.loads(resources.files(__package__).joinpath("matters.toml").read_text("utf-8"))


@cache
def matter_moves() -> tuple[MatterMove, ...]:
    """The moves in the order of the file."""
    return tuple(MatterMove(r["act"], tuple(r["from"]), r["to"], r["who"], tuple(r["guards"]), tuple(r.get("needs", ())))
                 for r in matter_terms()["move"])  # fmt: skip


def matter_words(what: str, lang: str = "zh-hans") -> dict[str, str]:
    """A list of the file in words: state, kind, class, source, satisfaction, act. -> {code: words}"""
    if what == "act":
        return {row["act"]: row["label"][lang] for row in matter_terms()["move"]}
    return {code: row["label"][lang] for code, row in matter_terms()[what].items()}


def matter_open(state: str) -> bool:
    """Does somebody still have to do something?"""
    return bool(matter_terms()["state"][state]["open"])


def handling_limit(kind: str) -> dt.timedelta:
    """How long the handling of such a matter may take, from the dispatch."""
    return dt.timedelta(hours=matter_terms()["class"][matter_terms()["kind"][kind]["class"]]["hours"])


def next_due(state: str, since: dt.datetime, handling_due: dt.datetime | None) -> dt.datetime | None:
    """By when the next act is due in a state entered at `since`; None where nobody has to act or a day of its own counts."""
    limit = matter_terms()["state"][state].get("limit", "")
    if limit == "class":
        return handling_due
    return since + dt.timedelta(hours=matter_terms()["hours"][limit]) if limit else None


def matter_step(state: str, act: str, who: str, facts: MatterFacts) -> str:
    """The state that follows. E7100 where the act is not possible from here, E7101 to E7109 for the guard that fails."""
    fits = [m for m in matter_moves() if m.act == act and state in m.come_from and m.who == who]
    failed = "E7100"
    for move in fits:
        numbers = [GUARDS[name][1] for name in move.guards if not GUARDS[name][0](facts)]
        if not numbers:
            return move.to or state
        failed = numbers[0]
    raise WanggeError(failed, state=matter_words("state").get(state, "—"), act=matter_words("act").get(act, act))


def matter_possible(state: str, verbs: frozenset[str]) -> tuple[MatterMove, ...]:
    """What somebody with these verbs could do from here, each act once, whatever the guards say of it then."""
    found = {m.act: m for m in matter_moves() if state in m.come_from and m.who in verbs}
    return tuple(found.values())


def _half(f: MatterFacts) -> bool:
    if f.dispatched_at is None or f.due_at is None:
        return False
    return f.now <= f.dispatched_at + (f.due_at - f.dispatched_at) / 2


def _within_days(f: MatterFacts) -> bool:
    return f.closed_at is not None and f.now <= f.closed_at + dt.timedelta(days=matter_terms()["days"]["reopen"])


HANDLES = frozenset({"acknowledge", "feed_back", "return", "ask_extension"})
# Name in the table -> does it hold, and the number of the refusal where it does not.
GUARDS: dict[str, tuple[Callable[[MatterFacts], bool], str]] = {
    "kind": (lambda f: f.kind in matter_terms()["kind"], "E7102"),
    "words": (lambda f: bool(f.words.strip()), "E7102"),
    "satisfaction": (lambda f: f.satisfaction in matter_terms()["satisfaction"], "E7102"),
    "other_open": (lambda f: f.other_open, "E7108"),
    "own_unit": (lambda f: f.own_unit, "E7103"),
    "own_report": (lambda f: f.own_report, "E7103"),
    "apart": (lambda f: f.apart and not f.acted & HANDLES, "E7101"),
    "not_collector": (lambda f: not f.acted & {"report", "accept"}, "E7109"),
    "not_acceptor": (lambda f: "accept" not in f.acted, "E7109"),
    "not_verifier": (lambda f: not f.acted & {"confirm"}, "E7109"),
    "new_verifier": (lambda f: not f.reopened_verifier, "E7109"),
    "unit": (lambda f: bool(f.unit), "E7106"),
    "before_half": (_half, "E7104"),
    "before_due": (lambda f: f.due_at is not None and f.now < f.due_at, "E7104"),
    "within_days": (_within_days, "E7104"),
    "first_return": (lambda f: f.n_returns == 0, "E7105"),
    "first_extension": (lambda f: f.n_extensions == 0, "E7105"),
    "first_reopen": (lambda f: f.n_reopens == 0, "E7105"),
    "not_arbitrated": (lambda f: not f.arbitrated, "E7105"),
    "until": (lambda f: f.until is not None and f.until > max(f.now, f.due_at or f.now), "E7107"),
    "review_day": (lambda f: f.until is not None and f.now >= f.until, "E7107"),
}
