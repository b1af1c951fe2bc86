"""A file as a grid of text cells, whatever it was: what the readers of CSV and of workbooks hand to read()."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Body:
    """The data rows. `columns` by index in the file; `numbers` count rows from 1; `surplus` are numbers of rows
    with more filled cells than the header has names: what stands where in them nobody can say."""

    columns: dict[int, pa.ChunkedArray]
    numbers: np.ndarray
    surplus: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    notes: tuple[str, ...] = ()


class Grid(Protocol):
    """A readable sheet."""

    sheet: str
    encoding: str
    other_sheets: list[str]

    def head(self) -> list[list[str]]:
        """The first lines, cells as text."""
        ...

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        """Rows below line index `header`, only the `wanted` columns; `width` is the number of named columns."""
        ...
