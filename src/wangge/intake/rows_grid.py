"""A sheet whose rows are Python lists already: tables of pages, XML workbooks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from wangge.intake import cells
from wangge.intake.grid import Body, Box


class RowsGrid:
    """Cells are text, numbers or days; rows may be of different lengths."""

    def __init__(
        self,
        sheet: str,
        rows: list[list[Any]],
        merged: list[Box],
        hidden_columns: set[int],
        encoding: str,
        notes: list[str],
    ) -> None:
        self.sheet, self.encoding, self.notes = sheet, encoding, notes
        self.merged, self.hidden_columns, self._rows = merged, hidden_columns, rows
        self._width = max(map(len, rows), default=0)

    def size(self) -> tuple[int, int]:
        return len(self._rows), self._width

    def head(self, n: int = 0) -> list[list[str]]:
        return [[cells.text(cell) for cell in row] for row in self._rows[: n or None]]

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        rows = self._rows[header + 1 :]
        while rows and not any(cell != "" for cell in rows[-1]):
            rows = rows[:-1]
        columns = {i: [row[i] if i < len(row) else "" for row in rows] for i in wanted}
        kinds = {i: set(map(type, column)) for i, column in columns.items()}
        surplus = [n for n, row in enumerate(rows, 1) if any(cell != "" for cell in row[width:])]
        return Body(
            {i: pa.chunked_array([cells.column(column, kinds[i])]) for i, column in columns.items()},
            np.arange(1, len(rows) + 1),
            np.array(surplus, np.int64),
            from_number={i: cells.are(column, kinds[i] & cells.NUMBERS) for i, column in columns.items()},
            from_date={i: cells.are(column, kinds[i] & cells.DATES) for i, column in columns.items()},
        )
