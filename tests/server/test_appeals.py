"""Appeals: who may do what when; what a correction reaches; what time does by itself, to the second."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from appeal_people import NOON, TODAY, file, grade_of, grade_row, sign, ungraded
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import resident_user
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.dispatch.models import Lead, Task
from wangge_server.feedback.queries import balance
from wangge_server.jobs.tasks import keep_appeal_clock
from wangge_server.registry.models import Person
from wangge_server.resident import pass_actions, pass_queries
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk import appeal_queries as appeals
from wangge_server.risk.cell_queries import proposed_grades
from wangge_server.risk.models import Appeal, AppealMove, AppealReceipt, Grade

REASON = {"reason": "not_there", "words": "时间有误，已核实。"}


@pytest.fixture
def clock(district: Any) -> Any:
    """Noon of a day; `clock.shift(...)` lets time pass."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(clock: Any) -> Person:
    """Red on the batch in force, with an open envelope and a slip in the hand."""
    found = ungraded()[0]
    sign(grade_row(found.pk))
    return found


@pytest.fixture
def reviewer(users: dict[str, Any]) -> User:
    """Of the CDC, with no hand in the batch."""
    return User.objects.get(username="cdc2")


@pytest.fixture
def lead(users: dict[str, Any]) -> User:
    return users["community_lead"]  # type: ignore[no-any-return]


def taken_up(appeal: Appeal, reviewer: User) -> Appeal:
    return actions.acknowledge_appeal(appeal_id=appeal.pk, by=reviewer, purpose="judgement")


def correct(appeal: Appeal, reviewer: User, **given: Any) -> Appeal:
    return actions.correct_appeal(appeal_id=appeal.pk, **{**REASON, **given}, by=reviewer, purpose="judgement")


def uphold(appeal: Appeal, reviewer: User) -> Appeal:
    return actions.uphold_appeal(
        appeal_id=appeal.pk, reason="contact_confirmed", words="接触属实。", by=reviewer, purpose="judgement"
    )


def refused(number: str, act: Any) -> None:
    with pytest.raises(WanggeError, match=number) as why:
        act()
    assert "那天" not in why.value.text()


def test_a_correction_ends_the_grade_and_reaches_envelope_and_pass(person: Person, lead: User, reviewer: User) -> None:
    holder = pass_queries.holder_by_slip(pass_actions.give_slip(person=person, by=lead, purpose="register"))
    shown = pass_actions.issue_pass(holder=holder, kind="phone", by=resident_user(), purpose="own")
    assert shown.colour == "red"
    appeal = correct(taken_up(file(person, lead), reviewer), reviewer)
    assert appeal.state == "corrected" and grade_of(person) == ""
    ended = Grade.objects.get(person=person, ended_by="appeal")
    assert ended.ended_ref == str(appeal.pk) and ended.valid_until == timezone.now()
    receipts = {r.receiver: r for r in appeals.receipts_of(appeal)}
    assert all(r.confirmed_at for r in receipts.values()) and set(receipts) == {"envelope", "pass", "share"}
    assert receipts["envelope"].effect == {"withdrawn": 1, "changed": 0, "tasks": 1}
    assert receipts["pass"].effect == {"voided": 1}
    assert Lead.objects.get(person=person, withdrawn_at=timezone.now()) and balance()["difference"] == 0
    assert pass_queries.pass_of(holder, "phone", timezone.now()) is None
    again = pass_actions.issue_pass(holder=holder, kind="phone", by=resident_user(), purpose="own")
    assert again.colour == "green"
    assert bytes(shown.pass_id) in pass_queries.withdrawn_ids(timezone.now())
    verbs = set(Event.objects.filter(about__in=[str(appeal.pk), person.pk]).values_list("verb", flat=True))
    assert {"file_appeal", "acknowledge_appeal", "correct_appeal", "correct_envelopes", "void_passes"} <= verbs


def test_a_weaker_grade_may_be_left_and_only_a_weaker_one(person: Person, lead: User, reviewer: User) -> None:
    appeal = taken_up(file(person, lead), reviewer)
    for left in ("red", "green", "x"):
        refused("E6108", lambda left=left: correct(appeal, reviewer, left=left))
    correct(appeal, reviewer, left="blue")
    assert grade_of(person) == "blue"
    assert Lead.objects.get(person=person, grade="blue").withdrawn_at is None
    assert Task.objects.get(leads__person=person, leads__grade="blue").grade == "blue"
    kept = Grade.objects.filter(person=person).order_by("id").values_list("grade", "ended_by", "made_by")
    assert list(kept)[-2:] == [("red", "appeal", "batch"), ("blue", "", "appeal")]


def test_others_behind_the_same_door_stay_in_the_envelope(clock: Any, lead: User, reviewer: User) -> None:
    free = ungraded(200)
    one, other = next((a, b) for a in free for b in free if a.pk < b.pk and a.household_id == b.household_id)
    sign(grade_row(one.pk), grade_row(other.pk, "yellow"))
    correct(taken_up(file(one, lead), reviewer), reviewer)
    task = Lead.objects.get(person=other, batch__state="signed", outcome=None, withdrawn_at=None).task
    assert task.withdrawn_at is None and (task.grade, task.n_people) == ("yellow", 1)


@pytest.mark.parametrize(("seconds", "left"), [(-1, "red"), (0, "yellow"), (1, "yellow")])
@pytest.mark.parametrize("acknowledged", [True, False])
def test_unanswered_after_twelve_hours_falls_in_the_persons_favour(
    person: Person, lead: User, reviewer: User, clock: Any, seconds: int, left: str, acknowledged: bool
) -> None:
    appeal = file(person, lead)
    if acknowledged:
        taken_up(appeal, reviewer)
    clock.shift(dt.timedelta(hours=12, seconds=seconds))
    done = keep_appeal_clock(0)
    assert (done["run_out"], grade_of(person)) == (int(left != "red"), left)
    assert keep_appeal_clock(0)["run_out"] == 0
    appeal.refresh_from_db()
    assert (appeal.state == "in_favour") == (left != "red")
    assert len(appeals.receipts_of(appeal)) == (3 if left != "red" else 0)


def test_blue_has_nothing_below_it(clock: Any, lead: User) -> None:
    person = ungraded()[0]
    sign(grade_row(person.pk, "blue", rule="general_contact_recent"))
    file(person, lead)
    clock.shift(dt.timedelta(hours=12))
    keep_appeal_clock(0)
    assert grade_of(person) == "" and Appeal.objects.get().state == "in_favour"


def test_the_clock_lowers_no_confirmed_case_however_long_it_waits(clock: Any, lead: User, reviewer: User) -> None:
    person = ungraded()[0]
    sign(grade_row(person.pk, rule="confirmed_case"))
    appeal = taken_up(file(person, lead), reviewer)
    clock.shift(dt.timedelta(days=2))
    assert keep_appeal_clock(0) == {"run_out": 0, "lapse": 0, "receipts": 0} and grade_of(person) == "red"
    assert correct(appeal, reviewer).state == "corrected"  # a person still may


def test_a_late_job_changes_nothing(person: Person, lead: User, reviewer: User, clock: Any) -> None:
    """Whoever acts after the twelve hours finds the clock's work done, job or no job."""
    appeal = taken_up(file(person, lead), reviewer)
    clock.shift(dt.timedelta(hours=12))
    assert uphold(appeal, reviewer).state == "upheld"
    assert [m.act for m in appeals.moves_of(appeal)] == ["file", "acknowledge", "run_out", "uphold"]
    assert grade_of(person) == "yellow"


def test_upheld_before_the_clock_leaves_the_grade(person: Person, lead: User, reviewer: User) -> None:
    assert uphold(taken_up(file(person, lead), reviewer), reviewer).state == "upheld" and grade_of(person) == "red"


def test_what_an_appeal_ended_comes_back_on_new_evidence_only(
    person: Person, lead: User, reviewer: User, clock: Any
) -> None:
    correct(taken_up(file(person, lead), reviewer), reviewer)
    other = ungraded()[0]
    clock.shift(dt.timedelta(days=1))
    same = sign(grade_row(person.pk), grade_row(other.pk))
    assert same.changes["held_back"] == 1 and grade_of(person) == ""
    assert proposed_grades(same.pk).column("person_id").to_pylist() == [other.pk]
    clock.shift(dt.timedelta(days=1))
    sign(grade_row(person.pk, last=TODAY + dt.timedelta(days=1)), grade_row(other.pk))
    assert grade_of(person) == "red"


def test_what_the_clock_lowered_stays_lowered_in_the_next_batch(person: Person, lead: User, clock: Any) -> None:
    file(person, lead)
    clock.shift(dt.timedelta(hours=12))
    keep_appeal_clock(0)
    assert sign(grade_row(person.pk), grade_row(ungraded()[0].pk)).state == "signed"
    assert grade_of(person) == "yellow"


def test_signers_filers_and_those_who_vouched_do_not_review(
    person: Person, lead: User, reviewer: User, users: dict[str, Any]
) -> None:
    appeal = file(person, lead)
    refused("E6103", lambda: taken_up(appeal, users["judge_health"]))  # who signed
    taken_up(appeal, reviewer)
    refused("E6103", lambda: correct(appeal, users["judge_health"]))
    for role in ("judge_police", "judge_telecom", "commander", "supervisor", "auditor", "data_officer", "medic"):
        refused("E8", lambda role=role: correct(appeal, users[role]))
    refused("E8", lambda: taken_up(appeal, lead))
    assert [m.act for m in appeals.moves_of(appeal)] == ["file", "acknowledge"]


def test_refusals_of_filing(person: Person, lead: User, users: dict[str, Any], clock: Any) -> None:
    nobody = Person.objects.exclude(pk=person.pk).order_by("pk")[0]
    refused("E6101", lambda: file(nobody, lead))
    refused("E6100", lambda: file(person, lead, channel="door"))  # not a clerk's way in
    refused("E6100", lambda: file(person, resident_user(), channel="phone", purpose="own"))
    refused("E6106", lambda: file(person, lead, channel="proxy"))
    refused("E6106", lambda: file(person, lead, relation="family"))
    refused("E8", lambda: file(person, users["commander"], purpose="command"))
    assert file(person, lead, channel="proxy", relation="family").relation == "family"
    refused("E6102", lambda: file(person, resident_user(), channel="slip", purpose="own"))
    clock.shift(dt.timedelta(days=40))  # the grade is over, though no job came by
    refused("E6101", lambda: file(person, lead))


def test_refusals_of_deciding(person: Person, lead: User, reviewer: User) -> None:
    appeal = file(person, lead)
    refused("E6100", lambda: correct(appeal, reviewer))  # not acknowledged
    taken_up(appeal, reviewer)
    refused("E6100", lambda: taken_up(appeal, reviewer))
    refused("E6104", lambda: correct(appeal, reviewer, reason="because"))
    refused("E6105", lambda: correct(appeal, reviewer, words=" "))
    uphold(appeal, reviewer)
    refused("E6100", lambda: correct(appeal, reviewer))
    refused("E6100", lambda: actions.withdraw_appeal(appeal_id=appeal.pk, by=lead, purpose="visit"))


def test_an_appeal_about_a_grade_that_is_over_lapses(person: Person, lead: User, clock: Any) -> None:
    appeal = file(person, lead)
    sign(grade_row(ungraded()[0].pk))
    assert keep_appeal_clock(0) == {"run_out": 0, "lapse": 1, "receipts": 0}
    appeal.refresh_from_db()
    assert appeal.state == "lapsed"


def test_a_receiver_that_fails_is_asked_again_and_keeps_nobody_waiting(
    person: Person, lead: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def share(**given: Any) -> dict[str, int]:
        heard.append(given["left"])
        if len(heard) == 1:
            Grade.objects.filter(pk=-1).delete()
            raise RuntimeError("the other side is away")
        return {"noted": 1}

    monkeypatch.setitem(actions.receivers, "share", share)
    appeal = correct(taken_up(file(person, lead), reviewer), reviewer)
    waiting = AppealReceipt.objects.get(receiver="share")
    assert grade_of(person) == "" and waiting.confirmed_at is None
    assert keep_appeal_clock(0)["receipts"] == 1
    waiting.refresh_from_db()
    assert waiting.confirmed_at and waiting.tries == 2 and waiting.effect == {"noted": 1} and heard == ["", ""]
    assert len(appeals.receipts_of(appeal)) == 3


@pytest.mark.parametrize("planted", [
    "UPDATE risk_appeal SET state = 'corrected'", "UPDATE risk_appeal SET decide_due = decide_due + interval '1 day'",
    "DELETE FROM risk_appealmove", "UPDATE risk_appealmove SET reason = 'x'", "DELETE FROM risk_appeal",
])  # fmt: skip
def test_the_database_keeps_what_was_said(person: Person, lead: User, planted: str) -> None:
    file(person, lead)
    with pytest.raises(DatabaseError, match=r"no such way|cannot change|is kept until"), transaction.atomic():
        connection.cursor().execute(planted)


def test_what_is_said_lies_sealed(person: Person, lead: User) -> None:
    file(person, lead)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM risk_appealmove")
        assert "那天我在家。".encode() not in bytes(cursor.fetchone()[0])
    assert AppealMove.objects.get().words == "那天我在家。"


def test_the_months_figures_add_up(person: Person, lead: User, reviewer: User, clock: Any) -> None:
    first = taken_up(file(person, lead), reviewer)
    clock.shift(dt.timedelta(hours=12))
    keep_appeal_clock(0)
    correct(first, reviewer)
    month = appeals.figures(NOON.replace(day=1), NOON.replace(month=12, day=31))
    assert (month["filed"], month["acknowledged_in_time"], month["decided_in_time"], month["by_clock"]) == (1, 1, 0, 1)
    assert (
        sum(month[s] for s in ("submitted", "acknowledged", "in_favour", "upheld", "corrected", "withdrawn", "lapsed"))
        == 1
    )
