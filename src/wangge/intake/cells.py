"""One cell of a workbook as the text a person sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WHOLE = 2.0**63  # beyond it nobody reads digits
EXACT = 2.0**53
DATES = frozenset((dt.date, dt.datetime))
NUMBERS = frozenset((int, float))


def text(cell: Any) -> str:
    """A day cell reads '2026-11-23'; a whole number has no '.0'; others show the 15 digits a spreadsheet keeps."""
    kind = cell.__class__
    if kind is str:
        return str(cell)
    if kind is float:
        return _number(cell)
    if kind is dt.datetime and not (cell.hour or cell.minute or cell.second):
        return str(cell.date().isoformat())
    if kind is dt.datetime:
        return str(cell.replace(microsecond=0).isoformat(" "))
    if kind is bool:
        return "TRUE" if cell else "FALSE"
    return "" if cell is None else str(cell)


def _number(cell: float) -> str:
    if not (cell.is_integer() and -WHOLE < cell < WHOLE):
        return format(cell, ".15g")
    # Beyond 2^53 the digits a spreadsheet shows, not those of the binary number nearest to them.
    return str(int(cell)) if -EXACT < cell < EXACT else str(int(Decimal(repr(cell))))


def column(cells: Sequence[Any], kinds: set[type]) -> pa.Array:
    """Cells of one column, of these types, -> text; empty ones and blanks are null."""
    if kinds - {str}:
        cells = [c if c.__class__ is str else text(c) for c in cells]
    return blank_to_null(pa.array(cells, pa.string()))


def are(column: Sequence[Any], kinds: set[type]) -> np.ndarray:
    """Which cells of a column are of one of these types."""
    if not kinds:
        return np.zeros(len(column), bool)
    return np.fromiter((c.__class__ in kinds for c in column), bool, len(column))


def blank_to_null(column: pa.Array) -> pa.Array:
    """Cells without anything but blanks are empty."""
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column)
