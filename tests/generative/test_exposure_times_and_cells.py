"""Laws of times and cells: what is written vaguely may mean what is written exactly; neighbours share a cell."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wangge.exposure import cell_visits, protocol_for, told, trace
from wangge.exposure.cells import METRES_A_DEGREE
from wangge.exposure.hidden import incubation_density, parameters, rank_places
from wangge.tables.shapes import CASE, VISIT

MOMENTS = st.integers(0, 363 * 24 * 60).map(
    lambda m: dt.datetime.combine(dt.date(2026, 1, 1), dt.time()) + dt.timedelta(minutes=m)
)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


@settings(max_examples=40, deadline=None)
@given(MOMENTS, ZONES)
def test_a_day_and_half_of_it_hold_every_moment_of_theirs(moment: dt.datetime, zone: str) -> None:
    half = "上午" if moment.hour < 12 else "下午"
    texts = [moment.strftime("%Y-%m-%d %H:%M"), moment.strftime("%Y-%m-%d ") + half, moment.strftime("%Y-%m-%d")]
    found = told(pa.array(texts), zone)
    assert found.unread == 0
    low, high = (side.cast(pa.int64()).to_pylist() for side in (found.low, found.high))
    if found.skipped:
        assert low[0] is None
        return
    for i in (1, 2):
        assert low[i] <= low[0] <= high[0] <= high[i]
    assert high[0] - low[0] in (0, 1800, 3600)  # exact, or the hour (on Lord Howe half of it) that comes twice


@settings(max_examples=40, deadline=None)
@given(MOMENTS, st.integers(-11, 13))
def test_an_offset_settles_the_instant(moment: dt.datetime, hours: int) -> None:
    text = moment.strftime("%Y-%m-%dT%H:%M") + f"{hours:+03d}:00"
    found = told(pa.array([text]), "Europe/Berlin")
    expected = moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    assert found.low[0].as_py() == found.high[0].as_py() == expected


POINT = st.tuples(st.floats(-60, 60), st.floats(-179, 179))


@settings(max_examples=150, deadline=None)
@given(POINT, st.floats(0, 2 * math.pi), st.floats(0, 1), st.floats(0, 60), st.floats(0, 60))
@example((0.0, 0.0), 0.0, 1.0, 0.0, 0.0)
@example((24.99 / METRES_A_DEGREE, 49.5 / METRES_A_DEGREE), 0.0, 1.0, 0.0, 0.0)
def test_whoever_was_near_shares_a_cell(
    at: tuple[float, float], angle: float, share: float, one: float, other: float
) -> None:
    """Two people whose true places were at most 2 m apart, each told with an error up to its accuracy."""
    apart = one + other + 1.98 * share
    lat, lon = at
    there = (lat + apart * math.sin(angle) / METRES_A_DEGREE,
             lon + apart * math.cos(angle) / (METRES_A_DEGREE * math.cos(math.radians(lat))))  # fmt: skip
    rows = [{"person_id": who, "lon": x, "lat": y, "accuracy": r, "start_at": None, "end_at": None}
            for who, (y, x), r in (("A", at, one), ("B", there, other))]  # fmt: skip
    instant = pa.timestamp("s", tz="UTC")
    schema = pa.schema([("person_id", pa.string()), ("lon", pa.float64()), ("lat", pa.float64()), ("accuracy", pa.float64()),
                        ("start_at", instant), ("end_at", instant)])  # fmt: skip
    placed, _ = cell_visits(pa.Table.from_pylist(rows, schema=schema))
    cells = defaultdict(set)
    for row in placed.to_pylist():
        cells[row["person_id"]].add(row["place_id"])
    assert cells["A"] & cells["B"]


# ---- tracing -----------------------------------------------------------------------------------------

AS_OF = dt.date(2026, 11, 10)
P = protocol_for(AS_OF)
MIDNIGHT = dt.datetime(2026, 11, 6, tzinfo=dt.timezone(dt.timedelta(hours=8)))
STAYS = st.lists(
    st.tuples(st.sampled_from("CABD"), st.sampled_from("xyz"), st.integers(0, 90), st.integers(1, 12)), max_size=15
)


def visits(stays: list[tuple[str, str, int, int]], vague: bool) -> pa.Table:
    """Stays in hours since midnight; `vague`: only their days are told."""
    rows = []
    for who, place, start, hours in stays:
        a, b = (MIDNIGHT + dt.timedelta(hours=h) for h in (start, start + hours))
        first, last = (t.replace(hour=0) for t in (a, b))
        day = dt.timedelta(days=1)
        when = (first, first + day, last, last + day) if vague else (a, None, None, b)
        rows.append({"person_id": who, "place_id": place, "place_kind": "meal", "city": None}
                    | dict(zip(("start_at", "start_by", "end_from", "end_at"), when, strict=True)))  # fmt: skip
    return pa.Table.from_pylist(rows, schema=VISIT.schema)


@settings(max_examples=25, deadline=None)
@given(STAYS)
def test_vague_times_lose_nobody_and_are_no_surer(stays: list[tuple[str, str, int, int]]) -> None:
    case = pa.table([["C"], ["confirmed"], [dt.date(2026, 11, 8)], [dt.date(2026, 11, 8)], [None]], schema=CASE.schema)
    found = []
    for vague in (False, True):
        rows = trace(visits(stays, vague), case, P, as_of=AS_OF).exposures.to_pylist()
        first = [row for row in rows if row["degree"] == 1]
        found.append(
            ({row["person_id"] for row in first}, {row["person_id"] for row in first if row["category"] == "close"})
        )
    (exact, exact_close), (possible, vague_close) = found
    assert exact <= possible
    assert vague_close <= exact_close


# ---- hidden sources ----------------------------------------------------------------------------------

CROWD = st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from("xyz"), st.integers(0, 9), st.integers(1, 4)), min_size=5, max_size=40, unique_by=lambda s: s[:3])  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(CROWD, st.dictionaries(st.sampled_from("ABC"), st.integers(3, 14), min_size=1))
def test_places_are_scored_as_the_formula_says(stays: list[tuple[str, str, int, int]], onsets: dict[str, int]) -> None:
    """The plainest telling: loops over blocks, rooms and cases. Cases here are far apart, so that none explains another."""
    given_, ratio = parameters(), parameters()["ratio"]
    rows = [{"person_id": who, "place_id": place, "place_kind": "venue", "start_at": at, "end_at": at + dt.timedelta(hours=hours),
             "start_by": None, "end_from": None, "city": None}
            for who, place, day, hours in stays for at in [MIDNIGHT + dt.timedelta(days=day)]]  # fmt: skip
    ill = [{"person_id": who, "kind": "confirmed", "onset_on": MIDNIGHT.date() + dt.timedelta(days=d), "sampled_on": None, "isolated_on": None}
           for who, d in list(onsets.items())[:1]]  # fmt: skip
    ranked = rank_places(pa.Table.from_pylist(rows, schema=VISIT.schema), pa.Table.from_pylist(ill, schema=CASE.schema))
    case, onset = ill[0]["person_id"], onsets[ill[0]["person_id"]]
    rooms = defaultdict(list)
    for who, place, day, hours in stays:
        rooms[place, day].append((who, hours))
    origin = (MIDNIGHT.date() - dt.date(2020, 1, 1)).days
    shared, expected = defaultdict(float), defaultdict(float)
    for (place, day), people in rooms.items():
        block, weight = (place, (origin + day) // ratio["place_days"]), min(1.0, ratio["room"] / len(people))
        expected[block] += weight * sum(hours for _, hours in people)
        for who, hours in people:
            if who == case and 1 <= onset - day <= given_["incubation"]["longest_days"]:
                shared[block] += weight * hours * incubation_density(onset - day)
    best: dict[str, float] = {}
    for block, x in shared.items():
        score = math.log(1 + ratio["rate"] * x * ratio["place_weight"] / ratio["background"])
        score -= ratio["rate"] * expected[block] * ratio["place_expected"]
        best[block[0]] = max(best.get(block[0], -np.inf), score)
    assert {row["place_id"]: row["score"] for row in ranked.to_pylist()} == pytest.approx(best)
