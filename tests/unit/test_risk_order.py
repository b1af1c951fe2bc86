"""The order inside a colour: off by default, recomputable by hand, closed against what may not matter."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.dictionary import elements
from wangge.risk.order import chance, declared, order, read_model, recompute
from wangge.risk.order_quality import calibration, challenge, fit, group_errors, log_loss, ranked_right, wilson

ON = replace(declared(), on=True)
NAMES = [d.name for d in ON.dimensions]
RAW = tomllib.loads(resources.files("wangge.risk").joinpath("order.toml").read_text("utf-8"))
values = st.one_of(st.none(), st.floats(-50, 500))
people = st.lists(
    st.fixed_dictionaries({"grade": st.sampled_from(["red", "yellow", "blue"]), **dict.fromkeys(NAMES, values)}),
    min_size=1, max_size=12,
)  # fmt: skip
SCHEMA = pa.schema([("grade", pa.string()), ("at", pa.int64()), *((name, pa.float64()) for name in NAMES)])


def queue(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row | {"at": i} for i, row in enumerate(rows)], schema=SCHEMA)


@given(people)
def test_a_person_computes_the_same_by_hand(rows: list[dict[str, Any]]) -> None:
    fast = chance(queue(rows), ON)
    for row, found in zip(rows, fast, strict=True):
        lines, by_hand = recompute({name: row[name] for name in NAMES}, ON)
        assert found == pytest.approx(by_hand) and [name for name, _, _ in lines] == NAMES


def test_the_sum_as_somebody_writes_it_on_paper() -> None:
    lines, found = recompute(dict.fromkeys(NAMES) | {"overlap_minutes": 60, "degree": 1, "days_since": 7}, ON)
    assert lines[0] == ("overlap_minutes", "1.6 * (60 - 0) / (240 - 0)", 0.4)
    z = -3.0 + 0.4 + 0.0 + 0.0 - 0.75 + 0.3 + 0.0 + 0.4 + 0.1 + 0.2 + 0.3
    assert found == pytest.approx(1 / (1 + math.exp(-z)))


@given(people)
def test_it_never_crosses_a_colour_and_loses_nobody(rows: list[dict[str, Any]]) -> None:
    found = order(queue(rows), ON)
    strength = [["red", "yellow", "blue"].index(g) for g in found["grade"].to_pylist()]
    assert strength == sorted(strength) and sorted(found["at"].to_pylist()) == list(range(len(rows)))
    assert found.sort_by("at") == queue(rows)


@given(people)
def test_off_it_leaves_the_queue_as_it_came(rows: list[dict[str, Any]]) -> None:
    assert not declared().on
    found = order(queue(rows)).to_pylist()
    for colour in ("red", "yellow", "blue"):
        mine = [row["at"] for row in found if row["grade"] == colour]
        assert mine == sorted(mine)


def test_on_without_a_signature_is_off() -> None:
    assert not read_model(RAW | {"on": True}).on
    assert read_model(RAW | {"on": True, "signed_by": "应急指挥部〔2026〕8 号"}).on


def test_unknown_is_neither_end_of_a_range() -> None:
    for d in ON.dimensions:
        ends = {recompute({d.name: end}, ON)[1] for end in (d.low, d.high)}
        unknown = recompute({}, ON)[1]
        assert min(ends) <= unknown <= max(ends), d.name


@pytest.mark.parametrize(
    ("name", "kind"),
    [("origin_code", "contact"), ("occupation", "household"), ("drinking_days", "answer"), ("n_purchases", "place"),
     ("bank_account", "place"), ("sleep_hours", "frailty"), ("migrant_flag", "household"), ("altitude", "weather")],
)  # fmt: skip
def test_what_may_not_matter_cannot_be_written_into_the_file(name: str, kind: str) -> None:
    bad = RAW["dimension"][0] | {"name": name, "kind": kind}
    with pytest.raises(WanggeError, match="E6091"):
        read_model(RAW | {"dimension": [*RAW["dimension"], bad]})


def test_no_dimension_is_a_banned_element_or_where_somebody_is_from() -> None:
    signs = [sign for e in elements().values() if e.banned for sign in (*e.signs, e.name.rpartition(".")[2])]
    assert signs and not [
        (d.name, sign) for d in ON.dimensions for sign in signs if sign in d.name or sign in d.meaning
    ]
    assert {d.kind for d in ON.dimensions} <= {"contact", "time", "place", "household", "frailty", "answer"}


def crowd(n: int = 4000, seed: int = 3) -> tuple[pa.Table, Any]:
    rng = np.random.default_rng(seed)
    columns = {d.name: pa.array(rng.uniform(d.low, d.high, n), mask=rng.random(n) < 0.2) for d in ON.dimensions}
    rows = pa.table({"grade": ["red"] * n, **columns})
    return rows, rng.random(n) < chance(rows, ON)


def test_outcomes_that_follow_the_model_calibrate_and_others_do_not() -> None:
    rows, came = crowd()
    said = chance(rows, ON)
    inside = [b.low <= b.said <= b.high for b in calibration(said, came)]
    assert sum(inside) >= 8
    assert sum(b.low <= b.said <= b.high for b in calibration(said**0.3, came)) <= 3


def test_a_fit_finds_the_weights_outcomes_came_from() -> None:
    rows, came = crowd(20_000)
    found = fit(rows, came, ON)
    assert not found.on and log_loss(chance(rows, found), came) <= log_loss(chance(rows, ON), came) + 1e-3
    assert max(abs(a.weight - b.weight) for a, b in zip(found.dimensions, ON.dimensions, strict=True)) < 0.35


def test_a_challenger_wins_only_where_it_is_better() -> None:
    rows, came = crowd()
    worse = replace(ON, dimensions=tuple(replace(d, weight=-d.weight) for d in ON.dimensions))
    gain, low, _ = challenge(rows, came, worse, ON)
    assert low > 0 and gain > 0.1
    gain, low, high = challenge(rows, came, ON, ON)
    assert gain == low == high == 0.0


def test_errors_by_group_carry_intervals_and_an_empty_group_says_so() -> None:
    rows, came = crowd()
    groups = np.where(np.arange(len(came)) % 3 == 0, "a", "b").astype("U8")
    groups[0], came[0] = "nobody", False
    found = {g.group: g for g in group_errors(chance(rows, ON), came, groups)}
    assert found["nobody"].n_cases == 0 and (found["nobody"].low, found["nobody"].high) == (0.0, 1.0)
    assert found["a"].low < found["a"].missed < found["a"].high
    assert sum(g.n_cases for g in found.values()) == came.sum()


def test_known_figures() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert ranked_right(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, True, False, True])) == pytest.approx(0.875)


def test_a_column_that_would_order_undeclared_is_refused() -> None:
    with pytest.raises(WanggeError, match="E6091"):
        order(queue([{"grade": "red"}]).append_column("by_origin", pa.array([1.0])), ON)
