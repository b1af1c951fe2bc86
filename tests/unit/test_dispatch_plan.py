"""Planning by example: who gets which envelope, and in which order the doors are walked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from wangge.dispatch import Plan, pace, plan
from wangge.exposure import protocol_for
from wangge.tables import Table
from wangge.tables.shapes import DWELLING, GRADE, LOCATED, PERSON, WORKER

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)
GRID, OTHER = "110101001001001", "110101001001002"


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


def planned(
    grades: dict[str, str], homes: dict[str, str], doors: dict[str, Any], workers: list[tuple[str, str]]
) -> Plan:
    """grades: person -> grade; homes: person -> household; doors: household -> (grid, lon, lat)."""
    return plan(
        table(GRADE, [{"person_id": p, "grade": g, "as_of": AS_OF} for p, g in grades.items()]),
        table(PERSON, [{"person_id": p, "household_id": h} for p, h in homes.items()]),
        table(LOCATED, [{"household_id": h, "dwelling_id": f"d{h}", "grid_code": d[0]} for h, d in doors.items()]),
        table(WORKER, [{"worker_id": w, "grid_code": g, "minutes_a_day": 180} for w, g in workers]),
        P,
        table(
            DWELLING, [{"dwelling_id": f"d{h}", "grid_code": d[0], "lon": d[1], "lat": d[2]} for h, d in doors.items()]
        ),
    )


def test_one_envelope_a_household_with_its_strongest_grade_and_limits() -> None:
    made = planned(
        {"A": "blue", "B": "red", "C": "yellow"},
        {"A": "h1", "B": "h1", "C": "h2", "D": "h1"},
        {"h1": (GRID, 116.0, 39.0), "h2": (GRID, 116.0, 39.0)},
        [("w", GRID)],
    )
    tasks = {t["household_id"]: t for t in made.tasks.to_pylist()}
    assert (tasks["h1"]["grade"], tasks["h1"]["n_people"], tasks["h1"]["order"]) == ("red", 2, 1)
    assert [tasks["h1"][f"{k}_minutes"] for k in ("open", "attempt", "result")] == [15, 120, 1440]
    assert (tasks["h2"]["grade"], tasks["h2"]["attempt_minutes"], tasks["h2"]["order"]) == ("yellow", 480, 2)
    leads = {r["person_id"]: r for r in made.leads.to_pylist()}
    assert set(leads) == {"A", "B", "C"}  # D has no grade and no lead
    assert leads["A"]["task_id"] == leads["B"]["task_id"] == tasks["h1"]["task_id"]


def test_whom_nobody_can_place_waits_at_a_desk_and_is_not_lost() -> None:
    made = planned(
        {"A": "red", "B": "red", "X": "red", "Y": "blue"},
        {"A": "h1", "B": "h2"},
        {"h1": (None, None, None), "h2": (OTHER, 116.0, 39.0)},
        [("w", GRID)],
    )
    tasks = made.tasks.to_pylist()
    assert len(tasks) == 4 and made.leads.num_rows == 4
    by_home = {t["household_id"]: t for t in tasks}
    assert by_home["h1"]["grid_code"] is None and by_home["h1"]["worker_id"] is None  # district desk
    assert by_home["h2"]["grid_code"] == OTHER and by_home["h2"]["worker_id"] is None  # community desk
    assert by_home["h2"]["order"] is None
    assert sum(t["household_id"] is None for t in tasks) == 2  # X and Y are in no register


def test_the_least_loaded_holder_takes_the_next_door() -> None:
    people = {f"p{i}": "yellow" for i in range(6)}
    homes = {p: f"h{p}" for p in people}
    doors = {h: (GRID, 116.0 + i / 1000, 39.0) for i, h in enumerate(homes.values())}
    made = planned(people, homes, doors, [("w2", GRID), ("w1", GRID), ("idle", OTHER)])
    load = {r["worker_id"]: r for r in made.load.to_pylist()}
    assert {w: r["tasks"] for w, r in load.items()} == {"w1": 3, "w2": 3, "idle": 0}
    assert load["w1"]["minutes"] == 3 * (pace()["minutes_a_door"] + pace()["minutes_a_person"])
    assert (load["w1"]["people"], load["w1"]["minutes_a_day"], load["w1"]["days"], load["idle"]["days"]) == (
        3,
        180,
        1,
        0,
    )


def test_red_first_then_the_short_way_round() -> None:
    """Nine doors in a row, told in a muddle; the red one in the far end is walked first, the rest from there."""
    people = {f"p{i}": "red" if i == 8 else "blue" for i in range(9)}
    homes = {p: f"h{p[1:]}" for p in people}
    doors = {f"h{i}": (GRID, 116.0 + i / 1000, 39.0) for i in (5, 2, 8, 0, 7, 3, 1, 6, 4)}
    made = planned(people, homes, doors, [("w", GRID)])
    walk = [t["household_id"] for t in sorted(made.tasks.to_pylist(), key=lambda t: t["order"])]
    assert walk == ["h8", "h7", "h6", "h5", "h4", "h3", "h2", "h1", "h0"]


def test_doors_without_a_place_come_last_in_their_grade() -> None:
    made = planned(
        {"A": "blue", "B": "blue", "C": "red"},
        {"A": "h1", "B": "h2", "C": "h3"},
        {"h1": (GRID, None, None), "h2": (GRID, 116.0, 39.0), "h3": (GRID, None, None)},
        [("w", GRID)],
    )
    assert [t["household_id"] for t in sorted(made.tasks.to_pylist(), key=lambda t: t["order"])] == ["h3", "h2", "h1"]


def test_nobody_graded_nothing_planned() -> None:
    made = planned({}, {"A": "h1"}, {"h1": (GRID, 116.0, 39.0)}, [("w", GRID)])
    assert (made.leads.num_rows, made.tasks.num_rows) == (0, 0)
    assert made.load.column("tasks").to_pylist() == [0]
