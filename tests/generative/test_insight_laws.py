"""Laws of counting: every level is the sum of the one below, and all levels with the unlocated are the whole."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.insight import count
from wangge.tables import Table
from wangge.tables.shapes import AREA, COVERAGE, LEAD, LOCATED, OUTCOME, PERSON, TASK

GRID = st.one_of(
    st.none(), st.tuples(*[st.integers(1, 2)] * 3).map(lambda t: "110101" + "".join(f"{n:03d}" for n in t))
)
STATE = st.sampled_from(
    ["occupied_confirmed", "vacant_confirmed", "vacant_unconfirmed", "non_residential", "refused", "unreached"]
)
LISTS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True)
MEASURES = ("frame", "confirmed", "unconfirmed", "people", "leads", "outcomes", "open")
LEVELS = (("grid", 15), ("community", 12), ("street", 9), ("district", 6))


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(GRID, STATE), max_size=20),
    st.lists(st.tuples(GRID, LISTS), max_size=40),
    st.lists(st.tuples(GRID, st.booleans()), max_size=20),
)
def test_levels_add_up(doors: list[Any], people: list[Any], work: list[Any]) -> None:
    cells = count(
        coverage=table(
            COVERAGE, [{"dwelling_id": str(i), "grid_code": g, "state": s} for i, (g, s) in enumerate(doors)]
        ),
        located=table(LOCATED, [{"household_id": str(i), "grid_code": g} for i, (g, _) in enumerate(people)]),
        people=table(
            PERSON, [{"person_id": str(i), "household_id": str(i), "lists": n} for i, (_, n) in enumerate(people)]
        ),
        leads=table(LEAD, [{"lead_id": str(i), "task_id": str(i)} for i in range(len(work))]),
        tasks=table(TASK, [{"task_id": str(i), "grid_code": g} for i, (g, _) in enumerate(work)]),
        outcomes=table(OUTCOME, [{"lead_id": str(i), "is_closed": c} for i, (_, c) in enumerate(work)]),
        areas=AREA.empty(),
    ).to_pylist()
    whole = {
        "frame": sum(s != "non_residential" for _, s in doors),
        "people": len(people),
        "leads": len(work),
        "outcomes": sum(c for _, c in work),
        "open": sum(not c for _, c in work),
        "confirmed": sum(s.endswith("confirmed") and not s.endswith("unconfirmed") for _, s in doors),
    }
    beside = {m: sum(r[m] for r in cells if r["kind"] == "unlocated") for m in MEASURES}
    assert sum(r["kind"] == "unlocated" for r in cells) == 1
    for kind, _ in LEVELS:
        for measure, n in whole.items():
            assert sum(r[measure] for r in cells if r["kind"] == kind) + beside[measure] == n, (kind, measure)
    for (_, digits), (kind, shorter) in itertools.pairwise(LEVELS):
        for row in (r for r in cells if r["kind"] == kind):
            below = [r for r in cells if len(r["area_code"]) == digits and r["area_code"][:shorter] == row["area_code"]]
            assert all(row[m] == sum(r[m] for r in below) for m in MEASURES)
            if digits <= 12:
                known = [r["missed_low"] for r in below if r["missed_low"] is not None]
                assert row["missed_low"] == (sum(known) if known else None)
    assert all(
        r["frame"] == r["confirmed"] + r["unconfirmed"] and r["leads"] == r["outcomes"] + r["open"] for r in cells
    )
