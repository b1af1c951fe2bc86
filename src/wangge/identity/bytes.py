"""Columns as the plain arrays that kernels read.

Small functions that kernels call for every byte are inlined by hand (`inline="always"`): a call to one that comes from
the cache costs more than the work, since arrays are counted in and out.
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

Array = npt.NDArray[Any]
Raw = tuple[Array, Array]  # UTF-8 bytes, n+1 offsets (int32, or int64 for more than 2 GB); a null is an empty text
MOST_BYTES = 1 << 30  # of a column that is put together in one piece with offsets of 32 bits


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece; nothing is copied where it is one already."""
    if isinstance(column, pa.Array):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    one = column.combine_chunks()
    return one if isinstance(one, pa.Array) else pa.concat_arrays(one.chunks)


def raw(texts: pa.ChunkedArray | pa.Array) -> Raw:
    """-> (bytes, offsets) of a text column. Arrow may leave bytes behind a null: they are not the row's and are dropped."""
    is_large = isinstance(texts, pa.ChunkedArray) and texts.num_chunks > 1 and texts.nbytes > MOST_BYTES
    if is_large or not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        texts = texts.cast(pa.large_string())
    one = whole(texts)
    if one.null_count and _hides_bytes(*_text_buffers(one)[1:], *_bitmap(one)):
        one = pc.fill_null(one, "")
    return _text_buffers(one)


def _text_buffers(texts: pa.Array) -> Raw:
    _, offsets, data = texts.buffers()
    size = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    at = np.frombuffer(offsets, size)[texts.offset : texts.offset + len(texts) + 1] if offsets else np.zeros(1, size)
    letters = np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8)
    return letters, at if at.size else np.zeros(1, size)


def _bitmap(values: pa.Array) -> tuple[Array, int]:
    """-> (bits that tell which values are there, place of the first bit); no bits: all of them"""
    bits = values.buffers()[0]
    return (np.frombuffer(bits, np.uint8) if bits else np.empty(0, np.uint8)), values.offset


@njit(inline="always")
def _is_there(bits: Array, at: int) -> Any:
    return bits.size == 0 or bits[at >> 3] >> np.uint8(at & 7) & 1


@njit(cache=True, nogil=True)
def _hides_bytes(offsets: Array, bits: Array, first: int) -> bool:
    """Whether a null has bytes of its own."""
    for i in range(offsets.size - 1):  # noqa: SIM110 - the compiler knows no generators
        if offsets[i] != offsets[i + 1] and not _is_there(bits, first + i):
            return True
    return False


def counted_days(column: pa.ChunkedArray | pa.Array, zero: int) -> Array:
    """date32 -> days as int64, counted from `zero` days before 1970; -1 where there is none."""
    one = whole(column)
    data = one.buffers()[1]
    values = np.frombuffer(data, np.int32)[one.offset : one.offset + len(one)] if data else np.empty(0, np.int32)
    days: Array = _counted_days(values, *_bitmap(one), zero)
    return days


@njit(cache=True, nogil=True)
def _counted_days(values: Array, bits: Array, first: int, zero: int) -> Array:
    out = np.empty(values.size, np.int64)
    for i in range(values.size):
        out[i] = np.int64(values[i]) + zero if _is_there(bits, first + i) else -1
    return out


def there(column: pa.ChunkedArray | pa.Array) -> Array:
    """Whether each value is there."""
    known: Array = whole(column).is_valid().to_numpy(zero_copy_only=False)
    return known


def distinct(values: Array) -> Array:
    """The different values, sorted. Sorting is several times faster here than numpy's own hashing of integers."""
    if values.size == 0:
        return values
    ordered = np.sort(values)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]]


@njit(inline="always")
def decode(letters: Array, at: int) -> tuple[Any, int]:
    """One UTF-8 character. -> (code point, bytes); beyond 16 bits the code is folded into them."""
    x = np.int64(letters[at])
    if x < 0x80:
        return x, 1
    if x < 0xE0:
        return (x & 31) << 6 | np.int64(letters[at + 1]) & 63, 2
    if x < 0xF0:
        return (x & 15) << 12 | (np.int64(letters[at + 1]) & 63) << 6 | np.int64(letters[at + 2]) & 63, 3
    return ((np.int64(letters[at + 1]) & 63) << 12 | (np.int64(letters[at + 2]) & 63) << 6
            | np.int64(letters[at + 3]) & 63) & 0xFFFF, 4  # fmt: skip
