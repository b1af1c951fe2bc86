"""What a row says, as one number: the order of rows and the ids of people without a number hang on it alone.

The digest covers the list and every value, not the batch nor the place in it, so that files in another order, cut
differently or uploaded again are the same rows. It orders and tells apart; secrets are kept by `opaque`, not here.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.bytes import Array, counted_days, raw
from wangge.identity.sorting import order_of
from wangge.identity.threads import by_halves

PLACE = ("batch", "row")  # where a row stands is not what it says
FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd, bits evenly set
SHIFT, BYTE = np.uint64(32), np.uint64(8)
LONG_AGO = 1 << 32  # days before 1970: no date32 lies before


def digests(good: pa.Table) -> Array:
    """GOOD_ROW -> one int64 a row, from the list and every value; empty and lacking are alike, so is a new column."""
    return by_halves(_digests, good)


def _digests(good: pa.Table) -> Array:
    total = np.zeros(good.num_rows, np.uint64)
    for name in good.column_names:
        column = good.column(name)
        if name in PLACE or column.null_count == len(column):
            continue
        salt, begin = salt_of(name), 0
        for piece in column.chunks:
            some = total[begin : begin + len(piece)]
            if pa.types.is_date32(column.type):
                _add_days(some, counted_days(piece, LONG_AGO), salt)
            else:
                _add_texts(some, *raw(piece), salt)
            begin += len(piece)
    return total.view(np.int64)


def salt_of(name: str) -> np.uint64:
    """Sets the columns apart: a value means something else in another column."""
    salt = SECOND
    for byte in name.encode():
        salt = np.uint64(int(salt ^ np.uint64(byte)) * int(FIRST) & 0xFFFFFFFFFFFFFFFF)
    return salt


@njit(inline="always")
def _mixed(h: Any) -> Any:
    """Every bit of the answer hangs on every bit of `h`."""
    h = (h ^ h >> SHIFT) * SECOND
    h = (h ^ h >> SHIFT) * SECOND
    return h ^ h >> SHIFT


@njit(inline="always")
def _eight(letters: Array, at: Any) -> Any:
    """Eight bytes as one number, the first one highest; written out, so that the compiler loads them at once."""
    w = np.uint64(letters[at]) << np.uint64(56) | np.uint64(letters[at + np.uint64(1)]) << np.uint64(48)
    w |= np.uint64(letters[at + np.uint64(2)]) << np.uint64(40) | np.uint64(letters[at + np.uint64(3)]) << np.uint64(32)
    w |= np.uint64(letters[at + np.uint64(4)]) << np.uint64(24) | np.uint64(letters[at + np.uint64(5)]) << np.uint64(16)
    return w | np.uint64(letters[at + np.uint64(6)]) << np.uint64(8) | np.uint64(letters[at + np.uint64(7)])


@njit(cache=True, nogil=True)
def _add_texts(total: Array, letters: Array, offsets: Array, salt: Any) -> None:
    """Add a digest of each text, read eight bytes at a time."""
    for i in range(total.size):
        at, end = np.uint64(offsets[i]), np.uint64(offsets[i + 1])
        if at == end:
            continue
        h = salt ^ (end - at)
        while at + np.uint64(8) <= end:
            h = (h ^ _eight(letters, at)) * FIRST
            h ^= h >> SHIFT
            at += np.uint64(8)
        word = np.uint64(0)
        while at < end:
            word = word << BYTE | np.uint64(letters[at])
            at += np.uint64(1)
        total[i] += _mixed((h ^ word) * FIRST)


@njit(cache=True, nogil=True)
def _add_days(total: Array, days: Array, salt: Any) -> None:
    for i in range(total.size):
        if days[i] >= 0:
            total[i] += _mixed((salt ^ np.uint64(days[i] - LONG_AGO)) * FIRST)


def canonical_order(good: pa.Table, digest: Array | None = None) -> Array:
    """The places of the rows in the order of what they say; rows that say the same by batch and row. With `digest`
    (their digests) nothing but batch and row is read."""
    digest = digests(good) if digest is None else digest
    order = order_of(digest, np.arange(digest.size))
    ordered = digest[order]
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    if again.size:
        _order_copies(order, ordered, again, good)
    return order


def _order_copies(order: Array, ordered: Array, again: Array, good: pa.Table) -> None:
    """Put rows that say the same in the order of their batch and place, within the places that they hold."""
    at = np.unique(np.r_[again, again + 1])
    some = good.select(PLACE).take(pa.array(order[at]))
    keyed = pa.table({"digest": ordered[at], "batch": some["batch"], "row": some["row"]})
    by = pc.sort_indices(keyed, sort_keys=[(name, "ascending") for name in keyed.column_names])
    order[at] = order[at[by.to_numpy()]]


def nth(digest: Array) -> Array:
    """Rows in canonical order -> how many rows before say the same: tells copies apart."""
    begins = np.r_[True, digest[1:] != digest[:-1]][: digest.size]
    place = np.arange(digest.size)
    counted: Array = place - np.maximum.accumulate(np.where(begins, place, 0))
    return counted


def inverse(order: Array) -> Array:
    """-> the place in `order` of each row."""
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return place


@njit(cache=True, nogil=True)
def first_places(group: Array, place: Array) -> Array:
    """`group` names one of its rows or is -1. -> the first place that a row of the same group holds, or -1."""
    first, out = np.full(group.size, group.size), np.full(group.size, -1)
    for i in range(group.size):
        if group[i] >= 0:
            first[group[i]] = min(first[group[i]], place[i])
    for i in range(group.size):
        if group[i] >= 0:
            out[i] = first[group[i]]
    return out
