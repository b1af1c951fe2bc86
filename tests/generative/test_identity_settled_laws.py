"""Laws of what a person settled, over small worlds in which everything collides."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.test_identity_laws import WORLD, rows

from wangge.identity.cluster import cluster
from wangge.identity.groups import are_apart, find, rivals_of, union
from wangge.identity.keys import keys_of

PAIRS = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=4)


def within(pairs: list[tuple[int, int]], n: int) -> np.ndarray:
    return np.array([p for p in pairs if max(p) < n and p[0] != p[1]], np.int64).reshape(-1, 2)


@settings(deadline=None, max_examples=60)
@given(WORLD, PAIRS, PAIRS)
def test_parted_rows_never_share_a_cluster(world: list[dict[str, Any]], same: Any, different: Any) -> None:
    apart, joined = within(different, len(world)), within(same, len(world))
    out = cluster(keys_of(rows(world)), same=joined, different=apart)
    assert all(out.root[a] != out.root[b] for a, b in apart)
    if not len(apart):
        assert all(out.root[a] == out.root[b] for a, b in joined)
    leaders = np.unique(out.root)
    held = out.number[leaders][out.number[leaders] >= 0]
    assert len(set(held.tolist())) == held.size


@settings(deadline=None, max_examples=40)
@given(WORLD, PAIRS, PAIRS, st.integers(0, 1000))
def test_the_order_of_decisions_means_nothing(
    world: list[dict[str, Any]], same: Any, different: Any, seed: int
) -> None:
    keys = keys_of(rows(world))
    one = cluster(keys, same=within(same, len(world)), different=within(different, len(world)))
    for pairs in (same, different):
        random.Random(seed).shuffle(pairs)
    turned = [[(b, a) for a, b in pairs] for pairs in (same, different)]
    two = cluster(keys, same=within(turned[0], len(world)), different=within(turned[1], len(world)))
    assert np.array_equal(one.root, two.root)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
    st.lists(st.sampled_from([-1, -1, 5, 6]), min_size=8, max_size=8),
)
def test_joining_step_by_step_equals_plain_sets(apart: Any, joins: Any, numbers: list[int]) -> None:
    parent, number = np.arange(8), np.array(numbers, np.int64)
    rivals = rivals_of(8, within(apart, 8))
    sets = [{i} for i in range(8)]
    for a, b in joins:
        one, two = (next(s for s in sets if x in s) for x in (a, b))
        clash = one is not two and (
            any({x, y} <= one | two and x != y for x, y in apart) or len({numbers[i] for i in one | two} - {-1}) > 1
        )
        assert union(parent, number, rivals, a, b) == (not clash)
        if not clash and one is not two:
            sets = [s for s in sets if s is not one and s is not two] + [one | two]
    assert {frozenset(i for i in range(8) if find(parent, i) == r) for r in parent} - {frozenset()} == {
        frozenset(s) for s in sets
    }
    assert not any(are_apart(parent, rivals, find(parent, x), find(parent, x)) for x, _ in apart)
