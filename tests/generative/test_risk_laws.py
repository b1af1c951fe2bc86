"""Laws of grading: order means nothing, more evidence never weakens, time only takes away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.exposure import protocol_for
from wangge.risk import GRADES, grade
from wangge.tables.shapes import EXPOSURE

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)
DEGREE = {"case": 0, "close": 1, "general": 1, "companion": 1, "secondary": 2, "zone": None}


def row(drawn: tuple[str, str, int, int | None]) -> dict[str, Any]:
    person, category, day, minutes = drawn
    noon = dt.datetime(2026, 11, day, 4, tzinfo=dt.UTC)
    evidence = {"case": "case:confirmed", "zone": "zone:high"}.get(category, f"overlap:meal:{minutes}min")
    return {
        "person_id": person,
        "case_id": "C",
        "first_at": noon,
        "last_at": noon,
        "overlap_minutes": minutes,
        "degree": DEGREE[category],
        "category": category,
        "protocol": "covid-2026-10",
        "evidence": evidence,
    }


ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABCDEFGHIJ"),
        st.sampled_from(sorted(DEGREE)),
        st.integers(1, 20),
        st.sampled_from([None, 10, 20]),
    ).map(row),
    max_size=50,
)


def graded(rows: list[dict[str, Any]], as_of: dt.date = AS_OF) -> pa.Table:
    full = [{name: r.get(name) for name in EXPOSURE.schema.names} for r in rows]
    return grade(pa.Table.from_pylist(full, schema=EXPOSURE.schema), P, as_of)


def strength(table: pa.Table) -> dict[str, int]:
    return {r["person_id"]: GRADES.index(r["grade"]) for r in table.to_pylist()}


@settings(max_examples=4, deadline=None)
@given(ROWS, st.randoms())
def test_order_and_repetition_mean_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = [*rows, *rows]
    random.shuffle(shuffled)
    assert graded(rows).equals(graded(shuffled))


@settings(max_examples=4, deadline=None)
@given(ROWS, ROWS)
def test_more_evidence_never_weakens_a_grade(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    before, after = strength(graded(rows)), strength(graded(rows + more))
    assert all(after[person] <= was for person, was in before.items())


@settings(max_examples=4, deadline=None)
@given(ROWS, st.integers(1, 20))
def test_time_alone_only_takes_away_and_on_the_day_told(rows: list[dict[str, Any]], days: int) -> None:
    later = AS_OF + dt.timedelta(days=days)
    today, then = graded(rows).to_pylist(), strength(graded(rows, later))
    for r in today:
        assert then.get(r["person_id"], 3) >= GRADES.index(r["grade"])
        assert (then.get(r["person_id"], 3) == GRADES.index(r["grade"])) == (later <= r["expires_on"])
    assert set(then) <= {r["person_id"] for r in today}
