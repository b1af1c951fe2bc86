"""Tracing as a whole against the plainest possible telling of it: loops over people, places and minutes."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.exposure import protocol_for, trace
from wangge.tables.shapes import CASE, VISIT

AS_OF = dt.date(2026, 11, 10)
P = protocol_for(AS_OF)
MIDNIGHT = dt.datetime(2026, 11, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
STEP = 30  # minutes; everybody comes and goes on the half hour, so a stay is a set of half hours
DAY = 24 * 60 // STEP
KINDS = {"h": "household", "m": "meal", "v": "venue"}


class Stay(NamedTuple):
    """Half hours since the first of November, Beijing time; the end does not belong to it."""

    person: str
    place: str
    start: int
    end: int


STAYS = st.lists(
    st.builds(
        lambda person, place, day, slot, length: Stay(person, place, day * DAY + slot, day * DAY + slot + length),
        st.sampled_from("CDABEF"),
        st.sampled_from("hhmmv"),
        st.integers(7, 9),
        st.integers(-1, 3),
        st.integers(0, 3),
    ),
    min_size=30,
    max_size=60,
)
PATIENT = st.tuples(st.integers(8, 10), st.one_of(st.none(), st.integers(8, 10)))  # onset, isolation
CASES = st.fixed_dictionaries({"C": PATIENT}, optional={"D": PATIENT})


def in_plain_python(stays: list[Stay], cases: dict[str, tuple[int, int | None]]) -> set[tuple[str, str, str, int]]:
    """(person, case or contact, category, minutes) by counting shared half hours one by one."""

    def shared(one: str, other: str, place: str, first: int, last: int) -> set[int]:
        theirs = [
            {t for s in stays if (s.person, s.place) == (who, place) for t in range(s.start, s.end)}
            for who in (one, other)
        ]
        return {t for t in theirs[0] & theirs[1] if first <= t < last}

    found: set[tuple[str, str, str, int]] = set()
    met_at: dict[str, int] = {}
    others = set("ABCDEF") - set(cases)
    for case, (onset, isolated) in cases.items():
        window = ((onset - 1 - P.lookback_days) * DAY, min(isolated or 10, 10) * DAY)
        for person in others:
            for place, kind in KINDS.items():
                times = shared(person, case, place, *window)
                if times and len(times) * STEP >= P.min_minutes[kind]:
                    found.add((person, case, "general" if kind == "venue" else "close", len(times) * STEP))
                    if kind != "venue":
                        met_at[person] = min(met_at.get(person, 10**9), min(times))
    for contact, since in met_at.items():
        for person in others - set(met_at):
            for place in "hm":
                times = shared(person, contact, place, since, 10 * DAY)
                if times and len(times) * STEP >= P.min_minutes[KINDS[place]]:
                    found.add((person, contact, "secondary", len(times) * STEP))
    return found


@settings(max_examples=8, deadline=None)
@given(STAYS, CASES)
def test_tracing_equals_the_plain_telling(stays: list[Stay], cases: dict[str, tuple[int, int | None]]) -> None:
    def when(t: int) -> dt.datetime:
        return MIDNIGHT + dt.timedelta(minutes=t * STEP)

    visits: list[dict[str, Any]] = [
        {
            "person_id": s.person,
            "place_id": s.place,
            "place_kind": KINDS[s.place],
            "start_at": when(s.start),
            "end_at": when(s.end),
        }
        for s in stays
    ]
    patients = [
        {
            "person_id": c,
            "kind": "confirmed",
            "onset_on": dt.date(2026, 11, onset),
            "sampled_on": dt.date(2026, 11, onset),
            "isolated_on": dt.date(2026, 11, isolated) if isolated else None,
        }
        for c, (onset, isolated) in cases.items()
    ]
    made = trace(
        pa.Table.from_pylist(visits, schema=VISIT.schema),
        pa.Table.from_pylist(patients, schema=CASE.schema),
        P,
        as_of=AS_OF,
    )
    rows = {
        (r["person_id"], r["case_id"], r["category"], r["overlap_minutes"])
        for r in made.exposures.to_pylist()
        if r["degree"]
    }
    assert rows == in_plain_python(stays, cases)
