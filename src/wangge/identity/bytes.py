"""Columns as the plain arrays that kernels read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = npt.NDArray[Any]
Raw = tuple[Array, Array]  # UTF-8 bytes, offsets of n+1 int64; a null is an empty text


def raw(texts: pa.ChunkedArray) -> Raw:
    """-> (bytes, offsets) of a text column."""
    whole = texts.cast(pa.large_string()).combine_chunks()
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
