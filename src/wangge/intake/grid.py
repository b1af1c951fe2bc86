"""A file as sheets of text cells, whatever it was: what the readers of each format hand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

Box = tuple[int, int, int, int]  # first line, first column, last line, last column, from 0
Room = Callable[[int], None]  # told how many bytes of content there are, so that memory can be limited by it


def any_room(_: int) -> None:
    """No limit: for readers that do not run apart."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or one table of a page."""

    name: str
    hidden: bool = False


@dataclass(frozen=True)
class Body:
    """The data rows. `columns` by index in the file; `numbers` count rows from 1; `surplus` are numbers of rows
    with more filled cells than the header has names: what stands where in them nobody can say. `from_number` and
    `from_date` tell by column which rows were a number or a date and no text; a format that cannot tell has none."""

    columns: dict[int, pa.ChunkedArray]
    numbers: np.ndarray
    surplus: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    notes: tuple[str, ...] = ()
    from_number: dict[int, np.ndarray] = field(default_factory=dict)
    from_date: dict[int, np.ndarray] = field(default_factory=dict)


class Grid(Protocol):
    """A readable sheet."""

    sheet: str
    encoding: str
    notes: list[str]
    merged: list[Box]
    hidden_columns: set[int]

    def size(self) -> tuple[int, int]:
        """Lines and columns."""
        ...

    def head(self, n: int = 0) -> list[list[str]]:
        """The first `n` lines, or all, cells as text."""
        ...

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        """Rows below line index `header`, only the `wanted` columns; `width` is the number of named columns."""
        ...


class Source(Protocol):
    """An opened file."""

    sheets: list[Sheet]

    def grid(self, sheet: str) -> Grid:
        """One of its sheets, parsed on first use."""
        ...
