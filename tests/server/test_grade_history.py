"""Grades roll: every row is kept with its beginning and end; time ends them to the second; renewal needs new evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
import time_machine
from django.utils import timezone

from conftest import PASSPHRASE
from wangge.base.errors import WanggeError
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE, LEAD, TASK
from wangge_server.accounts.actions import system_user
from wangge_server.audit.models import Event
from wangge_server.config import rehearse
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.jobs.tasks import end_expired_grades
from wangge_server.registry.models import Person
from wangge_server.risk import cell_queries, queries
from wangge_server.risk.cell_actions import agree_to_recall, ask_recall, propose_batch, record_sight, sign_batch
from wangge_server.risk.models import Batch, Grade

ON = dt.date(2026, 12, 1)
NOON = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)  # Beijing noon


def row(person_id: str, last: int = 0, limit: int = 7, grade: str = "red") -> dict[str, Any]:
    on = ON + dt.timedelta(days=last)
    ends = on + dt.timedelta(days=limit)
    return {"person_id": person_id, "grade": grade, "rules": ["close_contact_recent"], "evidence": "overlap:venue:95min",
            "facts": [f"category=close degree=1 last_on={on} limit_days={limit}"], "protocol": "p 1", "as_of": ON,
            "expires_on": ends, "next_on": ends}  # fmt: skip


def propose(district: Any, *rows: dict[str, Any], on: dt.date = ON) -> Batch:
    batch = propose_batch(
        emergency=district.code, as_of=on, grades=pa.Table.from_pylist(list(rows), schema=GRADE.schema),
        exposures=EXPOSURE.empty(), attributes=ATTRIBUTE.empty(), by=system_user(), purpose="administration",
    )  # fmt: skip
    assert batch is not None
    keep_plan(batch_id=batch.pk, leads=LEAD.empty(), tasks=TASK.empty(), by=system_user(), purpose="administration")
    return batch


def sign(district: Any, *rows: dict[str, Any], on: dt.date = ON) -> Batch:
    propose(district, *rows, on=on)
    signed = rehearse.sign_waiting(PASSPHRASE)
    assert signed is not None
    return signed


@pytest.fixture
def ids(district: Any) -> list[str]:
    return list(Person.objects.order_by("person_id").values_list("person_id", flat=True)[:3])


def now(person_id: str) -> Any:
    return Grade.objects.filter(person_id=person_id, valid_until=None).first()


def test_who_has_the_same_keeps_the_row_and_who_has_another_has_both(district: Any, ids: list[str]) -> None:
    with time_machine.travel(NOON, tick=False):
        first = sign(district, row(ids[0]), row(ids[1]))
    rows = {p: now(p).pk for p in ids[:2]}
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        second = sign(district, row(ids[0]), row(ids[1], last=1), row(ids[2]))
    assert now(ids[0]).pk == rows[ids[0]] and now(ids[0]).batch_id == first.pk
    history = list(queries.history_of(ids[1]))
    assert [(g.ended_by, g.ended_ref) for g in history] == [("", ""), ("batch", str(second.pk))]
    assert history[1].valid_until == history[0].valid_from == second.signed_at
    for moment, pk in ((NOON - dt.timedelta(seconds=1), None), (NOON, rows[ids[1]]), (second.signed_at, history[0].pk)):
        found = queries.grade_at(ids[1], moment)
        assert (found and found.pk) == pk
    counts = queries.grade_counts({"person_id__in": ids}, ON)
    assert sum(counts.values()) == 3


@pytest.mark.parametrize(("seconds", "counts"), [(-1, True), (0, False), (1, False)])
def test_a_grade_ends_by_itself_at_the_midnight_after_its_last_day(
    district: Any, ids: list[str], seconds: int, counts: bool
) -> None:
    with time_machine.travel(NOON, tick=False):
        sign(district, row(ids[0]), row(ids[1], last=3))
    midnight = dt.datetime(2026, 12, 8, 16, tzinfo=dt.UTC)  # Beijing: the first second of the ninth
    moment = midnight + dt.timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        in_force = queries.grades_in({"person_id": ids[0]}, timezone.localdate())
        assert in_force.exists() == counts and bool(queries.grade_at(ids[0], moment)) == counts
        assert end_expired_grades(0) == (0 if counts else 1)
        assert end_expired_grades(0) == 0
    found = queries.history_of(ids[0])[0]
    assert (found.valid_until, found.ended_by) == ((None, "") if counts else (midnight, "expiry"))
    assert now(ids[1]) is not None
    assert Event.objects.filter(verb="expire_grades").order_by("-id")[0].facts["ended"] == 0


def test_what_ran_out_comes_back_only_on_new_evidence(district: Any, ids: list[str]) -> None:
    with time_machine.travel(NOON, tick=False):
        sign(district, row(ids[0]), row(ids[1], last=9))
    later = NOON + dt.timedelta(days=9)
    with time_machine.travel(later, tick=False):
        end_expired_grades(0)
        same = propose(district, row(ids[0], limit=14), row(ids[1], last=9), row(ids[2]), on=later.date())
        assert same.changes["held_back"] == 1
        assert set(cell_queries.proposed_grades(same.pk).column("person_id").to_pylist()) == set(ids[1:])
        new = sign(district, row(ids[0], last=8), row(ids[1], last=9), on=later.date())
    assert new.changes["held_back"] == 0 and now(ids[0]).batch_id == new.pk


def test_a_batch_that_waited_while_the_evidence_ran_out_is_refused(
    district: Any, ids: list[str], users: dict[str, Any]
) -> None:
    health = users["judge_health"]
    with time_machine.travel(NOON, tick=False):
        sign(district, row(ids[0]))
    before_midnight = dt.datetime(2026, 12, 8, 15, tzinfo=dt.UTC)
    with time_machine.travel(before_midnight, tick=False):
        waiting = propose(district, row(ids[0]), row(ids[1]))
    with time_machine.travel(before_midnight + dt.timedelta(hours=2), tick=False):
        end_expired_grades(0)
        record_sight(batch=waiting, columns=["grade"], area={}, by=health, purpose="judgement")
        with pytest.raises(WanggeError, match="E3048") as why:
            sign_batch(
                batch_id=waiting.pk, digest=waiting.digest, passphrase=PASSPHRASE, by=health, purpose="judgement"
            )
    assert ids[0] not in why.value.text() and now(ids[0]) is None


def test_a_recall_brings_nothing_back_that_ran_out(district: Any, ids: list[str], users: dict[str, Any]) -> None:
    with time_machine.travel(NOON, tick=False):
        sign(district, row(ids[0]), row(ids[1], last=5))
    with time_machine.travel(NOON + dt.timedelta(days=8), tick=False):
        end_expired_grades(0)
        second = sign(district, row(ids[2], last=6), on=ON + dt.timedelta(days=8))
        ask_recall(batch_id=second.pk, reason="wrong_source", by=users["cdc"], purpose="judgement")
        agree_to_recall(batch_id=second.pk, by=users["judge_health"], purpose="judgement")
    assert [now(p) is not None for p in ids] == [False, True, False]
    assert [g.ended_by for g in queries.history_of(ids[1])] == ["", "batch"]
    assert queries.history_of(ids[1])[0].made_by == "recall"
