"""The life of a share under any order of acts by anybody on any day: what must hold, holds after every step. Guards taken
away are noticed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from appeal_people import NOON
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from share_people import cast, in_force, read, requested, terms, work

from wangge.base.errors import WanggeError
from wangge_server.emergency.models import Emergency
from wangge_server.jobs.tasks import keep_share_clock
from wangge_server.sharing import actions, life
from wangge_server.sharing.models import Share, ShareMove, ShareReceipt

PEOPLE = ("asker", "colleague", "owner_people", "owner_grades", "second", "auditor", "outsider", "stray")
ACTS = ("grant", "approve", "refuse", "withdraw", "revoke", "read")
LIKELY = {"requested": ("grant", "grant", "grant", "refuse"), "granted": ("approve", "approve", "approve", "withdraw"),
          "approved": ("read",), "active": ("read", "read", "read", "read", "revoke")}  # fmt: skip
OUGHT = {"grant": "owner_grades", "approve": "second", "refuse": "owner_people", "withdraw": "asker", "revoke": "auditor",
         "read": "asker"}  # fmt: skip


class ShareLife:
    """One share, the people around it, and what was done on which day."""

    def __init__(self, stage: str) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.end_on: dt.date | None = None
        Emergency.objects.update(review_on=NOON.date() + dt.timedelta(days=30), phase="active")
        self.who = cast()
        begins = timezone.localdate() + dt.timedelta(days=1)
        start = requested if stage == "requested" else in_force
        given = {"dataset": "graded_people", "fields": ["grade"], "max_reads": 2, "begins_on": begins,
                 "area_code": terms()["area_code"]}  # fmt: skip
        self.share: Share = start(self.who, **given)

    def end(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def days_pass(self, days: int) -> None:
        self.traveller.shift(dt.timedelta(days=days))

    def emergency_ends(self) -> None:
        if self.end_on is None:
            self.end_on = timezone.localdate()
            Emergency.objects.update(phase="ended")

    def somebody_acts(self, act: str, stray: bool, name: str, kind: str) -> None:
        """Mostly what is likely here, by whoever ought to; a refusal changes nothing."""
        self.share.refresh_from_db()
        likely = LIKELY.get(self.share.state, ())
        act = likely[ACTS.index(act) % len(likely)] if likely and kind == "whole" else act
        by = self.who[name if stray else OUGHT[act]]
        before = (self.share.state, self.share.n_reads, self.share.moves.count())
        try:
            with transaction.atomic():
                if act == "read":
                    read(self.share, by, kind)
                else:
                    getattr(actions, f"{act}_share")(share_id=self.share.pk, words="理由", **work(by))
        except WanggeError as error:
            assert error.code.startswith(("E82", "E800"))
            self.share.refresh_from_db()
            assert before == (self.share.state, self.share.n_reads, self.share.moves.count())
        else:
            if self.end_on is not None:
                assert act in ("refuse", "withdraw"), "nothing is agreed to or given after the end"

    def what_must_hold(self, job: bool) -> None:
        today = timezone.localdate()
        if job:
            keep_share_clock(0)
        self.share.refresh_from_db()
        share, moves = self.share, list(ShareMove.objects.filter(share=self.share).select_related("by").order_by("id"))
        by = {m.act: m.by for m in moves}
        assert moves[-1].state == share.state
        assert all(m.state in life.OPEN for m in moves[:-1]), "what is over stays over"
        if "grant" in by:
            assert by["grant"].role == life.datasets()[share.dataset]["owner"]
        if "approve" in by:
            assert len({share.requested_by_id, by["grant"].pk, by["approve"].pk}) == 3
            assert len({share.grantee_unit, by["grant"].unit_code, by["approve"].unit_code}) == 3
        receipts = list(ShareReceipt.objects.filter(share=share).select_related("by"))
        assert share.n_reads == len(receipts) <= share.max_reads
        for one in receipts:
            assert one.by.unit_code == share.grantee_unit and one.by.role != "supervisor"
            assert share.begins_on <= timezone.localdate(one.at) <= share.ends_on
        if job and (today > share.ends_on or self.end_on or share.n_reads == share.max_reads):
            assert share.state not in life.OPEN


def steps_of(strays: tuple[str, ...]) -> Any:
    """Days, whether the job comes by, an act, whether somebody else than usual does it and who, how, whether it all ends."""
    one = st.tuples(
        st.sampled_from([0] * 6 + [1, 1, 2, 5]), st.sampled_from([False, False, True]), st.sampled_from(ACTS),
        st.sampled_from([False, False, True]), st.sampled_from(strays), st.sampled_from(["whole", "whole", "changes"]),
        st.sampled_from([False] * 12 + [True]),
    )  # fmt: skip
    return st.lists(one, min_size=12, max_size=14)


ALONE: dict[str, Any] = {"deadline": None, "derandomize": True, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck),
                         "database": None}  # fmt: skip


def live(examples: int, strays: tuple[str, ...] = PEOPLE) -> None:
    @settings(max_examples=examples, **ALONE)
    @given(stage=st.sampled_from(["requested", "in_force"]), steps=steps_of(strays))
    def run(stage: str, steps: list[Any]) -> None:
        one = ShareLife(stage)
        try:
            for days, job, act, stray, name, kind, ends in steps:
                one.days_pass(days)
                one.somebody_acts(act, stray or len(strays) == 1, name, kind)
                one.what_must_hold(job)
                if ends:
                    one.emergency_ends()
        finally:
            one.end()

    run()


def test_any_order_of_acts(district: Any) -> None:
    live(40)


# The guards that are taken away, and who tries; one alone does everything.
HOLES: dict[str, tuple[dict[str, bool], tuple[str, ...]]] = {
    "owner": ({"owner": True}, ("owner_people",)), "apart": ({"apart": True}, ("owner_grades",)),
    "grantee": ({"grantee": True}, ("outsider",)), "same_purpose": ({"same_purpose": True}, ("stray",)),
    "over": ({"over": False, "in_days": True, "running": True}, PEOPLE), "begun": ({"begun": True, "in_days": True}, PEOPLE),
    "used_up": ({"used_up": False, "reads_left": True}, PEOPLE),
}  # fmt: skip


@pytest.mark.parametrize("hole", list(HOLES))
def test_a_guard_taken_away_is_noticed(hole: str, district: Any) -> None:
    guards, strays = HOLES[hole]
    planted = {name: (lambda f, held=held: held, "E8200") for name, held in guards.items()}
    with patch.dict(life.GUARDS, planted), pytest.raises((AssertionError, IntegrityError, ExceptionGroup)):
        live(200, strays)
