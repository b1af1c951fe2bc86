"""What only open rows are asked for is what all rows would be asked for, and the kernels around it say what plain code does."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.test_identity_kernels import BODIES
from tests.generative.test_identity_laws import WORLD, rows
from tests.generative.test_identity_settled_laws import PAIRS, within

from wangge.identity import cluster as clusters
from wangge.identity.asking import shares_a_key
from wangge.identity.by_number import asked_of
from wangge.identity.bytes import counted_days, raw
from wangge.identity.cluster import all_comparisons
from wangge.identity.content import inverse
from wangge.identity.groups import best_rows
from wangge.identity.keys import DAY_ZERO, HALF, Keys, keys_of, parts_of_numbers, sexes
from wangge.identity.sorting import grouped, runs_of
from wangge.identity.survivorship import kin_of, stacked, torn
from wangge.tables.shapes import GOOD_ROW

FIXED = settings(deadline=None, max_examples=60)


@FIXED
@given(WORLD, PAIRS, PAIRS)
def test_asking_only_rows_that_share_a_key_with_an_open_one_changes_nothing(
    world: list[dict[str, Any]], same: Any, different: Any
) -> None:
    keys = keys_of(rows(world))
    pairs = within(same, len(world)), within(different, len(world))
    some = clusters.cluster(keys, None, *pairs)
    real, clusters.asked_of = clusters.asked_of, lambda keys, *_: np.ones(keys.body.size, np.bool_)
    try:
        everything = clusters.cluster(keys, None, *pairs)
    finally:
        clusters.asked_of = real
    assert np.array_equal(some.root, everything.root)
    assert np.array_equal(some.how, everything.how)
    assert np.array_equal(some.number[some.root], everything.number[everything.root])


@FIXED
@given(WORLD, st.randoms(use_true_random=False))
def test_rows_in_any_order_are_the_same_clusters(world: list[dict[str, Any]], random: Any) -> None:
    """Doors are left out: they are named by rows (link() names them by their first row in canonical order)."""
    table = rows([row | {"address": None} for row in world])
    order = list(range(len(world)))
    random.shuffle(order)
    straight = clusters.cluster(keys_of(table))
    moved = clusters.cluster(
        keys_of(table.take(pa.array(inverse(np.array(order, np.int64))))), order=np.array(order, np.int64)
    )
    assert np.array_equal(np.array(order, np.int64)[straight.root], moved.root[order])
    assert np.array_equal(straight.how, moved.how[order])


@FIXED
@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=12), st.sets(st.integers(0, 11))
)
def test_rows_that_share_a_key(pairs: list[tuple[int, int]], some: set[int]) -> None:
    one, two = (np.array([pair[i] for pair in pairs], np.int64) for i in (0, 1))
    asked = np.array([i for i in sorted(some) if i < len(pairs)], np.int64)
    found = np.zeros(len(pairs), np.bool_)
    shares_a_key((one, two), asked, found)
    wanted = {pairs[i] for i in asked if min(pairs[i]) >= 0}
    assert found.tolist() == [pair in wanted for pair in pairs]


@FIXED
@given(st.lists(st.integers(-3, 3), max_size=30))
def test_runs(keys: list[int]) -> None:
    starts, found = runs_of(np.array(keys, np.int64), np.arange(len(keys)))
    held = [[keys[i] for i in found[a:b]] for a, b in itertools.pairwise(starts)]
    assert all(len(set(one)) == 1 for one in held)
    assert sorted(one[0] for one in held) == sorted(set(keys))
    assert all(list(found[a:b]) == sorted(found[a:b]) for a, b in itertools.pairwise(starts))
    assert sorted(found) == list(range(len(keys)))


@FIXED
@given(st.lists(BODIES, min_size=1, max_size=6))
def test_parts_of_numbers(bodies: list[str]) -> None:
    body, valid = np.array([int(b) for b in bodies], np.int64), []
    born = []
    for text in bodies:
        born.append((dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14])) - dt.date(1970, 1, 1)).days)
        valid.append(1800 <= int(text[6:10]) <= 2199)
    left, right, day = parts_of_numbers(body, np.array(valid))
    assert left.tolist() == [int(b) // HALF for b in bodies]
    assert right.tolist() == [int(b) % HALF for b in bodies]
    assert day.tolist() == [d + DAY_ZERO if ok else -1 for d, ok in zip(born, valid, strict=True)]


@FIXED
@given(st.lists(st.none() | st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1)), max_size=9), st.integers(0, 4))
def test_days_of_a_piece_of_a_column(days: list[dt.date | None], begin: int) -> None:
    piece = pa.array(days, pa.date32()).slice(begin)
    wanted = [-1 if day is None else (day - dt.date(1970, 1, 1)).days + DAY_ZERO for day in days[begin:]]
    assert counted_days(piece, DAY_ZERO).tolist() == wanted


@FIXED
@given(st.lists(st.sampled_from(["0", "1", "2", "9", "12", "", None]), max_size=9))
def test_sexes(codes: list[str | None]) -> None:
    assert sexes(*raw(pa.chunked_array([codes], pa.string()))).tolist() == [
        {"1": 0, "2": 1}.get(code or "", -1) for code in codes
    ]


@FIXED
@given(st.lists(st.none() | st.text(max_size=3), max_size=9), st.integers(0, 4))
def test_bytes_behind_a_null_are_not_the_rows(texts: list[str | None], begin: int) -> None:
    whole = pa.array([text or "hidden" for text in texts], pa.string())
    bits = pa.array([text is not None for text in texts], pa.bool_()).buffers()[1] if texts else None
    column = pa.Array.from_buffers(pa.string(), len(texts), [bits, *whole.buffers()[1:]]).slice(begin)
    letters, offsets = raw(pa.chunked_array([column]))
    told = [bytes(letters[a:b]).decode() for a, b in itertools.pairwise(offsets)]
    assert told == ["" if text is None else text or "hidden" for text in texts[begin:]]


DOORS = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(-1, 2), st.integers(0, 1), st.booleans())


@FIXED
@given(st.lists(DOORS, max_size=12))
def test_kin_are_counted_where_they_decide(people: list[tuple[int, int, int, int, bool]]) -> None:
    """Whoever comes first by (rank, kin) comes first when kin are counted of torn rows only."""
    n = len(people)
    person, rank, at, surname = (np.array([row[i] for row in people], np.int64) for i in range(4))
    known = np.array([row[4] for row in people], np.bool_)
    door = np.array([next(j for j, d in enumerate(at) if d == one) if one >= 0 else -1 for one in at], np.int64)
    of = grouped(person, 3)
    marked = torn(*of, rank, known, door, surname)
    some, whole = kin_of(of, door, surname, marked), kin_of(of, door, surname)
    for k in (some, whole):
        assert k.size == n
    place = np.arange(n)
    assert best_rows(person, stacked(stacked(place, some, 8), rank, 16), known, 3).tolist() == (
        best_rows(person, stacked(stacked(place, whole, 8), rank, 16), known, 3).tolist()
    )
    for p in range(3):
        first = [i for i in range(n) if person[i] == p and known[i]]
        first = [i for i in first if rank[i] == min(rank[j] for j in first)]
        several = len({(door[i], surname[i]) for i in first}) > 1
        assert [i for i in range(n) if person[i] == p and marked[i]] == (first if several else [])


@pytest.mark.parametrize("member", [m for m in all_comparisons() if m.PARTS != ("id",)], ids=lambda m: m.EVIDENCE)
def test_whoever_shares_what_a_comparison_asks_with_an_open_row_is_asked(member: Any) -> None:
    """Row 0 is open; row 1 has a number of its own and shares with row 0 what the comparison asks; row 2 shares nothing."""
    parts = {name: np.array([1, 2, 3]) for name in keys_of(GOOD_ROW.empty()).parts}
    shared = {*member.PARTS, "name"} if "exact_name" in member.PARTS else set(member.PARTS)
    parts |= {name: np.array([1, 1, 3]) for name in shared}
    valid, body = np.array([False, True, True]), np.array([-1, 7, 8])
    keys = Keys(parts, body, valid, np.full(3, -1), np.zeros(3, np.bool_))
    found = asked_of(keys, runs_of(body, np.array([1, 2])), all_comparisons(), np.empty(0, np.int64))
    assert found.tolist() == [True, True, False]
    decided = asked_of(keys, runs_of(body, np.array([1, 2])), all_comparisons(), np.array([2]))
    assert decided.tolist() == [True, True, True]
