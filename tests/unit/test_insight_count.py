"""Counts by example: levels add up, the unlocated have their line, and what is not known is null."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.insight import count, missed
from wangge.tables import Table
from wangge.tables.shapes import AREA, COVERAGE, LEAD, LOCATED, OUTCOME, PERSON, TASK

A1, A2, B1 = "110101001001001", "110101001001002", "110101002001001"


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


def world() -> dict[str, pa.Table]:
    states = [
        (A1, "occupied_confirmed"),
        (A1, "unreached"),
        (A2, "vacant_confirmed"),
        (A2, "non_residential"),
        (A2, "demolished"),
        (B1, "refused"),
        (B1, "vacant_unconfirmed"),
        (None, "unreached"),
    ]
    homes = {"h1": A1, "h2": A2, "h3": B1, "h4": None}
    return {
        "coverage": table(
            COVERAGE, [{"dwelling_id": f"d{i}", "grid_code": g, "state": s} for i, (g, s) in enumerate(states)]
        ),
        "located": table(LOCATED, [{"household_id": h, "grid_code": g} for h, g in homes.items()]),
        "people": table(
            PERSON,
            [{"person_id": f"p{i}", "household_id": h} for i, h in enumerate(["h1", "h1", "h2", "h3", "h4", "h5"])],
        ),
        "leads": table(LEAD, [{"lead_id": f"l{i}", "task_id": t} for i, t in enumerate(["t1", "t1", "t3", "t4"])]),
        "tasks": table(
            TASK,
            [{"task_id": t, "grid_code": g, "result_minutes": 60} for t, g in (("t1", A1), ("t3", B1), ("t4", None))],
        ),
        "outcomes": table(OUTCOME, [{"lead_id": f"l{i}", "is_closed": i == 0} for i in range(4)]),
        "areas": table(
            AREA,
            [
                {"code": A1[:12] + "009", "kind": "grid"},
                {"code": A1[:12] + "010", "kind": "grid", "valid_to": dt.date(2025, 1, 1)},
            ],
        ),
    }


def test_counts_by_area() -> None:
    cells = {r["area_code"]: r for r in count(**world()).to_pylist()}
    keys = ("frame", "confirmed", "unconfirmed", "people", "leads", "outcomes", "open")
    assert {code: tuple(cells[code][k] for k in keys) for code in cells} == {
        A1: (2, 1, 1, 2, 2, 1, 1),
        A2: (1, 1, 0, 1, 0, 0, 0),
        A1[:12] + "009": (0,) * 7,
        B1: (2, 0, 2, 1, 1, 0, 1),
        A1[:12]: (3, 2, 1, 3, 2, 1, 1),
        B1[:12]: (2, 0, 2, 1, 1, 0, 1),
        A1[:9]: (3, 2, 1, 3, 2, 1, 1),
        B1[:9]: (2, 0, 2, 1, 1, 0, 1),
        "110101": (5, 2, 3, 4, 3, 1, 2),
        "unlocated": (1, 0, 1, 2, 1, 0, 1),
    }
    assert all(r["overdue"] is None for r in cells.values())  # nobody said when they were signed: not known, not zero


def test_overdue_needs_the_signing_and_the_hour() -> None:
    signed_at = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    signed = pa.table(
        {"task_id": ["t1", "t3", "t4"], "signed_at": [signed_at, signed_at + dt.timedelta(hours=1), signed_at]}
    )
    cells = {
        r["area_code"]: r["overdue"]
        for r in count(**world(), signed=signed, now=signed_at + dt.timedelta(minutes=61)).to_pylist()
    }
    assert (cells[A1], cells[B1], cells["unlocated"], cells["110101"]) == (1, 0, 1, 1)


def held(*lists: str, n: int = 1, home: str = "h1") -> list[dict[str, Any]]:
    return [{"person_id": f"{'.'.join(lists)}{i}", "household_id": home, "lists": list(lists)} for i in range(n)]


@pytest.mark.parametrize(
    ("people", "lists", "low"),
    [
        ([*held("a", n=20), *held("a", "b", n=10), *held("a", "b", "c", n=5)], None, 13),  # 2/3 * 400 / 20 = 13.3
        ([*held("a", n=20), *held("a", "b", n=10)], None, None),  # two lists say nothing
        ([*held("a", n=20), *held("a", "b", "c", n=5)], None, None),  # nobody in exactly two
        ([*held("a", "b", n=20), *held("a", "b", "c", n=5)], None, 0),  # nobody in only one
        ([*held("a", n=20), *held("a", "b", n=10), *held("a", "b", "c", n=5)], ("a", "b"), None),
        ([*held("x", n=99), *held("a", n=20), *held("a", "b", n=10), *held("a", "b", "c", n=5)], ("a", "b", "c"), 13),
        ([*held("a", "a", n=20), *held("a", "b", n=10), *held("a", "b", "c", n=5)], None, 13),  # told twice by one list
    ],
)
def test_people_no_list_holds(people: list[dict[str, Any]], lists: tuple[str, ...] | None, low: int | None) -> None:
    located = table(LOCATED, [{"household_id": "h1", "grid_code": A1}])
    (row,) = missed(table(PERSON, people), located, lists).to_pylist()
    assert row["missed_low"] == low


def test_the_missed_are_told_by_community_and_above_never_by_grid() -> None:
    people = [*held("a", n=20), *held("a", "b", n=10), *held("a", "b", "c", n=5), *held("a", n=9, home="h3")]
    parts = {**world(), "people": table(PERSON, people)}
    cells = {r["area_code"]: r["missed_low"] for r in count(**parts).to_pylist()}
    assert (cells[A1], cells[A1[:12]], cells[A1[:9]], cells["110101"]) == (None, 13, 13, 13)
    assert (cells[B1[:12]], cells[B1[:9]]) == (None, None)
