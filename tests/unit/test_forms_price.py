"""The price of a campaign by example, and what it says when there is not enough of the day."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.dispatch.plan import pace
from wangge.forms import price
from wangge.forms.price import budget, days_for, minutes_of, refuse_if_over, work_days
from wangge.tables.shapes import QUESTION, WORKER

G1, G2 = "110101001001001", "110101001001002"
FOOD, PHONE, HELP = "care.food", "person.phone", "care.daily_help"  # half a minute, a minute, half a minute


def questions(doors: int, grid: str | None = G1, elements: tuple[str, ...] = (FOOD, PHONE)) -> pa.Table:
    rows = [
        {"door_id": f"{grid}-{i}", "grid_code": grid, "element": e, "times": 1.0}
        for i in range(doors)
        for e in elements
    ]
    return pa.Table.from_pylist(rows, schema=QUESTION.schema)


def workers(*held: tuple[str, str, int]) -> pa.Table:
    rows = [{"worker_id": w, "unit_code": g[:12], "grid_code": g, "minutes_a_day": m} for w, g, m in held]
    return pa.Table.from_pylist(rows, schema=WORKER.schema)


def grid(found: Any, code: str | None = G1) -> dict[str, Any]:
    return next(row for row in found.grids.to_pylist() if row["grid_code"] == code)


def test_doors_times_questions_times_minutes() -> None:
    found = price(questions(10), workers(("w1", G1, 180)), 2)
    assert (found.doors, found.questions, found.minutes) == (10, 20.0, 10 * (8 + 0.5 + 1.0))
    row = grid(found)
    assert (row["minutes_a_worker_day"], row["budget"], row["is_over"], row["days_needed"]) == (47.5, 90.0, False, 2)
    refuse_if_over(found)


def test_over_the_daily_budget_it_is_refused_with_the_way_out() -> None:
    found = price(questions(10), workers(("w1", G1, 180)), 1, order=(FOOD, PHONE))
    assert found.is_over and found.drop == (PHONE,) and found.days_needed == 2
    assert not price(questions(10, elements=(FOOD,)), workers(("w1", G1, 180)), 1).is_over, "without the phone it fits"
    assert not price(questions(10), workers(("w1", G1, 180)), found.days_needed).is_over
    with pytest.raises(WanggeError) as refused:
        refuse_if_over(found, {PHONE: "电话"})
    assert refused.value.code == "E3870"
    assert refused.value.facts == {"grids": 1, "minutes": 95, "budget": 90, "drop": "电话", "days": 2, "given": 1}


def test_where_dropping_cannot_help_only_the_deadline_does() -> None:
    found = price(questions(100), workers(("w1", G1, 180)), 1, order=(FOOD, PHONE))
    assert (
        found.drop is None and found.days_needed == 12
    )  # 950 minutes at 90 a day: 11 working days, one of seven is free
    with pytest.raises(WanggeError, match=r"E3880.*Give it 12 days"):
        refuse_if_over(found)


def test_holders_share_a_grid_and_a_holder_of_two_grids_has_one_day() -> None:
    two = price(questions(10), workers(("w1", G1, 180), ("w2", G1, 180)), 1)
    assert grid(two)["minutes_a_worker_day"] == 47.5 and not two.is_over
    both = pa.concat_tables([questions(6), questions(6, G2)])
    one = price(both, workers(("w1", G1, 180), ("w1", G2, 180)), 1)
    assert [row["minutes_a_worker_day"] for row in one.grids.to_pylist()] == [114.0, 114.0] and one.is_over


def test_what_other_campaigns_take_is_not_there_twice() -> None:
    load = pa.table({"worker_id": ["w1"], "minutes_a_day": [80.0]})
    busy = price(questions(10), workers(("w1", G1, 180)), 2, load=load)
    assert grid(busy)["budget"] == 10.0 and busy.is_over
    full = price(
        questions(1), workers(("w1", G1, 180)), 2, load=pa.table({"worker_id": ["w1"], "minutes_a_day": [500.0]})
    )
    assert full.is_over and full.days_needed is None
    with pytest.raises(WanggeError, match="E3881"):
        refuse_if_over(full)


@pytest.mark.parametrize("code", [G2, None])
def test_doors_of_nobody_are_refused_by_their_own_number(code: str | None) -> None:
    found = price(pa.concat_tables([questions(1), questions(3, code)]), workers(("w1", G1, 180)), 9)
    assert grid(found, code)["workers"] == 0 and grid(found, code)["is_over"]
    with pytest.raises(WanggeError, match="E3871") as refused:
        refuse_if_over(found)
    assert refused.value.facts == {"grids": 1, "doors": 3}


def test_nothing_to_ask_and_no_day_are_numbered() -> None:
    with pytest.raises(WanggeError, match="E3872"):
        price(QUESTION.empty(), workers(("w1", G1, 180)), 5)
    for days in (0, -3, 91):
        with pytest.raises(WanggeError, match="E3879"):
            price(questions(1), workers(("w1", G1, 180)), days)


def test_one_day_in_seven_is_free() -> None:
    assert [work_days(n) for n in (0, 1, 6, 7, 8, 13, 14, 15)] == [0, 1, 6, 6, 7, 12, 12, 13]
    assert all(work_days(days_for(n)) == n and work_days(days_for(n) - 1) < n for n in range(1, 60))


def test_the_numbers_are_those_of_the_files() -> None:
    assert budget()["minutes_a_door"] == pace()["minutes_a_door"], "one door takes one time, whoever plans it"
    assert (minutes_of(FOOD), minutes_of(PHONE), minutes_of("person.birth_date")) == (0.5, 1.0, 0.75)
