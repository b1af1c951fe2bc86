"""Laws of planning: nobody lost, nobody twice, one envelope a household, one worker who holds the door."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.dispatch import plan
from wangge.dispatch.kernels import least_loaded, walking_order
from wangge.exposure import protocol_for
from wangge.tables import Table
from wangge.tables.shapes import DWELLING, GRADE, LOCATED, PERSON, WORKER

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)
GRADES = ["red", "yellow", "blue"]
GRIDS = [f"11010100100100{i}" for i in range(3)]


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    homes = draw(
        st.lists(
            st.tuples(st.sampled_from([None, *GRIDS]), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20
        )
    )
    people = draw(
        st.lists(
            st.tuples(st.one_of(st.none(), st.integers(0, len(homes) - 1)), st.sampled_from([None, *GRADES])),
            max_size=40,
        )
    )
    held = draw(st.lists(st.tuples(st.sampled_from("wxyz"), st.sampled_from(GRIDS)), max_size=6, unique=True))
    return {
        "grades": [{"person_id": f"p{i}", "grade": g, "as_of": AS_OF} for i, (_, g) in enumerate(people) if g],
        "people": [{"person_id": f"p{i}", "household_id": f"h{h}"} for i, (h, _) in enumerate(people) if h is not None],
        "located": [
            {"household_id": f"h{i}", "dwelling_id": f"d{i}", "grid_code": g} for i, (g, _, _) in enumerate(homes)
        ],
        "dwellings": [
            {"dwelling_id": f"d{i}", "lon": 116 + x / 1e3, "lat": 39 + y / 1e3} for i, (_, x, y) in enumerate(homes)
        ],
        "workers": [{"worker_id": w, "grid_code": g, "minutes_a_day": 180} for w, g in held],
    }


def planned(world: dict[str, list[dict[str, Any]]]) -> Any:
    return plan(
        table(GRADE, world["grades"]),
        table(PERSON, world["people"]),
        table(LOCATED, world["located"]),
        table(WORKER, world["workers"]),
        P,
        table(DWELLING, world["dwellings"]),
    )


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_conservation(world: dict[str, list[dict[str, Any]]]) -> None:
    made = planned(world)
    leads, tasks = made.leads.to_pylist(), made.tasks.to_pylist()
    assert sorted(r["person_id"] for r in leads) == sorted(r["person_id"] for r in world["grades"])
    assert len({r["lead_id"] for r in leads}) == len(leads)
    by_task = Counter(r["task_id"] for r in leads)
    assert by_task == Counter({t["task_id"]: t["n_people"] for t in tasks})
    homes = Counter(t["household_id"] for t in tasks if t["household_id"])
    assert all(n == 1 for n in homes.values())
    strongest: dict[str, int] = defaultdict(lambda: 9)
    for r in leads:
        strongest[r["task_id"]] = min(strongest[r["task_id"]], GRADES.index(r["grade"]))
    assert all(GRADES.index(t["grade"]) == strongest[t["task_id"]] for t in tasks)
    assert sum(made.load.column("tasks").to_pylist()) == sum(t["worker_id"] is not None for t in tasks)


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_only_a_holder_of_the_grid_and_red_doors_first(world: dict[str, list[dict[str, Any]]]) -> None:
    held = {(w["worker_id"], w["grid_code"]) for w in world["workers"]}
    walked: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for t in planned(world).tasks.to_pylist():
        if t["worker_id"] is None:
            assert t["order"] is None and not any(g == t["grid_code"] for _, g in held)
        else:
            assert (t["worker_id"], t["grid_code"]) in held
            walked[t["worker_id"]].append((t["order"], GRADES.index(t["grade"])))
    for steps in walked.values():
        steps.sort()
        assert [order for order, _ in steps] == list(range(1, len(steps) + 1))
        assert [grade for _, grade in steps] == sorted(grade for _, grade in steps)


@settings(max_examples=6, deadline=None)
@given(worlds(), st.randoms())
def test_the_same_in_any_order(world: dict[str, list[dict[str, Any]]], random: Any) -> None:
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in world.items()}
    one, other = planned(world), planned(shuffled)
    for a, b in zip(one, other, strict=True):
        assert a.sort_by([(a.column_names[0], "ascending")]).equals(b.sort_by([(b.column_names[0], "ascending")]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 30)), max_size=30),
    st.lists(st.sets(st.integers(0, 4)), min_size=3, max_size=3),
)
def test_least_loaded_equals_the_plain_loop(tasks: list[tuple[int, int]], held: list[set[int]]) -> None:
    load, expected = [0] * 5, []
    for grid, minutes in tasks:
        holders = sorted(held[grid]) if grid >= 0 else []
        chosen = min(holders, key=lambda w: (load[w], w)) if holders else -1
        expected.append(chosen)
        if chosen >= 0:
            load[chosen] += minutes
    offsets = np.cumsum([0, *map(len, held)])
    flat = np.array([w for grid in held for w in sorted(grid)], np.int64)
    columns = np.array(tasks, np.int64).reshape(-1, 2)
    assert least_loaded(columns[:, 0].copy(), columns[:, 1].copy(), offsets, flat, 5).tolist() == expected


def length(points: np.ndarray[Any, Any]) -> float:
    return float(sum(np.hypot(*(b - a)) for a, b in pairwise(points)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=40), st.integers(2, 50))
def test_the_walk_visits_all_once_and_has_no_crossing_left(points: list[tuple[int, int]], a_day: int) -> None:
    xy = np.array(points, float)
    order = walking_order(xy[:, 0].copy(), xy[:, 1].copy(), np.zeros(len(points), np.int64), np.array([True]), a_day)
    assert sorted(order.tolist()) == list(range(len(points)))
    walk = xy[order]
    if len(points) > a_day:
        return
    for i in range(1, len(points) - 1):  # no stretch is better walked the other way round
        for j in range(i + 1, len(points)):
            turned = np.concatenate([walk[:i], walk[i : j + 1][::-1], walk[j + 1 :]])
            assert length(turned) >= length(walk) - 1e-3
