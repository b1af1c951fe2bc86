"""The life of a matter under any order of acts by anybody at any time: what must hold, holds after every step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matter_people import NOON, ON, closed, people, report, said_done, taken_up

from wangge import feedback
from wangge.base.errors import WanggeError
from wangge_server.feedback import matter_actions as actions
from wangge_server.feedback.models import MatterMove
from wangge_server.jobs.tasks import keep_matter_clock

DO = {"accept": actions.take_in_matter, "dispatch": actions.dispatch_matter, "handle": actions.handle_matter,
      "decide": actions.decide_matter, "verify": actions.verify_matter, "close": actions.close_matter, "reopen": actions.reopen_matter}  # fmt: skip
ACTS = [(m.act, m.who) for m in feedback.matter_moves() if m.who in DO and m.act not in ("reject", "merge")]
# So that lives get far: whoever ought to act is drawn most of the time.
OUGHT = {
    "accept": "desk",
    "dispatch": "dispatcher",
    "handle": "handler",
    "decide": "boss",
    "verify": "verifier",
    "close": "closer",
    "reopen": "desk",
}


class MatterLife:
    """One matter, the people around it, and how many moves it ought to have by now."""

    def __init__(self, start: Any) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.now, self.who = NOON, people()
        self.matter = start(self.who)
        self.done = MatterMove.objects.filter(matter=self.matter).count()

    def end(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def time_passes(self, minutes: int) -> None:
        self.traveller.shift(dt.timedelta(minutes=minutes))
        self.now += dt.timedelta(minutes=minutes)

    def the_job_comes_by(self) -> None:
        self.done += keep_matter_clock(0)["resumed"]

    def somebody_acts(self, stray: bool, other: bool, pick: int, days: int, name: str, words: str) -> None:
        """Mostly an act of this state by whoever ought to; else anybody, else anything."""
        self.matter.refresh_from_db()
        here = [m for m in feedback.matter_moves() if self.matter.state in m.come_from and (m.act, m.who) in ACTS]
        act, who = (
            ACTS[pick % len(ACTS)] if stray or not here else (here[pick % len(here)].act, here[pick % len(here)].who)
        )
        by = self.who[name if other else OUGHT[who]]
        said = {"words": words, "unit": self.who["handler"].unit_code, "satisfaction": "yes",
                "until": self.now + dt.timedelta(days=days)}  # fmt: skip
        before, due = self.matter.state, self.matter.asked_until
        resumes = before == "hung_up" and due is not None and due <= self.now
        try:
            with transaction.atomic():
                DO[who](matter_id=self.matter.pk, act=act, said=said, by=by, **ON)
            self.done += 1 + resumes
        except WanggeError as error:
            assert error.code.startswith(("E71", "E800"))
            self.matter.refresh_from_db()
            assert self.matter.state == before  # a refusal changes nothing

    def what_must_hold(self) -> None:
        self.matter.refresh_from_db()
        moves = list(MatterMove.objects.filter(matter=self.matter).order_by("id"))
        assert len(moves) == self.done and moves[-1].state == self.matter.state
        assert all(m.by_id and m.area_version is not None for m in moves) and [m.at for m in moves] == sorted(
            m.at for m in moves
        )
        assert self.matter.due_at is not None if feedback.matter_open(self.matter.state) else True
        handled = {m.by for m in moves if m.act in ("acknowledge", "feed_back", "return", "ask_extension")}
        looked = {m.by for m in moves if m.act in ("confirm", "send_back", "close", "doubt")}
        assert not handled & looked and not {h.unit_code for h in handled} & {v.unit_code for v in looked}
        last = {m.act: m.by_id for m in moves}
        for n, move in enumerate(moves):
            if move.act == "close":
                before = [m for m in moves[:n] if m.act == "confirm"]
                assert before and before[-1].by_id != move.by_id and move.by_id not in {h.pk for h in handled}
        assert "accept" not in last or last.get("dispatch") != last["accept"]
        assert self.matter.n_extensions <= 1 and sum(m.act == "ask_extension" for m in moves) <= 1
        # One return; the second is arbitrated; after an arbitration none.
        states = [m.state for m in moves]
        if "arbitration" in states:
            fixed = next((i for i, m in enumerate(moves) if m.act == "arbitrate"), len(moves))
            assert not any(m.act == "return" for m in moves[fixed:])
        reopened = [m.at for m in moves if m.act == "reopen"]
        closings = [m.at for m in moves if m.act == "close"]
        assert all(any(dt.timedelta(0) <= r - c <= dt.timedelta(days=15) for c in closings) for r in reopened)


# Lives begin at several stages, so that short ones get far; what is done is mostly possible, by whoever ought to do it.
MINUTES = [0] * 12 + [1, 29, 31, 119, 121, 60 * 23, 60 * 25, 60 * 24 * 8, 60 * 24 * 16]
ACT = st.tuples(
    st.sampled_from([False] * 5 + [True]), st.sampled_from([False, False, True]), st.integers(0, 99), st.integers(0, 30),
    st.sampled_from(["handler", "other", "verifier", "closer"]), st.sampled_from(["看过了"] * 5 + [""]),
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(MINUTES), st.booleans(), ACT), min_size=25, max_size=30)
ALONE = {"deadline": None, "derandomize": True, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck)}


@settings(max_examples=80, **ALONE)
@given(start=st.sampled_from([report, taken_up, said_done, closed]), steps=STEPS)
def test_any_order_of_acts(district: Any, start: Any, steps: list[Any]) -> None:
    life = MatterLife(start)
    try:
        for minutes, job, act in steps:
            life.time_passes(minutes)
            if job:
                life.the_job_comes_by()
            life.somebody_acts(*act)
            life.what_must_hold()
    finally:
        life.end()
