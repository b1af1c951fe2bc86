"""One person in Python, a million in SQL: the same grades, rules, facts and dates, on fifty thousand random exposures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wangge.base.shelf import ShelfError
from wangge.exposure import protocol_for
from wangge.frame.engine import duckdb_engine
from wangge.risk import difference, due, grade, grade_person, regrade, rules, shelf, undecided
from wangge.tables.shapes import EXPOSURE

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)
CATEGORIES = ["case", "close", "secondary", "general", "companion", "zone", None]
EVIDENCE = ["case:confirmed", "case:suspected", "case:asymptomatic", "zone:high", "zone:low", "overlap:meal:9min", None]


def random_exposures(rows: int, people: int, seed: int) -> pa.Table:
    """Any mixture of facts, also such as no tracing makes: unknown dates, unknown kinds, the future."""
    rng = np.random.default_rng(seed)
    start = dt.datetime(2026, 10, 25, tzinfo=dt.UTC)
    hours = rng.integers(0, 24 * 32, rows)
    first = [None if rng.random() < 0.05 else start + dt.timedelta(hours=int(h)) for h in hours]
    last = [None if f is None or rng.random() < 0.05 else f + dt.timedelta(hours=int(h)) for f, h in zip(first, rng.integers(0, 40, rows), strict=True)]  # fmt: skip
    pick = lambda among: [among[i] for i in rng.integers(0, len(among), rows)]  # noqa: E731
    columns: dict[str, Any] = {
        "person_id": [f"P{i}" for i in rng.integers(0, people, rows)],
        "case_id": pick(["C1", "C2"]),
        "place_id": pick(["x", "y"]),
        "place_kind": pick(["meal", "venue"]),
        "first_at": first,
        "last_at": last,
        "overlap_minutes": pick([None, 5, 5, 30, 240]),
        "degree": pick([0, 1, 1, 2, None]),
        "category": pick(CATEGORIES),
        "protocol": ["covid-2026-10"] * rows,
        "evidence": pick(EVIDENCE),
    }
    return pa.table({name: pa.array(columns[name], type) for name, type in zip(EXPOSURE.schema.names, EXPOSURE.schema.types, strict=True)})  # fmt: skip


def one_by_one(exposures: pa.Table, as_of: dt.date = AS_OF) -> list[dict[str, Any]]:
    theirs = defaultdict(list)
    for row in exposures.to_pylist():
        theirs[row["person_id"]].append(row)
    found = (grade_person(rows, P, as_of) for _, rows in sorted(theirs.items()))
    return [row for row in found if row]


def test_a_million_in_sql_and_one_in_python_say_the_same() -> None:
    exposures = random_exposures(50_000, 20_000, seed=5)
    graded = grade(exposures, P, AS_OF)
    assert 2_000 < graded.num_rows < 20_000
    assert graded.to_pylist() == one_by_one(exposures)
    assert graded.equals(grade(exposures, P, AS_OF, duckdb_engine()))


def test_every_graded_row_has_its_rules_and_the_facts_they_read() -> None:
    for row in grade(random_exposures(500, 100, seed=6), P, AS_OF).to_pylist():
        assert len(row["facts"]) == len(row["rules"]) > 0
        for rule, facts in zip(row["rules"], row["facts"], strict=True):
            names = {part.split("=")[0] for part in facts.split(" ")}
            assert names == {
                {"days_since": "last_on"}.get(f, f) for f in next(r for r in rules() if r.name == rule).facts
            }


def row(person: str, category: str, degree: int | None, last_at: dt.datetime | None) -> dict[str, Any]:
    return dict.fromkeys(EXPOSURE.schema.names) | {
        "person_id": person, "case_id": "C", "category": category, "degree": degree, "first_at": last_at,
        "last_at": last_at, "protocol": "covid-2026-10", "evidence": "contact_list:family",
    }  # fmt: skip


def test_an_unknown_is_not_a_no() -> None:
    """An undated close contact is not graded and not forgotten: somebody finds out when it was."""
    table = pa.Table.from_pylist([row("A", "close", 1, None), row("B", "companion", 1, None)], schema=EXPOSURE.schema)
    assert grade(table, P, AS_OF).num_rows == 0
    assert undecided(table, P, AS_OF).to_pylist() == [
        {"person_id": "A", "rule": "close_contact_recent", "missing": ["days_since"], "case_id": "C", "evidence": "contact_list:family"}
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_rolling_says_what_a_fresh_start_says(seed: int) -> None:
    """Day by day, with evidence that comes and goes: only the touched and the due are asked again."""
    rng = np.random.default_rng(seed)
    pool = random_exposures(600, 150, seed)
    known = pool.slice(0, 300)
    today = dt.date(2026, 11, 8)
    grades = grade(known, P, today)
    for _ in range(12):
        today += dt.timedelta(days=1)
        kept = pa.array(rng.random(known.num_rows) > 0.03)
        arriving = pool.slice(300 + int(rng.integers(0, 250)), 12)
        gone = known.filter(pa.compute.invert(kept))
        now = pa.concat_tables([known.filter(kept), arriving])
        begun = now.filter(pa.compute.equal(pa.compute.cast(pa.compute.add(now["first_at"], pa.scalar(dt.timedelta(hours=8))), pa.date32()), pa.scalar(today)))  # fmt: skip
        touched = pa.concat_arrays([t["person_id"].combine_chunks() for t in (gone, arriving, begun)] + [due(grades, today)])  # fmt: skip
        rolled = regrade(grades, now, touched, P, today)
        assert rolled.equals(grade(now, P, today))
        change = difference(grades, rolled)
        assert grades.num_rows + change.came.num_rows - change.ended.num_rows == rolled.num_rows
        known, grades = now, rolled


def test_a_second_before_and_after_the_day_ends() -> None:
    """A Beijing day ends at 16:00 UTC: the exposure of its last second counts a day less than the one after."""
    end = dt.datetime(2026, 11, 9, 15, 59, 59, tzinfo=dt.UTC)
    for at, expires in ((end, dt.date(2026, 11, 19)), (end + dt.timedelta(seconds=1), dt.date(2026, 11, 20))):
        table = pa.Table.from_pylist([row("A", "close", 1, at)], schema=EXPOSURE.schema)
        assert [r["expires_on"] for r in grade(table, P, dt.date(2026, 11, 12)).to_pylist()] == [expires]


def test_a_rule_that_reads_who_somebody_is_or_uses_what_python_cannot_follow_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from wangge.risk.rules import confirmed_case

    for holds, why in (
        (lambda e: e.place_id == "x", "may not read"),
        (lambda e: e.evidence.upper() == "X", "may not use"),
    ):
        monkeypatch.setattr(confirmed_case, "holds", holds)
        with pytest.raises(ShelfError, match=why):
            shelf.rules.__wrapped__()
