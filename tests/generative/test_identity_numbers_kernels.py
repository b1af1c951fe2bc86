"""Kernels about untrusted numbers and only holders equal a plain reading of the same rule, on every input."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.identity.bytes import raw
from wangge.identity.groups import NO_RIVALS
from wangge.identity.near_names import unlike
from wangge.identity.normal import homophones, names_of
from wangge.identity.numbers import is_slip
from wangge.identity.only_holder import count_alone, count_rates, count_second, holders

FIXED = settings(deadline=None, max_examples=150)
NAME = st.text("王汪晓小明·红 Ab", max_size=5)


@FIXED
@given(st.text("0123", min_size=6, max_size=6), st.integers(0, 5), st.integers(0, 5), st.sampled_from("0123"))
def test_slips_of_numbers(text: str, i: int, j: int, digit: str) -> None:
    other = list(text)
    other[i] = digit
    other[j], other[(j + 1) % 6] = other[(j + 1) % 6], other[j]
    for two in ("".join(other), text[:i] + digit + text[i + 1 :]):
        wrong = [k for k in range(6) if text[k] != two[k]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and text[wrong[0]] == two[wrong[1]] and (
            text[wrong[1]] == two[wrong[0]])  # fmt: skip
        assert is_slip(int(text), int(two)) == (len(wrong) == 1 or swapped)


@FIXED
@given(NAME, NAME)
def test_unlike_names(one: str, two: str) -> None:
    packed = names_of(raw(pa.chunked_array([[one, two]]))).packed
    table = homophones()
    a, b = ([int(table[ord(c)]) for c in name if c not in " ·"] for name in (one, two))
    is_han = all(c in " ·" or c >= "㐀" for c in one + two) and max(len(a), len(b)) <= 4
    surnames = len(a) > 1 and len(b) > 1 and is_han and a[0] != b[0]
    given_names = len(a) > 1 and len(b) > 1 and is_han and not any(
        x == y for p, q in ((a[1:], b[1:]), (a[:0:-1], b[:0:-1])) for x, y in zip(p, q, strict=False)
    )  # fmt: skip
    assert tuple(map(bool, unlike(*packed, table))) == (given_names, surnames)


SOME = st.sampled_from([-1, -1, 1, 2])
ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 1), SOME, SOME, SOME), max_size=12)


def columns(rows: list[tuple[int, ...]]) -> list[np.ndarray]:
    return [np.array([row[i] for row in rows], np.int64) for i in range(6)]


@FIXED
@given(ROWS)
def test_rates(rows: list[tuple[int, ...]]) -> None:
    _, cluster, lists, phone, door, valid = columns(rows)
    order = np.argsort(cluster, kind="stable")
    found = count_rates(order, cluster, valid > 0, lists, 2, phone, door, 5.0, 10.0)
    hit, total = defaultdict(lambda: 5.0), defaultdict(lambda: 10.0)
    for x, row in enumerate(rows):
        mates = [r for y, r in enumerate(rows) if y != x and r[1] == row[1]]
        if row[5] > 0:
            total[0, row[2]] += 1
            hit[0, row[2]] += all(r[2] == row[2] for r in mates)
        for kind, i in ((1, 3), (2, 4)):
            theirs = {r[i] for r in mates if r[i] >= 0}
            if row[i] >= 0 and theirs:
                total[kind, row[2]] += 1
                hit[kind, row[2]] += row[i] not in theirs
    for kind in range(3):
        assert np.allclose(found[kind], [hit[kind, n] / total[kind, n] for n in range(2)])


@FIXED
@given(ROWS)
def test_rates_of_rows_that_stand_alone_and_of_second_rows(rows: list[tuple[int, ...]]) -> None:
    _, cluster, lists, *_ = columns(rows)
    root = np.array([cluster.tolist().index(c) for c in cluster], np.int64)
    alone, second = count_alone(root, lists, 2, 5.0, 10.0), count_second(
        np.argsort(cluster, kind="stable"), cluster, lists, 2, 5.0, 10.0
    )  # fmt: skip
    held = {c: [row[2] for row in rows if row[1] == c] for c in set(cluster.tolist())}
    for k in range(2):
        own = [row for row in rows if row[2] == k]
        single = [row for row in own if set(held[row[1]]) == {k}]
        assert np.isclose(alone[k], (len(single) + 5) / (len(own) + 10))
        one, two = (sum(one.count(k) >= least for one in held.values()) for least in (1, 2))
        wanted = min(1.0, (two + 5) / (one + 10) / ((one + 5) / (len(held) + 10)))
        assert np.isclose(second[k], wanted)


@FIXED
@given(ROWS, st.integers(1, 3))
def test_holders(rows: list[tuple[int, ...]], most: int) -> None:
    """Clusters 0 and 1 are weak; each cluster has one name."""
    rows = [(row[1] % 2, *row[1:]) for row in rows]
    name, root, lists, phone, door, sex = columns(rows)
    weak = root < 2
    order = np.lexsort((root, name))
    rates = np.array([0.1, 0.5]), np.array([0.3, 0.4]), np.array([0.2, 0.6])
    again = np.array([0.2, 0.4, 0.9])
    second = np.array([0.25, 1.0])
    best, likely = holders(
        order, name, root, weak, lists, phone, door, sex, *rates, second, again, most, np.arange(4), NO_RIVALS
    )  # fmt: skip
    for x, row in enumerate(rows):
        known = {r[1] for r in rows if r[0] == row[0] and r[1] >= 2}
        if not weak[x] or not known or len(known) > most:
            assert best[x] == -1
            continue
        weights = {}
        for lead in sorted(known):
            theirs = [r for r in rows if r[1] == lead]
            if any(row[5] >= 0 and r[5] >= 0 and r[5] != row[5] for r in theirs):
                continue
            weight = 1.0
            for rate, i in ((rates[1], 3), (rates[2], 4)):
                values = {r[i] for r in theirs if r[i] >= 0}
                weight *= rate[row[2]] if row[i] >= 0 and values and row[i] not in values else 1.0
            weights[lead] = weight * (second[row[2]] if any(r[2] == row[2] for r in theirs) else 1.0)
        s = rates[0][row[2]]
        total = sum(weights.values()) + s / (1 - s) * again[len(known) - 1]
        assert best[x] == (max(weights, key=lambda lead: (weights[lead], -lead)) if weights else -1)
        others = len({r[1] for r in rows if r[0] == row[0] and r[1] < 2 and r[1] != row[1] and r[2] == row[2]})
        share = (1 + second[row[2]] * others) / (1 + others)
        assert abs(likely[x] - share * (max(weights.values()) / total if weights else 0.0)) < 1e-12
