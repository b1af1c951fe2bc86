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
Raw = tuple[Array, Array]  # UTF-8 bytes, offsets of n+1 int64; a null is an empty text


def raw(texts: pa.ChunkedArray) -> Raw:
    """-> (bytes, offsets) of a text column. Arrow may leave bytes behind a null: they are not the row's and are dropped."""
    whole = texts.cast(pa.large_string()).combine_chunks()
    if whole.null_count:
        whole = pc.fill_null(whole, "")
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.large_string())
    _, offsets, data = whole.buffers()
    at = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1] if offsets else np.zeros(1, int)
    letters = np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8)
    return letters, at if at.size else np.zeros(1, np.int64)


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
