"""Laws of campaigns: more questions never cost less, a price that fits can be laid out, nothing goes above the frame."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.forms import forecast, lay_out, price, progress
from wangge.forms.price import budget, work_days
from wangge.tables import Table
from wangge.tables.shapes import CAMPAIGN_DOOR, QUESTION, WORKER

START = dt.date(2026, 11, 2)
GRIDS = ("110101001001001", "110101001001002")
ELEMENTS = ("care.food", "person.phone", "person.birth_date", "care.pets")


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


ASKED = st.lists(
    st.tuples(st.integers(0, 25), st.sampled_from(ELEMENTS)), min_size=1, max_size=40, unique=True
).map(lambda rows: [{"door_id": f"d{d}", "grid_code": GRIDS[d % 2], "element": e, "times": 1.0} for d, e in rows])  # fmt: skip
HELD = st.lists(st.tuples(st.sampled_from("uvw"), st.sampled_from(GRIDS)), max_size=4, unique=True).map(
    lambda more: [{"worker_id": w, "unit_code": "", "grid_code": g, "minutes_a_day": 60 + 20 * "uvw".index(w)}
                  for w, g in {("u", GRIDS[0]), ("u", GRIDS[1]), *more}])  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(ASKED, HELD, st.integers(1, 12), st.data())
def test_more_questions_never_cost_less(asked: list[Any], held: list[Any], days: int, data: st.DataObject) -> None:
    few = data.draw(st.lists(st.sampled_from(asked), min_size=1, unique_by=lambda r: (r["door_id"], r["element"])))
    small, whole = (price(table(QUESTION, rows), table(WORKER, held), days) for rows in (few, asked))
    assert small.minutes <= whole.minutes and small.questions <= whole.questions and small.doors <= whole.doors
    assert (small.days_needed or 0) <= (whole.days_needed or 0)
    assert whole.is_over or not small.is_over


@settings(max_examples=30, deadline=None)
@given(ASKED, HELD, st.integers(1, 9))
def test_the_way_out_is_a_way_out(asked: list[Any], held: list[Any], days: int) -> None:
    workers = table(WORKER, held)
    found = price(table(QUESTION, asked), workers, days, order=ELEMENTS)
    assert found.days_needed is not None
    assert not price(table(QUESTION, asked), workers, found.days_needed).is_over
    assert found.is_over == (days < found.days_needed)
    if found.is_over and found.drop:
        left = [row for row in asked if row["element"] not in found.drop]
        assert not price(table(QUESTION, left), workers, days).is_over


@settings(max_examples=30, deadline=None)
@given(ASKED, HELD, st.integers(0, 10))
def test_every_door_is_laid_out_once_within_the_days(asked: list[Any], held: list[Any], slack: int) -> None:
    workers, questions = table(WORKER, held), table(QUESTION, asked)
    found = price(questions, workers, 1)
    assert found.days_needed is not None
    due = START + dt.timedelta(days=found.days_needed - 1 + slack)
    doors = sorted({row["door_id"] for row in asked})
    places = pa.table(
        {
            "door_id": doors,
            **{n: [d if n == "room" else "1" for d in doors] for n in ("compound", "building", "unit", "room")},
        }
    )
    rows = lay_out(questions, places, workers, starts_on=START, due_on=due).to_pylist()
    assert sorted(row["door_id"] for row in rows) == doors
    assert all(START <= row["planned_on"] <= due and (row["planned_on"] - START).days % 7 != 6 for row in rows)
    holders = {(row["worker_id"], row["grid_code"]) for row in held}
    assert all((row["worker_id"], row["grid_code"]) in holders for row in rows)
    for worker in {row["worker_id"] for row in rows}:
        mine = [row for row in rows if row["worker_id"] == worker]
        assert sorted(row["order"] for row in mine) == list(range(1, len(mine) + 1))
        limit = next(h["minutes_a_day"] for h in held if h["worker_id"] == worker) * budget()["share_of_day"]
        for on in {row["planned_on"] for row in mine}:  # a door may begin in the last minute of a day
            assert sum(r["minutes"] for r in mine if r["planned_on"] == on) < limit + max(r["minutes"] for r in mine) + 1e-6 or on == max(
                r["planned_on"] for r in mine)  # fmt: skip


DOORS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["open", "confirmed", "refused"]), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=40
).map(lambda rows: [{"door_id": f"d{d}", "grid_code": GRIDS[d % 2], "place": "", "planned_on": START, "state": s, "tried": t,
                     "settled_on": None if s == "open" else START + dt.timedelta(days=on)} for d, s, on, t in rows])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(DOORS)
def test_nothing_goes_above_the_frame(doors: list[Any]) -> None:
    """Whatever is sent twice: confirmed, refused and open are the frame, and the frame is the doors."""
    found = progress(table(CAMPAIGN_DOOR, doors), START + dt.timedelta(days=3)).to_pylist()
    assert sum(row["frame"] for row in found) == len({row["door_id"] for row in doors})
    for row in found:
        assert 0 <= row["confirmed"] <= row["frame"] and row["done"] <= row["frame"]
        assert (
            row["confirmed"] + row["unconfirmed"] == row["frame"] and row["confirmed"] + row["refused"] == row["done"]
        )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(2, 8), st.integers(1, 60), st.integers(0, 9))
def test_a_constant_pace_is_forecast_to_the_day(a_day: int, days: int, more: int, seed: int) -> None:
    n = a_day * days + more
    rows = [{"door_id": f"d{i}", "grid_code": GRIDS[0], "place": "", "planned_on": START, "tried": 0,
             "state": "confirmed" if i < a_day * days else "open",
             "settled_on": START + dt.timedelta(days=i // a_day) if i < a_day * days else None} for i in range(n)]  # fmt: skip
    random.Random(seed).shuffle(rows)
    found = forecast(table(CAMPAIGN_DOOR, rows), starts_on=START, until=START + dt.timedelta(days=days - 1))
    truth = START + dt.timedelta(days=-(-n // a_day) - 1)
    assert found.expected_on == found.earliest_on == found.latest_on == truth
    assert work_days(7) == 6
