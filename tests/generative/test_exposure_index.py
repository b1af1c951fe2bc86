"""The index equals the plain SQL on whatever visits there are; the crowd of a place equals a plain count."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wangge.exposure import index
from wangge.exposure.days import day_numbers
from wangge.exposure.meet import people_met, together
from wangge.exposure.reference import together_in_sql
from wangge.tables.shapes import VISIT

HOURS = st.integers(0, 30).map(lambda h: h * 3600 + 1_790_000_000)
STAYS = st.lists(
    st.tuples(
        st.sampled_from("ABCDEF"), st.sampled_from("xyz"), st.sampled_from(["meal", "venue"]), HOURS, st.integers(0, 24)
    ),
    max_size=25,
)
NOON, ALL = 1_790_000_000, (0, 2**40)
WINDOW = st.tuples(HOURS, st.integers(0, 48)).map(lambda w: (w[0], w[0] + w[1] * 3600))


def visits(stays: list[tuple[str, str, str, int, int]]) -> pa.Table:
    rows = [
        {"person_id": p, "place_id": x, "place_kind": k, "start_at": s, "end_at": s + 3600 * (n // 2)}
        for p, x, k, s, n in stays
    ]
    plain = pa.schema([(f.name, pa.int64() if f.name.endswith("_at") else f.type) for f in VISIT.schema])
    return pa.Table.from_pylist(rows, schema=plain).cast(VISIT.schema)


def seconds(table: pa.Table) -> pa.Table:
    names = ["person_id", "place_id", "place_kind", "start", "end"]
    table = table.select(VISIT.schema.names[:5]).rename_columns(names)
    for name in ("start", "end"):
        table = table.set_column(table.column_names.index(name), name, table.column(name).cast(pa.int64()))
    return table


def of(built: index.Index, windows: dict[str, tuple[int, int]]) -> tuple[index.Seeds, np.ndarray]:
    """Stays of these people in their windows, and flags that spare them."""
    codes = built.code_of(pa.array(list(windows), pa.string()))
    here = codes >= 0
    opens, closes = (np.array([w[i] for w in windows.values()], np.int64)[here] for i in (0, 1))
    barred = np.zeros(len(built.people), np.bool_)
    barred[codes[here]] = True
    return built.seeds(codes[here], opens, closes), barred


@settings(max_examples=30, deadline=None)
@given(STAYS, st.dictionaries(st.sampled_from("ABC"), WINDOW, min_size=1, max_size=3))
@example(
    [("A", "x", "meal", NOON - 7200, 6), ("B", "x", "meal", NOON - 3600, 2), ("C", "x", "meal", NOON, 2)], {"C": ALL}
)
@example([("A", "x", "meal", NOON, 2), ("B", "x", "meal", NOON + 3600, 2)], {"A": ALL})
def test_index_equals_sql(stays: list[tuple[str, str, str, int, int]], windows: dict[str, tuple[int, int]]) -> None:
    given_visits = visits(stays)
    built = index.build(given_visits)
    seeds, barred = of(built, windows)
    met = together(built, seeds, barred)
    ours = sorted(
        zip(
            built.people.take(met["person"]).to_pylist(),
            built.people.take(met["seed"]).to_pylist(),
            built.places.take(met["place"]).to_pylist(),
            built.kinds.take(met["kind"]).to_pylist(),
            *(met[c].to_pylist() for c in ("first", "last", "seconds")),
            strict=True,
        )
    )
    plain_seeds = pa.table(
        {
            "person_id": built.people.take(pa.array(seeds.person)),
            "place_id": built.places.take(pa.array(seeds.place)),
            "place_kind": built.kinds.take(pa.array(seeds.kind)),
            "start": seeds.start.astype(np.int64) + index.BASE,
            "end": seeds.end.astype(np.int64) + index.BASE,
        }
    )
    sql = together_in_sql(seconds(given_visits), plain_seeds, pa.table({"person_id": pa.array(list(windows))}))
    assert ours == sorted(tuple(row.values()) for row in sql.to_pylist())


@settings(max_examples=20, deadline=None)
@given(STAYS)
def test_crowd_is_the_most_people_of_one_day(stays: list[tuple[str, str, str, int, int]]) -> None:
    built = index.build(visits(stays))
    came: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person, place, _, start, _ in stays:
        came[place][int(day_numbers(np.int64(start)))].add(person)
    expected = {place: max(map(len, days.values())) for place, days in came.items()}
    crowds = built.crowds(np.arange(len(built.places)))
    assert dict(zip(built.places.to_pylist(), crowds.tolist(), strict=True)) == expected


def answer(built: index.Index) -> list[tuple[object, ...]]:
    """Everybody with everybody, in words."""
    everybody = dict.fromkeys(built.people.to_pylist(), ALL)
    seeds, _ = of(built, everybody)
    met = together(built, seeds, np.zeros(len(built.people), np.bool_))
    words = [built.people.take(met[c]).to_pylist() for c in ("person", "seed")]
    return sorted(zip(*words, built.places.take(met["place"]).to_pylist(), met["seconds"].to_pylist(), strict=True))


@settings(max_examples=20, deadline=None)
@given(STAYS, st.randoms())
def test_order_of_visits_does_not_matter(stays: list[tuple[str, str, str, int, int]], random: Any) -> None:
    shuffled = stays.copy()
    random.shuffle(shuffled)
    assert answer(index.build(visits(stays))) == answer(index.build(visits(shuffled)))


@settings(max_examples=30, deadline=None)
@given(STAYS)
@example([("A", "x", "meal", NOON, 4), ("A", "x", "meal", NOON + 3600, 4)])
def test_stays_of_a_case_cover_its_hours_once(stays: list[tuple[str, str, str, int, int]]) -> None:
    built = index.build(visits(stays))
    seeds, _ = of(built, {"A": ALL})
    hours: dict[tuple[str, str], set[int]] = defaultdict(set)
    for person, place, kind, start, n in stays:
        if person == "A":
            hours[place, kind] |= set(range(start, start + 3600 * (n // 2), 3600))
    told = zip(*(column.tolist() for column in (seeds.place, seeds.kind, seeds.start, seeds.end)), strict=True)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, kind, start, end in told:
        key = (built.places[place].as_py(), built.kinds[kind].as_py())
        found[key] += range(start + index.BASE, end + index.BASE, 3600)
    assert {key: sorted(all_hours) for key, all_hours in hours.items() if all_hours} == dict(found)


@settings(max_examples=20, deadline=None)
@given(STAYS, st.integers(0, 25), st.integers(0, 25))
def test_adding_days_is_building_anew(stays: list[tuple[str, str, str, int, int]], one: int, other: int) -> None:
    low, high = sorted((one, other))
    grown = index.build(visits(stays[:low]))
    for part in (stays[low:high], stays[high:]):
        grown = index.append(grown, visits(part))
    whole = index.build(visits(stays))
    assert answer(grown) == answer(whole)
    assert [day.on for day in grown.days] == [day.on for day in whole.days]


@settings(max_examples=20, deadline=None)
@given(STAYS, st.dictionaries(st.sampled_from("ABC"), WINDOW, min_size=1, max_size=3))
def test_sums_equal_the_pairs(stays: list[tuple[str, str, str, int, int]], windows: dict[str, tuple[int, int]]) -> None:
    """Whoever is met by the full rows is met by the sums, from the same first moment; sums count each pair of stays."""
    built = index.build(visits(stays))
    seeds, barred = of(built, windows)
    met = together(built, seeds, barred)
    sums, dense = people_met(built, seeds, barred), dense_answer(built, seeds, barred)
    for one, other in zip(sums, dense, strict=True):
        assert one.tolist() == other.tolist()
    rows = list(zip(*(met[c].to_pylist() for c in ("person", "first", "seconds")), strict=True))
    assert set(sums.person.tolist()) == {who for who, _, _ in rows}
    for code, n_seconds, first in zip(*(column.tolist() for column in sums), strict=True):
        assert first == min(at for who, at, _ in rows if who == code)
        assert n_seconds >= max(n for who, _, n in rows if who == code)


def dense_answer(built: index.Index, seeds: index.Seeds, barred: np.ndarray) -> Any:
    """The same question answered by the other of its two ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wangge.exposure.meet.FEW_SEEDS", 0)
        patch.setattr("wangge.exposure.meet.MANY_SEEDS", 2)
        return people_met(built, seeds, barred)


@settings(max_examples=20, deadline=None)
@given(STAYS, st.integers(0, 40))
def test_a_longer_look_back_loses_nobody(stays: list[tuple[str, str, str, int, int]], hours: int) -> None:
    built = index.build(visits(stays))
    met = []
    for opens in (NOON + 3600 * 10, NOON + 3600 * (10 - hours)):
        seeds, barred = of(built, {"A": (opens, NOON + 3600 * 40)})
        found = together(built, seeds, barred)
        met.append({row["person"]: row["seconds"] for row in found.to_pylist()})
    assert met[0].keys() <= met[1].keys()
