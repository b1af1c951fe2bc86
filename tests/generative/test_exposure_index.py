"""The index equals the plain SQL on whatever visits there are; the crowd of a place equals a plain count."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wangge.exposure import index
from wangge.exposure.days import day_numbers
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
    table = table.rename_columns(names)
    for name in ("start", "end"):
        table = table.set_column(table.column_names.index(name), name, table.column(name).cast(pa.int64()))
    return table


@settings(max_examples=30, deadline=None)
@given(STAYS, st.dictionaries(st.sampled_from("ABC"), WINDOW, min_size=1, max_size=3))
@example(
    [("A", "x", "meal", NOON - 7200, 6), ("B", "x", "meal", NOON - 3600, 2), ("C", "x", "meal", NOON, 2)], {"C": ALL}
)
@example([("A", "x", "meal", NOON, 2), ("B", "x", "meal", NOON + 3600, 2)], {"A": ALL})
def test_index_equals_sql(stays: list[tuple[str, str, str, int, int]], windows: dict[str, tuple[int, int]]) -> None:
    given_visits = visits(stays)
    built = index.build(given_visits)
    opens, closes = np.full(len(built.people), 2**62), np.full(len(built.people), -(2**62))
    barred = np.zeros(len(built.people), np.bool_)
    codes = built.code_of(pa.array(list(windows)))
    for code, (opened, closed) in zip(codes, windows.values(), strict=True):
        if code >= 0:
            opens[code], closes[code], barred[code] = opened, closed, True
    seeds = built.seeds(opens, closes)
    met = index.together(built, seeds, barred)
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
            "start": seeds.start,
            "end": seeds.end,
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
    assert dict(zip(built.places.to_pylist(), built.crowds().tolist(), strict=True)) == expected


@settings(max_examples=20, deadline=None)
@given(STAYS, st.randoms())
def test_order_of_visits_does_not_matter(stays: list[tuple[str, str, str, int, int]], random: object) -> None:
    shuffled = stays.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    answers = []
    for some in (stays, shuffled):
        built = index.build(visits(some))
        all_time = np.full(len(built.people), 2**62)
        met = index.together(built, built.seeds(-all_time, all_time), np.zeros(len(built.people), np.bool_))
        answers.append(
            sorted(
                zip(
                    *(built.people.take(met[c]).to_pylist() for c in ("person", "seed")),
                    built.places.take(met["place"]).to_pylist(),
                    met["seconds"].to_pylist(),
                    strict=True,
                )
            )
        )
    assert answers[0] == answers[1]
