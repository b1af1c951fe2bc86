"""A campaign laid out and followed, by example."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.forms import by_day, census_questions, forecast, forgotten, lay_out, progress
from wangge.tables import Table
from wangge.tables.shapes import CAMPAIGN_DOOR, DWELLING, QUESTION, WORKER

START = dt.date(2026, 11, 2)
G = "110101001001001"


def day(n: int) -> dt.date:
    """The n-th day of the campaign, from 1."""
    return START + dt.timedelta(days=n - 1)


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


def plan(rooms: list[str], minutes: int, due: int, n_workers: int = 1) -> list[dict[str, Any]]:
    asked = table(QUESTION, [{"door_id": r, "grid_code": G, "element": "care.food", "times": 1.0} for r in rooms])
    places = pa.table({"door_id": rooms, "compound": ["A"] * len(rooms), "building": ["1"] * len(rooms), "unit": [""] * len(rooms),
                       "room": rooms})  # fmt: skip
    held = table(
        WORKER,
        [{"worker_id": f"w{i}", "unit_code": "", "grid_code": G, "minutes_a_day": minutes} for i in range(n_workers)],
    )
    return lay_out(asked, places, held, starts_on=START, due_on=day(due), share=1.0).to_pylist()


def test_doors_in_walking_order_as_early_as_the_budget_allows() -> None:
    found = plan(["10", "2", "1", "3"], 17, 7)  # 8.5 minutes a door: two a day
    assert [(row["door_id"], row["order"], row["planned_on"]) for row in found] == [
        ("1", 1, day(1)), ("2", 2, day(1)), ("3", 3, day(2)), ("10", 4, day(2))]  # fmt: skip


def test_two_holders_walk_two_ends() -> None:
    found = plan(["1", "2", "3", "4"], 17, 7, n_workers=2)
    assert [(row["worker_id"], row["door_id"]) for row in found] == [("w0", "1"), ("w0", "2"), ("w1", "3"), ("w1", "4")]
    assert {row["planned_on"] for row in found} == {day(1)}


def test_the_seventh_day_is_free() -> None:
    found = plan([str(i) for i in range(1, 9)], 9, 9)
    assert [row["planned_on"] for row in found] == [day(n) for n in (1, 2, 3, 4, 5, 6, 8, 9)]


def test_a_deadline_before_the_start_is_numbered() -> None:
    with pytest.raises(WanggeError, match="E3879"):
        plan(["1"], 60, 0)


def test_a_census_asks_every_person_of_every_unit() -> None:
    units = table(DWELLING, [{"dwelling_id": d, "grid_code": G, "framed_on": START} for d in "ab"])
    roster = pa.table({"dwelling_id": ["a"], "n_people": pa.array([5], pa.int64())})
    found = census_questions(units, roster).to_pylist()
    assert {(row["door_id"], row["times"]) for row in found} == {("a", 5.0), ("b", 2.9)} and len(found) == 12


def door(
    i: int, state: str = "open", on: int | None = None, planned: int = 1, place: str = "A1", tried: int = 0
) -> dict[str, Any]:
    return {"door_id": f"d{i}", "grid_code": G, "place": place, "planned_on": day(planned), "state": state, "tried": tried,
            "settled_on": None if on is None else day(on)}  # fmt: skip


def test_progress_counts_each_door_once() -> None:
    rows = [
        door(1, "confirmed", 1),
        door(1, "confirmed", 1),
        door(2, "refused", 1),
        door(3, tried=2),
        door(4, planned=2),
    ]
    row = progress(table(CAMPAIGN_DOOR, rows), day(2)).to_pylist()[0]
    assert (row["frame"], row["confirmed"], row["refused"], row["tried"], row["unconfirmed"]) == (4, 1, 1, 1, 3)
    assert (row["done"], row["planned"], row["is_late"]) == (2, 3, True)
    assert not progress(table(CAMPAIGN_DOOR, rows), day(1)).to_pylist()[0]["is_late"], (
        "nothing is late on the first day"
    )


def test_by_day_what_was_planned_and_done() -> None:
    found = by_day(
        table(CAMPAIGN_DOOR, [door(1, "confirmed", 2), door(2, "confirmed", 2, planned=2), door(3)])
    ).to_pylist()
    assert [(row["day"], row["planned"], row["done"]) for row in found] == [(day(1), 2, 0), (day(2), 1, 2)]


def test_a_forgotten_building_is_seen() -> None:
    rows = [door(1, "confirmed", 1), door(2), door(3, place="B1"), door(4, place="B1"), door(5, place="C1", planned=4),
            door(6, place="D1", tried=1)]  # fmt: skip
    found = forgotten(table(CAMPAIGN_DOOR, rows), day(3)).to_pylist()
    assert [(row["place"], row["doors"]) for row in found] == [("B1", 2)], (
        "begun, tried and not yet due are not forgotten"
    )


def census(n: int, done: dict[int, int]) -> pa.Table:
    """`n` doors of which so many were settled on each day."""
    rows, i = [], 0
    for on, count in done.items():
        rows += [door(i + k, "confirmed", on) for k in range(count)]
        i += count
    return table(CAMPAIGN_DOOR, rows + [door(k) for k in range(i, n)])


def test_forecast_in_what_can_be_said() -> None:
    assert forecast(census(10, {1: 3}), starts_on=START, until=day(1)).why == "too_early"
    assert forecast(census(10, {}), starts_on=START, until=day(3)).why == "standing"
    found = forecast(census(20, {1: 2, 2: 4}), starts_on=START, until=day(2))  # 14 left at 3, 4 and 2 a day
    assert (found.expected_on, found.earliest_on, found.latest_on) == (day(7), day(6), day(9))
    rest = forecast(census(20, {1: 4}), starts_on=START, until=day(2))
    assert rest.latest_on is None and rest.expected_on == day(10), "a day of nothing leaves the end open"
    assert forecast(census(4, {1: 1, 2: 3}), starts_on=START, until=day(2))[:2] == ("finished", day(2))


def test_what_comes_after_the_last_whole_day_does_not_count_yet() -> None:
    assert forecast(census(20, {1: 5, 2: 5, 3: 1}), starts_on=START, until=day(2)).expected_on == day(4)
