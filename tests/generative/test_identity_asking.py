"""Key and filter in one pass say what mixed() and worth_asking() say one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.identity.asking import keys_worth_asking
from wangge.identity.groups import worth_asking
from wangge.identity.normal import mixed

PART = st.integers(-1, 3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(PART, PART, PART, st.sampled_from([-1, -1, 7, 8]), st.integers(0, 20)), max_size=14),
       st.integers(2, 3))  # fmt: skip
def test_one_pass_is_two(rows: list[tuple[int, ...]], n_parts: int) -> None:
    n = len(rows)
    parts = tuple(np.array([row[k] for row in rows], np.int64) for k in range(n_parts))
    number = np.array([row[3] for row in rows], np.int64)
    parent = np.array([min(row[4], i) for i, row in enumerate(rows)], np.int64)
    for i in range(n):  # the leading row of a cluster knows its number
        root = i
        while parent[root] != root:
            root = int(parent[root])
        number[root] = max(number[root], number[i])
    key, there = mixed(*parts)
    wanted = np.flatnonzero(worth_asking(key, there, parent.copy(), number))
    found, keys = keys_worth_asking(parts, parent.copy(), number)
    assert found.tolist() == wanted.tolist()
    assert keys[found].tolist() == key[wanted].tolist()
