"""What the model compares and joins with equals a plain reading of the same rule, on every input."""

from __future__ import annotations

import itertools
import string
from functools import cache

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from wangge.identity.blocks import left_out, pairs_of_blocks
from wangge.identity.model import drawn_pairs
from wangge.identity.normal import homophones
from wangge.identity.resolve import resolve
from wangge.identity.words import (
    ALIKE,
    NEAR,
    OTHER,
    SAME,
    SOUNDS,
    SWAPPED,
    compare_words,
    day_level,
    jaro_winkler,
    slips,
    words_of,
)  # fmt: skip

FIXED = settings(deadline=None, max_examples=150)
WORD = st.text("abcé王小", max_size=6)


def codes(text: str) -> np.ndarray:
    return np.array([ord(c) for c in text] + [0], np.uint16)


@FIXED
@given(WORD, WORD, st.integers(0, 3))
@example("ab", "ba", 1)
@example("ca", "abc", 3)
def test_slips(a: str, b: str, most: int) -> None:
    assert slips(codes(a), len(a), codes(b), len(b), most) == min(OSA.distance(a, b), most + 1)


@FIXED
@given(WORD, WORD)
def test_jaro_winkler(a: str, b: str) -> None:
    found = jaro_winkler(codes(a), len(a), codes(b), len(b))
    assert abs(found - JaroWinkler.similarity(a, b, prefix_weight=0.1)) < 1e-9


def plain_sound(text: str) -> tuple[object, ...]:
    """Soundex without its length and zeros; other characters as their homophones."""
    out: list[object] = []
    last = -1
    for k, char in enumerate(text[:40]):
        if char in string.ascii_lowercase:
            kind = int(SOUNDS[ord(char) - 97])
            if k == 0:
                out.append(char)
            elif kind and kind != last:
                out.append(kind)
            if char not in "hw":
                last = kind
        elif char != " ":
            out.append(int(homophones()[ord(char) & 0xFFFF]) + 1000)
            last = -1
    return tuple(out)


@FIXED
@given(st.lists(st.text("abhkstw 王汪小晓", min_size=1, max_size=5).filter(str.strip), min_size=2, max_size=6))
def test_sounds_are_equal_when_the_plain_ones_are(texts: list[str]) -> None:
    w = words_of(pa.chunked_array([texts]))
    sound = w.sound[w.code]
    bare = [t.strip() for t in texts]
    for i, j in itertools.combinations(range(len(texts)), 2):
        assert (sound[i] == sound[j]) == (plain_sound(bare[i]) == plain_sound(bare[j])), (bare[i], bare[j])


def plain_level(a: str | None, b: str | None, is_number: bool) -> int:
    if not a or not b:
        return -1
    if a == b:
        return SAME
    few = OSA.distance(a, b)
    if is_number:
        return NEAR if few == 1 else ALIKE if few == 2 and min(len(a), len(b)) >= 6 else OTHER
    one_sound = plain_sound(a) == plain_sound(b)
    if a[0] > "㐀" and b[0] > "㐀":
        return NEAR if one_sound else ALIKE if few == 1 and len(a) != len(b) else OTHER
    if few == 1 and min(len(a), len(b)) > 1:
        return NEAR
    alike = one_sound or JaroWinkler.similarity(a, b) >= 0.88 or a.startswith(b) or b.startswith(a)
    return ALIKE if alike else OTHER


@FIXED
@given(st.lists(st.none() | st.text("robet1234王汪小", max_size=8), min_size=2, max_size=5), st.booleans())
def test_levels_of_words(texts: list[str | None], is_number: bool) -> None:
    w = words_of(pa.chunked_array([texts], pa.string()))
    a, b = np.triu_indices(len(texts), 1)
    found = compare_words(a, b, w.code, w.letters, w.size, w.sound, is_number)
    assert found.tolist() == [plain_level(texts[i], texts[j], is_number) for i, j in zip(a, b, strict=True)]


def plain_day_level(x: str, y: str) -> int:
    if x == y:
        return SAME
    if x == y[:4] + y[6:] + y[4:6]:
        return SWAPPED
    wrong = [i for i in range(8) if x[i] != y[i]]
    if len(wrong) == 1:
        return NEAR
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and (x[wrong[0]], x[wrong[1]]) == (y[wrong[1]], y[wrong[0]]):
        return NEAR
    return ALIKE if (x[:4] == y[:4]) + (x[4:6] == y[4:6]) + (x[6:] == y[6:]) == 2 else OTHER


@FIXED
@given(*(st.tuples(st.sampled_from([1990, 1991, 1909]), st.integers(1, 12), st.integers(1, 31)),) * 2)
def test_levels_of_days(x: tuple[int, int, int], y: tuple[int, int, int]) -> None:
    one, two = (f"{y:04}{m:02}{d:02}" for y, m, d in (x, y))
    assert day_level(int(one), int(two)) == plain_day_level(one, two)


@FIXED
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=14), st.integers(1, 5))
def test_pairs_of_blocks(held: list[tuple[int, int]], most: int) -> None:
    held.sort(key=lambda one: one[0])
    key, row = (np.array([one[i] for one in held], np.int64) for i in (0, 1))
    wanted = []
    for _, block in itertools.groupby(held, key=lambda one: one[0]):
        rows = [r for _, r in block]
        if len(rows) <= most:
            wanted += [min(p) * 7 + max(p) for p in itertools.combinations(rows, 2) if p[0] != p[1]]
    assert sorted(pairs_of_blocks(key, row, 7, most).tolist()) == sorted(wanted)


@FIXED
@given(st.lists(st.text("12", min_size=5, max_size=7), min_size=2, max_size=4))
def test_numbers_a_slip_apart_meet(texts: list[str]) -> None:
    w = words_of(pa.chunked_array([texts]))
    key, row = left_out(w.code, w.letters, w.size)
    held = [set(key[row == i].tolist()) for i in range(len(texts))]
    short = [{t} | {t[:i] + t[i + 1 :] for i in range(len(t))} for t in texts]
    for i, j in itertools.combinations(range(len(texts)), 2):
        assert bool(held[i] & held[j]) == bool(short[i] & short[j])
        if OSA.distance(texts[i], texts[j]) <= 1:
            assert held[i] & held[j]


def plain_resolve(n: int, odds: dict[tuple[int, int], float]) -> set[frozenset[int]]:
    """Join the two clusters whose mean and best odds say most, while they say yes."""
    found = [frozenset([i]) for i in range(n)]

    @cache
    def says(a: frozenset[int], b: frozenset[int]) -> float:
        given = [odds[min(x, y), max(x, y)] for x in a for y in b]
        return (sum(given) / len(given) + max(given)) / 2

    while len(found) > 1:
        best, a, b = max(((says(a, b), a, b) for a, b in itertools.combinations(found, 2)), key=lambda t: t[0])
        if best <= 0:
            break
        found = [c for c in found if c not in (a, b)] + [a | b]
    return set(found)


@FIXED
@given(st.permutations(range(-7, 8)), st.integers(2, 6))
def test_clusters_of_weighed_pairs(given_odds: list[int], n: int) -> None:
    """All different odds, so that there is one answer."""
    a, b = np.triu_indices(n, 1)
    values = np.array([v + 0.0137 * v * v for v in given_odds])[: a.size]
    odds = {(int(i), int(j)): float(v) for i, j, v in zip(a, b, values, strict=True)}

    def weigh(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.array([odds[min(p), max(p)] for p in zip(x.tolist(), y.tolist(), strict=True)])

    one, two, _ = resolve(n, a, b, values, weigh, 0.0)
    found = [{i} for i in range(n)]
    for x, y in zip(one.tolist(), two.tolist(), strict=True):
        p, q = (next(c for c in found if z in c) for z in (x, y))
        found = [c for c in found if c is not p and c is not q] + [p | q]
    assert {frozenset(c) for c in found} == plain_resolve(n, odds)


@FIXED
@given(st.integers(2, 60), st.integers(1, 300))
def test_drawn_pairs_are_of_two_rows(n: int, most: int) -> None:
    a, b = drawn_pairs(n, most)
    assert np.all(a != b)
    assert np.all((a >= 0) & (a < n) & (b >= 0) & (b < n))
    if n * (n - 1) // 2 <= most:
        assert len({(min(p), max(p)) for p in zip(a.tolist(), b.tolist(), strict=True)}) == n * (n - 1) // 2
