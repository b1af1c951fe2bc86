"""The life of a matter under any order of acts by anybody at any time: what must hold, holds after every step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from matter_people import NOON, ON, people, report

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


class MatterLife(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(["manhole", "lamp_out", "wall_unsafe"]))
    def begin(self, kind: str) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.now, self.who = NOON, people()
        self.matter, self.done = report(self.who, kind), 1

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(minutes=st.sampled_from([1, 29, 31, 119, 121, 60 * 23, 60 * 25, 60 * 24 * 8]))
    def time_passes(self, minutes: int) -> None:
        self.traveller.shift(dt.timedelta(minutes=minutes))
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def the_job_comes_by(self) -> None:
        self.done += keep_matter_clock(0)["resumed"]

    @rule(stray=st.booleans(), pick=st.integers(0, 99), name=st.sampled_from(["handler", "other", "verifier", "closer", "desk", "dispatcher", "boss"]),
          words=st.sampled_from(["看过了", ""]), days=st.integers(0, 30))  # fmt: skip
    def somebody_acts(self, stray: bool, pick: int, name: str, words: str, days: int) -> None:
        self.matter.refresh_from_db()
        here = [m for m in feedback.matter_moves() if self.matter.state in m.come_from and (m.act, m.who) in ACTS]
        act, who = (
            ACTS[pick % len(ACTS)] if stray or not here else (here[pick % len(here)].act, here[pick % len(here)].who)
        )
        by = self.who[name if stray else OUGHT[who]]
        said = {"words": words or ("" if stray else "到场"), "unit": self.who["handler"].unit_code, "satisfaction": "yes",
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

    @invariant()
    def what_must_hold(self) -> None:
        if not hasattr(self, "matter"):
            return
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


@pytest.mark.django_db
def test_any_order_of_acts(district: Any) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        MatterLife, settings=settings(max_examples=25, stateful_step_count=40, deadline=None, phases=[Phase.generate], derandomize=True,
                                      suppress_health_check=list(HealthCheck)))  # fmt: skip
