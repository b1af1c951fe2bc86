"""Which rows one comparison is worth asking of: key and filter in one pass, since there are many comparisons."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.groups import find
from wangge.identity.threads import FEW, together

SPREAD, SHIFT, ONE = np.uint64(0x9E3779B97F4A7C15), np.uint64(29), np.uint64(1)
LEAST_BITS = 1 << 12
MOST_PARTS = 4


def keys_worth_asking(parts: tuple[Array, ...], parent: Array, number: Array) -> tuple[Array, Array]:
    """-> (rows, key), the key of normal.mixed(*parts), set at those rows only: rows that hold every part and share the
    key with some row without a valid number (a bitmap: some more may slip in).

    Nine rows of ten belong to a valid number already; only what they share with the others is worth sorting.
    """
    four, n, key = _four(parts), parent.size, np.empty(parent.size, np.int64)
    bits = _bits_of(*four, len(parts), _weak_rows(parent, number))
    ends = (0, n) if n < FEW else (0, n // 2, n)
    rows = (
        together(*(partial(_sharing, *four, len(parts), bits, *of, key) for of in pairwise(ends))) if bits.size else []
    )
    return np.concatenate([np.empty(0, np.int64), *rows]), key


def shares_a_key(parts: tuple[Array, ...], rows: Array, found: Array) -> None:
    """Mark in `found` the rows that hold every part and share the key with one of `rows` (a bitmap: some more may slip
    in)."""
    four, n = _four(parts), found.size
    bits = _bits_of(*four, len(parts), rows)
    ends = (0, n) if n < FEW else (0, n // 2, n)
    if bits.size:
        together(*(partial(_mark, *four, len(parts), bits, *of, found) for of in pairwise(ends)))


def _four(parts: tuple[Array, ...]) -> tuple[Array, ...]:
    if len(parts) > MOST_PARTS:
        raise ValueError(f"a comparison has at most {MOST_PARTS} parts")
    return (*parts, *[parts[0]] * (MOST_PARTS - len(parts)))


@njit(cache=True, nogil=True)
def _weak_rows(parent: Array, number: Array) -> Array:
    """Rows without a valid number."""
    out, n = np.empty(parent.size, np.int64), 0
    for i in range(parent.size):
        if number[i] < 0 and number[find(parent, i)] < 0:
            out[n] = i
            n += 1
    return out[:n].copy()


@njit(cache=True, nogil=True)
def _bits_of(a: Array, b: Array, c: Array, d: Array, n_parts: int, rows: Array) -> Array:
    """A bitmap of the keys of some rows, as small as lets one other key in fifty slip in; empty where there are none."""
    keys, n = np.empty(rows.size, np.int64), 0
    for i in rows:
        keys[n] = _key(a[i], b[i], c[i], d[i], n_parts)
        n += keys[n] >= 0
    if n == 0:
        return np.empty(0, np.uint8)
    size = LEAST_BITS
    while size < n * 50:
        size *= 2
    bits = np.zeros(size >> 3, np.uint8)
    for key in keys[:n]:
        h = _bit(key, bits)
        bits[h >> 3] |= np.uint8(1 << (h & 7))
    return bits


@njit(cache=True, nogil=True)
def _mark(a: Array, b: Array, c: Array, d: Array, n_parts: int, bits: Array, begin: int, end: int, out: Array) -> None:
    for i in range(begin, end):
        if not out[i]:
            key = _key(a[i], b[i], c[i], d[i], n_parts)
            if key >= 0:
                h = _bit(key, bits)
                out[i] = bits[h >> 3] >> np.uint8(h & 7) & 1


@njit(inline="always")
def _bit(key: Any, bits: Array) -> Any:
    """The place of a key in a bitmap whose size is a power of 2."""
    return (key ^ key >> 31) & (bits.size * 8 - 1)


@njit(inline="always")
def _taken_in(key: Any, value: Any) -> Any:
    key = (key ^ np.uint64(value)) * SPREAD
    return key ^ key >> SHIFT


@njit(inline="always")
def key_of_two(a: Any, b: Any) -> Any:
    """The key of two values that are there, with its upper bits mixed into the lower ones."""
    key = np.int64(_taken_in(_taken_in(np.uint64(0), a), b) >> ONE)
    return key ^ key >> 31


@njit(inline="always")
def _key(a: Any, b: Any, c: Any, d: Any, n: int) -> Any:
    """The key of a row's n values, or -1 where it lacks one; the values beyond n repeat the first."""
    if a < 0 or b < 0 or c < 0 or d < 0:
        return np.int64(-1)
    key = _taken_in(np.uint64(0), a)
    if n > 1:
        key = _taken_in(key, b)
    if n > 2:
        key = _taken_in(key, c)
    if n > 3:
        key = _taken_in(key, d)
    return np.int64(key >> ONE)


@njit(cache=True, nogil=True)
def _sharing(
    a: Array, b: Array, c: Array, d: Array, n_parts: int, bits: Array, begin: int, end: int, out: Array
) -> Array:  # fmt: skip
    """Of rows begin..end those whose key is in the bitmap; `out` takes their keys."""
    rows, m = np.empty(end - begin, np.int64), 0
    for i in range(begin, end):
        key = _key(a[i], b[i], c[i], d[i], n_parts)
        if key >= 0:
            h = _bit(key, bits)
            if bits[h >> 3] >> np.uint8(h & 7) & 1:
                out[i], rows[m], m = key, i, m + 1
    return rows[:m].copy()
