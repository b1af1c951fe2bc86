"""The whole life of an appeal against a small model of it: any order of acts, any passing of time, on the real database."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from appeal_people import NOON, file, grade_of, grade_row, sign, ungraded
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from wangge.base.errors import WanggeError
from wangge_server.accounts.models import User
from wangge_server.feedback.queries import balance
from wangge_server.jobs.tasks import end_expired_grades, keep_appeal_clock
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk.models import Appeal, AppealMove, AppealReceipt, Grade

DOWN = {"red": "yellow", "yellow": "blue", "blue": ""}
LAB = "confirmed_case"


class AppealLife(RuleBasedStateMachine):
    """What should be: the state, the grade, when it was filed. Said once more, by other code than the product's."""

    @initialize(colour=st.sampled_from(["red", "yellow", "blue"]), lab=st.booleans())
    def begin(self, colour: str, lab: bool) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.person, self.lab = ungraded()[0], lab
        self.colour, self.state, self.filed = ("red" if lab else colour), "", NOON
        sign(grade_row(self.person.pk, self.colour, rule=LAB if lab else "close_contact_recent"))
        self.grade, self.now = self.colour, NOON
        self.lead = User.objects.get(username="community_lead")
        self.reviewer, self.signer = User.objects.get(username="cdc2"), User.objects.get(username="judge_health")

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def time_acts(self) -> None:
        """What the clock has done by now, whoever looks."""
        if self.state in ("submitted", "acknowledged"):
            if not self.grade:
                self.state = "lapsed"
            elif self.now >= self.filed + dt.timedelta(hours=12) and not self.lab:
                self.state, self.grade = "in_favour", DOWN[self.grade]

    def over(self) -> bool:
        return self.now.date() > NOON.date() + dt.timedelta(days=14)

    def tried(self, allowed: bool, act: Any) -> bool:
        """The product says yes exactly where the model does."""
        if allowed:
            act()
            return True
        before = list(Appeal.objects.values_list("state", flat=True))
        with pytest.raises(WanggeError, match="E61"), transaction.atomic():
            act()
        assert list(Appeal.objects.values_list("state", flat=True)) == before
        return False

    @property
    def appeal(self) -> Any:
        return Appeal.objects.order_by("-filed_at", "-id").first()

    @rule()
    def file(self) -> None:
        still = self.state in ("submitted", "acknowledged", "in_favour")
        if self.tried(bool(self.grade) and not still, lambda: file(self.person, self.lead)):
            self.state, self.filed = "submitted", self.now

    @rule(seconds=st.sampled_from([1, 3599, 3600, 43199, 43200, 43201, 86400 * 8]), job=st.booleans())
    def wait(self, seconds: int, job: bool) -> None:
        self.now += dt.timedelta(seconds=seconds)
        self.traveller.move_to(self.now, tick=False)
        if self.over():
            end_expired_grades(0)
            self.grade = ""
        if job:
            keep_appeal_clock(0)
            self.time_acts()

    @rule()
    def acknowledge(self) -> None:
        if self.appeal:
            self.after_clock("acknowledge", ("submitted",), "acknowledged",
                             lambda: actions.acknowledge_appeal(appeal_id=self.appeal.pk, by=self.reviewer, purpose="judgement"))  # fmt: skip

    @rule(act=st.sampled_from(["uphold", "correct"]))
    def decide(self, act: str) -> None:
        if not self.appeal:
            return
        do = {"uphold": actions.uphold_appeal, "correct": actions.correct_appeal}[act]
        reason = {"uphold": "contact_confirmed", "correct": "not_there"}[act]
        said = {"reason": reason, "words": "已核实。", "by": self.reviewer, "purpose": "judgement"}
        to = {"uphold": "upheld", "correct": "corrected"}[act]
        if self.after_clock(act, ("acknowledged", "in_favour"), to, lambda: do(appeal_id=self.appeal.pk, **said)):
            self.grade = "" if act == "correct" else self.grade

    @rule()
    def withdraw(self) -> None:
        if self.appeal:
            self.after_clock("withdraw", ("submitted", "acknowledged"), "withdrawn",
                             lambda: actions.withdraw_appeal(appeal_id=self.appeal.pk, by=self.lead, purpose="visit"))  # fmt: skip

    @rule()
    def a_signer_tries(self) -> None:
        if self.appeal:
            self.tried(
                False, lambda: actions.acknowledge_appeal(appeal_id=self.appeal.pk, by=self.signer, purpose="judgement")
            )

    def after_clock(self, act: str, come_from: tuple[str, ...], to: str, do: Any) -> bool:
        """An act finds the clock's work done first; where it is refused, the clock's work waits for the job."""
        before = (self.state, self.grade)
        self.time_acts()
        if self.tried(self.state in come_from, do):
            self.state = to
            return True
        self.state, self.grade = before
        return False

    @invariant()
    def the_product_agrees(self) -> None:
        if not hasattr(self, "undo"):
            return
        appeal = self.appeal
        assert (appeal.state if appeal else "") == self.state
        assert grade_of(self.person) == self.grade
        assert Appeal.objects.filter(state__in=["submitted", "acknowledged", "in_favour"]).count() <= 1
        if appeal:
            last = AppealMove.objects.filter(appeal=appeal).order_by("-id").first()
            assert last is not None and last.state == appeal.state
        assert not AppealReceipt.objects.filter(confirmed_at=None).exists()
        assert balance()["difference"] == 0
        rows = Grade.objects.filter(person=self.person).order_by("valid_from", "id")
        ends = [(g.valid_from, g.valid_until) for g in rows]
        assert all(a[1] is not None and a[0] <= a[1] <= b[0] for a, b in pairwise(ends))


def test_any_order_of_acts_and_any_passing_of_time(district: Any) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        AppealLife, settings=settings(max_examples=25, stateful_step_count=14, deadline=None, derandomize=True, phases=[Phase.generate],
                                      suppress_health_check=list(HealthCheck)))  # fmt: skip
