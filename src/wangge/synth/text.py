"""Columns of text made whole columns at a time: digits, words by index, and joined pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.synth.data import Array, Bools, Days, Ints

Text = Any  # pa.Array of strings; pyarrow has no types to check against


def from_bytes(letters: Array) -> Text:
    """A matrix of ASCII codes, one row a value. -> pa.string()"""
    n, width = letters.shape
    offsets = np.arange(n + 1, dtype=np.int32) * np.int32(width)
    body = np.ascontiguousarray(letters, dtype=np.uint8)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets.tobytes()), pa.py_buffer(body.tobytes()))


def digit_matrix(numbers: Array, width: int) -> Array:
    """Numbers as ASCII digits with leading zeros, one column a place."""
    out = np.empty((len(numbers), width), np.uint8)
    rest = np.asarray(numbers, dtype=np.int64).copy()
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit + 48
    return out


def digits(numbers: Array, width: int) -> Text:
    """Numbers with leading zeros."""
    return from_bytes(digit_matrix(numbers, width))


def plain(numbers: Array) -> Text:
    """Numbers as people write them, without leading zeros."""
    return pa.array(numbers).cast(pa.string())


def take(words: Text | list[str], index: Array) -> Text:
    """words[index] as text."""
    values = pa.array(words, pa.string()) if isinstance(words, list) else words
    return values.take(pa.array(index))


def join(*parts: Text | str) -> Text:
    """Pieces side by side; a piece is a column or one word for all rows. A null piece counts as nothing."""
    scalars = [pa.scalar(p, pa.string()) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*scalars, "", null_handling="skip")


def blank(values: Text, where: Bools) -> Text:
    """The same column with nulls where `where` is true."""
    return pc.if_else(pa.array(where), pa.scalar(None, pa.string()), values)


def put(values: Text, where: Bools, new: Text) -> Text:
    """The same column with `new` (as long as `where` has trues) written where `where` is true."""
    if not where.any():
        return values
    return pc.replace_with_mask(values, pa.array(where), new)


def by_kind(kind: Array, makers: Mapping[int, Callable[[Ints], Text]]) -> Text:
    """Each row made by the maker of its kind; a maker gets the row numbers that are its own."""
    at = [np.flatnonzero(kind == k) for k in makers]
    made = [make(rows) for make, rows in zip(makers.values(), at, strict=True)]
    back = np.argsort(np.concatenate(at), kind="stable")
    return pa.concat_arrays(made).take(pa.array(back))


def parts_of(days: Days) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of dates."""
    months = days.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year, month, day


DATE_STYLES: dict[str, Callable[[Ints, Ints, Ints], Text]] = {
    "19800503": lambda y, m, d: digits(y * 10000 + m * 100 + d, 8),
    "1980-05-03": lambda y, m, d: join(digits(y, 4), "-", digits(m, 2), "-", digits(d, 2)),
    "1980/5/3": lambda y, m, d: join(plain(y), "/", plain(m), "/", plain(d)),
    "1980.05.03": lambda y, m, d: join(digits(y, 4), ".", digits(m, 2), ".", digits(d, 2)),
    "03/05/1980": lambda y, m, d: join(digits(d, 2), "/", digits(m, 2), "/", digits(y, 4)),
}


def dates(days: Days, style: str) -> Text:
    """Dates as text in one of DATE_STYLES."""
    return DATE_STYLES[style](*parts_of(days))


def widen(values: Text) -> Text:
    """Half-width digits typed as full-width ones, as some input methods do."""
    for digit in range(10):
        values = pc.replace_substring(values, str(digit), chr(0xFF10 + digit))
    return values
