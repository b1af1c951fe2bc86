"""What is past its day goes while the emergency still runs, and nothing else does (R16)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from wangge.base.ids import uuid7
from wangge.dictionary import Sensitivity
from wangge.exposure import protocols
from wangge.tables.shapes import VISIT
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.base.system import AS_SYSTEM
from wangge_server.dispatch.models import Lead
from wangge_server.exposure.models import Exposure
from wangge_server.field.models import Answer
from wangge_server.resident.models import IssuedPass, PassHolder
from wangge_server.risk.models import Appeal, Grade
from wangge_server.vault import clocks as rule
from wangge_server.vault.clock_actions import run_clocks
from wangge_server.vault.queries import event_models

NOW = dt.datetime(2031, 5, 6, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    return tmp_path


def clock(name: str) -> rule.Clock:
    return next(one for one in rule.clocks() if one.name == name)


def ago(name: str, tier: str = "") -> dt.datetime:
    return clock(name).bounds(NOW)[tier]


def run() -> dict[str, int]:
    return run_clocks(now=NOW, by=system_user(), purpose=AS_SYSTEM)


def test_every_clock_names_what_exists_and_is_of_the_event_vault(district: Any) -> None:
    tables = {model._meta.db_table: model for model in event_models()}
    for one in rule.clocks():
        assert one.takes in rule.TAKES and set(one.words) == {"zh-hans", "zh-hant", "en"}
        if one.takes in ("rows", "columns"):
            rule.past(one, NOW).exists()  # every path of the file resolves, or the database says no
            model = tables[one.table]
            assert all(model._meta.get_field(name).sensitivity is Sensitivity.SENSITIVE for name in one.columns)
        assert bool(one.columns) == (one.takes == "columns")


def test_no_clock_runs_shorter_than_a_grade_may_rest_on_a_visit() -> None:
    signed = [p for p in protocols().values() if not p.example]
    for name in ("movements", "journeys", "exposures", "confirmations"):
        for p in signed:
            assert clock(name).days[""] >= p.lookback_days + max(p.expiry_days.values()), (name, p.label)


def exposure(last_at: dt.datetime, index: int = 0) -> Exposure:
    found = Exposure.objects.order_by("exposure_id")[index]
    Exposure.objects.exclude(pk=found.pk).filter(last_at__lt=NOW - dt.timedelta(days=3)).update(last_at=None)
    Exposure.objects.filter(pk=found.pk).update(last_at=last_at)
    return found


@pytest.mark.parametrize(("off", "stays"), [(-SECOND, False), (dt.timedelta(0), True), (SECOND, True)])
def test_an_exposure_goes_on_its_day(off: dt.timedelta, stays: bool, district: Any) -> None:
    before = Exposure.objects.count()
    found = exposure(ago("exposures") + off)
    assert run().get("exposures", 0) == (0 if stays else 1)
    assert Exposure.objects.filter(pk=found.pk).exists() is stays
    assert Exposure.objects.count() == before - (not stays)


@pytest.mark.parametrize(("state", "stays"), [("submitted", True), ("in_favour", True), ("rejected", False)])
def test_an_exposure_stays_while_its_appeal_is_open(state: str, stays: bool, district: Any) -> None:
    grade = Grade.objects.filter(valid_until=None, person__exposures__isnull=False).first()
    assert grade is not None
    found = Exposure.objects.filter(person=grade.person).first()
    assert found is not None
    Exposure.objects.exclude(pk=found.pk).update(last_at=None)
    Exposure.objects.filter(pk=found.pk).update(last_at=ago("exposures") - SECOND)
    Appeal.objects.create(
        emergency=district, person=grade.person, grade=grade, state=state, channel="desk", receipt_digest="0" * 64,
        filed_by=User.objects.filter(role="community_lead")[0], filed_at=NOW, acknowledge_due=NOW, decide_due=NOW,
    )  # fmt: skip
    run()
    assert Exposure.objects.filter(pk=found.pk).exists() is stays


def answers(worker: User) -> dict[str, Answer]:
    """One answer a colour, each a second past its own day, and one of the longest tier on its day."""
    made = {}
    for colour, off in (("red", -SECOND), ("yellow", -SECOND), ("blue", -SECOND), ("kept", dt.timedelta(0))):
        tier = "red" if colour == "kept" else colour
        lead = Lead.objects.filter(answers=None).exclude(pk__in=[a.lead_id for a in made.values()]).first()
        assert lead is not None
        Lead.objects.filter(pk=lead.pk).update(grade=tier)
        one = Answer.objects.create(
            answer_id=uuid7(), lead=lead, person="seen", residence="here", status="home", temperature="37.9",
            symptoms=["cough"], needs=["medicine"], result="done", note="需要代购药", payload_hash="h", by=worker,
            observed_at=NOW,
        )  # fmt: skip
        Answer.objects.filter(pk=one.pk).update(received_at=ago("seen_at_the_door", tier) + off)
        made[colour] = one
    return made


def test_what_was_seen_at_the_door_is_blanked_by_tier_and_the_visit_stays_proven(users: dict[str, Any]) -> None:
    Answer.objects.update(received_at=NOW)
    made = answers(users["grid_worker"])
    assert run()["seen_at_the_door"] == 3
    for colour, one in made.items():
        one.refresh_from_db()
        told = (one.temperature, one.symptoms, one.needs, one.note)
        assert told == (
            (None, [], [], "") if colour != "kept" else (one.temperature, ["cough"], ["medicine"], "需要代购药")
        )
        assert (one.status, one.result, one.payload_hash) == ("home", "done", "h"), "a repeat is still recognised"
    assert "seen_at_the_door" not in run(), "nothing is left to do"


def test_a_pass_goes_a_day_after_it_ran_out_and_a_slip_a_week_after_it_was_taken_back(users: dict[str, Any]) -> None:
    lead, (first, second) = users["community_lead"], Lead.objects.order_by("pk").values_list("person", flat=True)[:2]
    emergency = Grade.objects.first().emergency  # type: ignore[union-attr]
    slips = [
        PassHolder.objects.create(emergency=emergency, person_id=who, slip_digest=who, given_by=lead)
        for who in (first, second)
    ]
    ends = ago("passes")
    for n, (slip, at) in enumerate([(slips[0], ends - SECOND), (slips[0], ends), (slips[1], ends)]):
        IssuedPass.objects.create(
            pass_id=bytes([n] * 10), holder=slip, colour="green", kind="phone", issued_at=at, expires_at=at, by=lead
        )
    PassHolder.objects.filter(pk=slips[1].pk).update(ended_at=ago("slips") - SECOND)
    done = run()
    assert (done["passes"], done["slips"]) == (1, 1)
    assert [one.holder_id for one in IssuedPass.objects.all()] == [slips[0].pk]


def test_movements_and_journeys_go_from_the_files(own_data: Path, district: Any) -> None:
    ground, lake = own_data / "ground", own_data / "lake" / "good"
    ground.mkdir()
    lake.mkdir(parents=True)
    edge = ago("movements")
    said = [
        ("a", edge - SECOND * 9, edge - SECOND),
        ("b", edge - SECOND, edge),
        ("c", edge - SECOND, None),
        ("d", edge, None),
    ]
    rows = [
        {"person_id": who, "place_id": "p", "place_kind": "venue", "start_at": start, "end_at": end}
        for who, start, end in said
    ]
    pq.write_table(VISIT.hand_over(pa.Table.from_pylist(rows)), ground / "visits.parquet")
    day = timezone.localdate(ago("journeys"))
    trips = pa.table({"name": ["张三", "李四", "王五"], "trip_on": pa.array([day - dt.timedelta(days=1), day, None], pa.date32()),
                      "trip_seat": ["01A", "01B", "01C"], "case_kind": ["confirmed"] * 3})  # fmt: skip
    pq.write_table(trips, lake / "one.parquet")
    assert (run()["movements"], pq.read_table(lake / "one.parquet").column("trip_seat").to_pylist()) == (
        2,
        [None, "01B", "01C"],
    )
    assert pq.read_table(ground / "visits.parquet").column("person_id").to_pylist() == ["b", "d"]
    left = pq.read_table(lake / "one.parquet")
    assert left.column("name").to_pylist() == ["张三", "李四", "王五"] and left.column("case_kind").null_count == 0
    assert run() == {}


def test_a_night_says_in_the_log_what_went_and_of_whom_nothing(district: Any) -> None:
    found = exposure(ago("exposures") - SECOND)
    run()
    event = Event.objects.filter(verb="run_clock", about="exposures").latest("id")
    assert event.facts["n"] == 1
    assert found.person_id not in str(event.facts) and found.exposure_id not in str(event.facts)


def test_the_page_says_how_long_each_stays(sign_in: Any) -> None:
    page = sign_in("auditor", "audit")
    text = page.get(reverse("sunset")).content.decode()
    assert "上门所见的体温、症状、需要和备注" in text and "本人的申诉未了结" in text
