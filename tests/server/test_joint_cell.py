"""The joint cell: three seats, one number. Before that nothing counts; after it nothing changes; two people take it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from conftest import PASSPHRASE
from wangge.base.errors import WanggeError
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE, LEAD, TASK
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.key_actions import make_signing_key, revoke_signing_key
from wangge_server.audit.models import Event
from wangge_server.config import rehearse
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.dispatch.models import Lead, Task
from wangge_server.feedback.models import Outcome
from wangge_server.feedback.queries import balance
from wangge_server.registry.models import Person
from wangge_server.risk import cell_queries
from wangge_server.risk.cell_actions import (
    agree_to_recall,
    answer_guard,
    ask_recall,
    propose_batch,
    record_sight,
    sign_batch,
)
from wangge_server.risk.models import Batch, Grade, Proposed, Signature

SEATS = ("judge_health", "judge_police", "judge_telecom")


def propose(district: Any, n: int = 30, *, bank: bool = False, on: dt.date | None = None) -> Batch:
    """A batch of made-up grades over people of the register; with `bank`, all of them hold one account and met no case."""
    on = on or district.as_of + dt.timedelta(days=1)
    ids = list(Person.objects.order_by("person_id").values_list("person_id", flat=True)[: n + 40])
    rows = [{"person_id": p, "grade": "red", "rules": ["close_contact_recent"], "facts": ["category=close"],
             "evidence": "overlap:venue:95min", "protocol": "p 1", "as_of": on, "expires_on": on + dt.timedelta(days=7),
             "next_on": on + dt.timedelta(days=7)} for p in ids[:n]]  # fmt: skip
    held = [{"person_id": p, "attribute": "bank", "value": "made-up bank"} for p in (ids[:n] if bank else ids[-2:])]
    batch = propose_batch(
        emergency=district.code, as_of=on, grades=pa.Table.from_pylist(rows, schema=GRADE.schema),
        exposures=EXPOSURE.empty(), attributes=pa.Table.from_pylist(held, schema=ATTRIBUTE.schema),
        by=system_user(), purpose="administration",
    )  # fmt: skip
    assert batch is not None
    plan(batch, ids[:n])
    return batch


def plan(batch: Batch, ids: list[str]) -> None:
    homes = dict(Person.objects.filter(person_id__in=ids).values_list("person_id", "household_id"))
    mark = str(batch.as_of)
    leads = [
        {"lead_id": f"l{mark}{p}"[:40], "task_id": f"t{mark}{h}"[:40], "person_id": p, "grade": "red"}
        for p, h in homes.items()
    ]
    tasks = [{"task_id": f"t{mark}{h}"[:40], "household_id": h, "grade": "red", "n_people": 1, "open_minutes": 15,
              "attempt_minutes": 120, "result_minutes": 1440} for h in sorted(set(homes.values()))]  # fmt: skip
    keep_plan(batch_id=batch.pk, leads=pa.Table.from_pylist(leads, schema=LEAD.schema), tasks=pa.Table.from_pylist(tasks, schema=TASK.schema),
              by=system_user(), purpose="administration")  # fmt: skip


def put(batch: Batch, by: Any, **given: Any) -> Batch:
    record_sight(batch=batch, columns=["grade"], area={}, by=by, purpose="judgement")
    words = {"batch_id": batch.pk, "digest": batch.digest, "passphrase": PASSPHRASE, "purpose": "judgement"} | given
    return sign_batch(by=by, **words)


def test_the_run_was_signed_by_three_people_of_three_units(district: Any) -> None:
    batch = cell_queries.in_force(district.code)
    assert batch is not None and Grade.objects.exclude(batch=batch).count() == 0
    signed = cell_queries.signatures_of(batch)
    assert [one.seat for one in signed] == list(SEATS)
    assert len({one.by_id for one in signed}) == len({one.unit_code for one in signed}) == 3
    assert Lead.objects.filter(batch=batch).count() == sum(batch.counts.values()) == Lead.objects.count()
    assert Event.objects.filter(verb="sign_batch", about=str(batch.pk)).count() == 3


def test_nothing_counts_before_the_third_signature(district: Any, users: dict[str, Any]) -> None:
    batch = propose(district)
    grades, leads, tasks = Grade.objects.count(), Lead.objects.count(), Task.objects.count()
    for seat in SEATS[:2]:
        assert put(batch, users[seat]).state == "proposed"
        assert (Grade.objects.count(), Lead.objects.count(), Task.objects.count()) == (grades, leads, tasks)
    assert put(batch, users[SEATS[2]]).state == "signed"
    assert set(Grade.objects.filter(valid_until=None).values_list("batch_id", flat=True)) == {batch.pk}
    assert Grade.objects.exclude(valid_until=None).count() == grades  # what ended keeps its row
    assert Lead.objects.filter(batch=batch).count() == 30 and Lead.objects.count() == leads + 30


def test_what_differs_is_counted_and_the_same_again_is_no_new_batch(district: Any) -> None:
    batch = propose(district)
    assert sum(batch.changes.values()) - batch.changes["ended"] == 30 == Proposed.objects.filter(batch=batch).count()
    assert propose(district).pk == batch.pk
    assert propose(district, 29).pk != batch.pk
    batch.refresh_from_db()
    assert batch.state == "superseded"


def test_zhengzhou_no_grade_changes_and_the_alarm_names_the_bank(district: Any, users: dict[str, Any]) -> None:
    before = list(Grade.objects.order_by("pk").values_list("pk", "grade", "batch_id"))
    batch = propose(district, bank=True)
    assert [alarm["attribute"] for alarm in batch.alarms] == ["bank"]
    with pytest.raises(WanggeError, match="E3043"):
        put(batch, users["judge_health"])
    with pytest.raises(WanggeError, match="E3045"):
        answer_guard(
            batch_id=batch.pk,
            attribute="bank",
            value="made-up bank",
            reason="because",
            by=users["cdc"],
            purpose="judgement",
        )
    with pytest.raises(WanggeError, match="E8"):
        answer_guard(batch_id=batch.pk, attribute="bank", value="made-up bank", reason="shared_exposure",
                     by=users["judge_police"], purpose="judgement")  # fmt: skip
    answer_guard(
        batch_id=batch.pk,
        attribute="bank",
        value="made-up bank",
        reason="unexplained",
        by=users["cdc"],
        purpose="judgement",
    )
    with pytest.raises(WanggeError, match="E3041"):
        put(batch, users["judge_health"])
    assert list(Grade.objects.order_by("pk").values_list("pk", "grade", "batch_id")) == before


def test_an_answered_alarm_may_be_signed_and_shows_who_answered(district: Any, users: dict[str, Any]) -> None:
    batch = propose(district, bank=True)
    answer_guard(
        batch_id=batch.pk,
        attribute="bank",
        value="made-up bank",
        reason="shared_exposure",
        by=users["cdc"],
        purpose="judgement",
    )
    assert put(batch, users["judge_health"]).state == "proposed"
    assert cell_queries.answers_of(batch)["bank", "made-up bank"].by == users["cdc"]


def test_bad_signers_get_a_number_each(district: Any, users: dict[str, Any]) -> None:
    batch, health = propose(district), users["judge_health"]

    def refused(number: str, by: Any, **given: Any) -> None:
        with pytest.raises(WanggeError, match=number):
            put(batch, by, **given)

    with pytest.raises(WanggeError, match="E3047"):
        sign_batch(batch_id=batch.pk, digest=batch.digest, passphrase=PASSPHRASE, by=health, purpose="judgement")
    refused("E8011", health, passphrase="not that one at all")
    refused("E3040", health, digest="0" * 64)
    assert Signature.objects.filter(batch=batch).count() == 0
    put(batch, health)
    refused("E3044", health)
    users["judge_police"].unit_code = health.unit_code
    refused("E8005", users["judge_police"])
    revoke_signing_key(by=users["judge_telecom"], purpose="judgement")
    refused("E8021", users["judge_telecom"])
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        refused("E3042", users["judge_police"])


def test_a_key_revoked_before_the_last_seat_stops_the_batch_and_a_new_one_is_proposed(
    district: Any, users: dict[str, Any]
) -> None:
    batch = propose(district)
    put(batch, users["judge_health"])
    put(batch, users["judge_police"])
    revoke_signing_key(by=users["judge_health"], purpose="judgement")
    with pytest.raises(WanggeError, match="E8021"):
        put(batch, users["judge_telecom"])
    make_signing_key(passphrase=PASSPHRASE, by=users["judge_health"], purpose="judgement")
    again = propose(district)
    assert again.pk != batch.pk and again.digest == batch.digest
    assert rehearse.sign_waiting(PASSPHRASE).state == "signed"  # type: ignore[union-attr]


@pytest.mark.parametrize("planted", [
    "UPDATE risk_proposed SET grade = 'blue'", "UPDATE risk_batch SET digest = repeat('0', 64)",
    "UPDATE risk_batch SET counts = '{}'", "DELETE FROM risk_proposed", "UPDATE risk_signature SET seat = 'x'",
    "UPDATE risk_batch SET state = 'proposed'", "UPDATE risk_grade SET expires_on = expires_on + 30",
    "UPDATE risk_grade SET person_id = (SELECT min(person_id) FROM registry_person p WHERE NOT EXISTS"
    " (SELECT FROM risk_grade g WHERE g.person_id = p.person_id)) WHERE id = (SELECT min(id) FROM risk_grade)",
    "UPDATE risk_grade SET grade = 'blue'", "DELETE FROM risk_grade",
])  # fmt: skip
def test_the_database_refuses_to_change_what_was_signed(district: Any, planted: str) -> None:
    with pytest.raises(DatabaseError, match=r"cannot change|goes no such way|is kept until"), transaction.atomic():
        connection.cursor().execute(planted)


def test_the_database_refuses_a_batch_in_force_with_two_signatures(district: Any, users: dict[str, Any]) -> None:
    batch = propose(district)
    put(batch, users["judge_health"])
    put(batch, users["judge_police"])
    with pytest.raises(DatabaseError, match="three signatures"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(state="signed")


def test_recall_withdraws_what_is_open_and_loses_no_finished_work(district: Any, users: dict[str, Any]) -> None:
    rehearse.visit_doors(seed=3)
    done, batch = Outcome.objects.count(), cell_queries.in_force(district.code)
    assert batch is not None and done > 0
    still_open = balance()["open"]
    with pytest.raises(WanggeError, match="E3045"):
        ask_recall(batch_id=batch.pk, reason="because", by=users["cdc"], purpose="judgement")
    ask_recall(batch_id=batch.pk, reason="wrong_source", by=users["cdc"], purpose="judgement")
    with pytest.raises(WanggeError, match="E8004"):
        agree_to_recall(batch_id=batch.pk, by=users["cdc"], purpose="judgement")
    recall = agree_to_recall(batch_id=batch.pk, by=users["judge_health"], purpose="judgement")
    after = balance()
    assert (after["outcomes"], after["open"], after["withdrawn"], after["difference"]) == (done, 0, still_open, 0)
    assert Grade.objects.filter(valid_until=None).count() == 0 and recall.effect["withdrawn"] == still_open > 0
    with pytest.raises(WanggeError, match="E3046"):
        ask_recall(batch_id=batch.pk, reason="wrong_source", by=users["cdc"], purpose="judgement")


def test_a_recall_puts_the_batch_before_it_in_force_again(district: Any, users: dict[str, Any]) -> None:
    before = dict(Grade.objects.filter(valid_until=None).values_list("person_id", "grade"))
    batch = propose(district)
    rehearse.sign_waiting(PASSPHRASE)
    ask_recall(batch_id=batch.pk, reason="wrong_protocol", by=users["judge_police"], purpose="judgement")
    agree_to_recall(batch_id=batch.pk, by=users["judge_telecom"], purpose="judgement")
    assert dict(Grade.objects.filter(valid_until=None).values_list("person_id", "grade")) == before
    assert balance()["difference"] == 0


@pytest.mark.parametrize(
    ("role", "named", "evidence"),
    [("judge_health", True, True), ("judge_police", True, False), ("judge_telecom", False, False)],
)
def test_each_seat_sees_what_its_role_may_and_that_is_recorded(
    role: str, named: bool, evidence: bool, sign_in: Any, district: Any, users: dict[str, Any]
) -> None:
    batch = propose(district)
    page = sign_in(role, "judgement").get(reverse("cell"))
    assert page.status_code == 200 and batch.digest in page.content.decode()
    columns = [c["key"] for c in (page.context["ledger"] or {"columns": []})["columns"]]
    assert (("name" in columns), ("evidence" in columns)) == (named, evidence)
    sight = cell_queries.sight_of(batch, users[role])
    assert sight is not None and (sight.n_rows > 0) == named
    assert Event.objects.filter(verb="record_sight", about=str(batch.pk), facts__saw=sight.digest).exists()


def test_the_three_sign_on_their_pages(sign_in: Any, district: Any) -> None:
    batch = propose(district)
    for seat in SEATS:
        client = sign_in(seat, "judgement")
        client.get(reverse("cell"))
        sent = client.post(reverse("cell_sign", args=[batch.pk]), {"digest": batch.digest, "passphrase": PASSPHRASE})
        assert sent.status_code == 302
    batch.refresh_from_db()
    assert batch.state == "signed"
