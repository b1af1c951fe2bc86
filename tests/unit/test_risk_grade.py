"""Grades by example: strongest wins, evidence and end are given, nothing without evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.exposure import protocol_for
from wangge.risk import grade
from wangge.tables.shapes import EXPOSURE

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)  # red 10, yellow 7, blue 5 days
BEIJING = dt.timezone(dt.timedelta(hours=8))


def seen(person: str, category: str, day: int, minutes: int | None = 30, **more: Any) -> dict[str, Any]:
    degree = {"case": 0, "close": 1, "general": 1, "companion": 1, "secondary": 2}.get(category)
    noon = dt.datetime(2026, 11, day, 12, tzinfo=BEIJING)
    row = {
        "person_id": person,
        "case_id": "C",
        "place_id": "x",
        "place_kind": "meal",
        "first_at": noon,
        "last_at": noon,
        "overlap_minutes": minutes,
        "degree": degree,
        "category": category,
        "protocol": "covid-2026-10",
        "evidence": f"overlap:meal:{minutes}min",
    }
    return {**row, **more}


def graded(*rows: dict[str, Any], as_of: dt.date = AS_OF) -> dict[str, dict[str, Any]]:
    table = pa.Table.from_pylist(list(rows), schema=EXPOSURE.schema)
    return {row["person_id"]: row for row in grade(table, P, as_of).to_pylist()}


@pytest.mark.parametrize(
    ("category", "expected", "days"), [("close", "red", 10), ("secondary", "yellow", 7), ("general", "blue", 5)]
)
def test_grade_and_its_last_day(category: str, expected: str, days: int) -> None:
    found = graded(seen("A", category, 15))["A"]
    assert (found["grade"], found["expires_on"]) == (expected, dt.date(2026, 11, 15) + dt.timedelta(days=days))
    last_day = dt.date(2026, 11, 15) + dt.timedelta(days=days)
    assert "A" in graded(seen("A", category, 15), as_of=last_day)
    assert "A" not in graded(seen("A", category, 15), as_of=last_day + dt.timedelta(days=1))


def test_the_strongest_wins_and_all_rules_are_told() -> None:
    found = graded(
        seen("A", "general", 19, 300),
        seen("A", "close", 18, 15),
        seen("A", "secondary", 19, 90),
        seen("A", "close", 17, 40),
    )["A"]
    assert found["grade"] == "red"
    assert found["rules"] == ["close_contact_recent", "secondary_contact_recent", "general_contact_recent"]
    assert found["evidence"] == "overlap:meal:40min"  # the longest close contact
    assert found["expires_on"] == dt.date(2026, 11, 28)  # but the latest one says until when
    assert (found["protocol"], found["as_of"]) == ("covid-2026-10", AS_OF)


def test_weaker_evidence_does_not_prolong_a_stronger_grade() -> None:
    found = graded(seen("A", "close", 12), seen("A", "secondary", 20))["A"]
    assert (found["grade"], found["expires_on"]) == ("red", dt.date(2026, 11, 22))  # not the 27th of the yellow one


def test_when_red_has_ended_the_weaker_one_remains() -> None:
    found = graded(seen("A", "close", 5), seen("A", "general", 18))["A"]
    assert (found["grade"], found["rules"]) == ("blue", ["general_contact_recent"])


def test_no_evidence_no_row() -> None:
    """Companions, people who only live or are registered somewhere, and expired evidence: no tier, no record (R2)."""
    registered = seen("R", "registered_in_region", 19, evidence="region:420000")
    late = seen("L", "close", 1)
    low = seen("Z", "zone", 19, evidence="zone:low")
    assert graded(seen("A", "companion", 19, 600), registered, late, low) == {}
    assert graded() == {}


def test_an_area_gives_blue_at_most() -> None:
    assert graded(seen("A", "zone", 19, None, evidence="zone:high"))["A"]["grade"] == "blue"


def test_cases() -> None:
    found = graded(
        seen("A", "case", 19, None, evidence="case:confirmed"), seen("B", "case", 19, None, evidence="case:suspected")
    )
    assert (found["A"]["grade"], found["B"]["grade"]) == ("red", "yellow")


def test_what_happens_after_the_day_is_not_known_yet() -> None:
    assert graded(seen("A", "close", 21)) == {}


def test_days_are_beijing_days() -> None:
    """16:30 UTC on the 9th is the 10th in Beijing: red until the 20th."""
    at = dt.datetime(2026, 11, 9, 16, 30, tzinfo=dt.UTC)
    assert graded(seen("A", "close", 9, first_at=at, last_at=at))["A"]["expires_on"] == AS_OF


def test_exposures_of_another_protocol_are_refused() -> None:
    with pytest.raises(WanggeError, match="E6001"):
        graded(seen("A", "close", 19, protocol="covid-2026-01"))
