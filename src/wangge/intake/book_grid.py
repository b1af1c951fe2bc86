"""Workbooks (.xlsx, .xlsb, .xls, .ods): every cell as the text a person sees, each sheet parsed once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from wangge.base.errors import WanggeError, Where
from wangge.intake import cells
from wangge.intake.book_facts import Facts, facts_of
from wangge.intake.gate import admit
from wangge.intake.grid import Body, Box, Room, Sheet, any_room

PIECE = 8192  # rows that stand as Python objects at once
VISIBLE = calamine.SheetVisibleEnum.Visible
WORKSHEET = calamine.SheetTypeEnum.WorkSheet


@contextmanager
def _reading(where: Where) -> Iterator[None]:
    """What the reader cannot parse is E1001, a lock E1018. Its panics come as no Exception: a broken .xls makes them."""
    try:
        yield
    except calamine.PasswordError as why:
        raise WanggeError("E1018", where, name=where.file) from why
    except (calamine.CalamineError, OSError, ValueError) as why:
        raise WanggeError("E1001", where, name=where.file) from why
    except BaseException as why:
        if type(why).__name__ != "PanicException":
            raise
        raise WanggeError("E1001", where, name=where.file) from None


class Book:
    """A workbook whose sheets are parsed when they are asked for."""

    def __init__(self, data: bytes, file: str, room: Room = any_room) -> None:
        seen = admit(data, Where(file=file))
        room(seen.content)
        self.file = file
        self._facts = facts_of(data, seen)
        with _reading(Where(file=file)):
            self._book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            found = self._book.sheets_metadata
        self.sheets = [Sheet(m.name, m.visible != VISIBLE) for m in found if m.typ == WORKSHEET]
        self._grids: dict[str, BookGrid] = {}

    def grid(self, sheet: str) -> BookGrid:
        """One sheet. Raises E1001 where it cannot be parsed."""
        if sheet not in self._grids:
            with _reading(Where(file=self.file, sheet=sheet)):
                parsed = self._book.get_sheet_by_name(sheet)
            self._grids[sheet] = BookGrid(parsed, self._facts.get(sheet, Facts()))
        return self._grids[sheet]


class BookGrid:
    """One sheet. Lines and columns count from the first of the sheet, empty ones included."""

    encoding = ""

    def __init__(self, parsed: calamine.CalamineSheet, facts: Facts) -> None:
        self._parsed = parsed
        self.sheet = parsed.name
        self.hidden_columns = set(facts.hidden_columns)
        self.notes = facts.notes()
        boxes = parsed.merged_cell_ranges or facts.merged
        self.merged: list[Box] = [(a, b, c, d) for (a, b), (c, d) in boxes]

    def size(self) -> tuple[int, int]:
        end = self._parsed.end
        return (end[0] + 1, end[1] + 1) if end else (0, 0)

    def _rows(self) -> Any:
        """Rows from the first line of the sheet; their cells begin at the first filled column."""
        return self._parsed.iter_rows() if self._parsed.start else iter(())

    def head(self, n: int = 0) -> list[list[str]]:
        before = [""] * (self._parsed.start or (0, 0))[1]
        return [before + _texts(row) for row in islice(self._rows(), n or None)]

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        first = (self._parsed.start or (0, 0))[1]
        rows = islice(self._rows(), header + 1, None)
        pieces: dict[int, list[pa.Array]] = {i: [] for i in wanted}
        number: dict[int, list[np.ndarray]] = {i: [] for i in wanted}
        date: dict[int, list[np.ndarray]] = {i: [] for i in wanted}
        n = last = 0
        while piece := list(islice(rows, PIECE)):
            columns = list(zip(*piece, strict=True))
            for i in wanted:
                column = columns[i - first] if 0 <= i - first < len(columns) else ("",) * len(piece)
                kinds = set(map(type, column))
                pieces[i].append(cells.column(column, kinds))
                number[i].append(cells.are(column, kinds & cells.NUMBERS))
                date[i].append(cells.are(column, kinds & cells.DATES))
            below = next((k for k, row in enumerate(reversed(piece)) if _filled(row)), None)
            n += len(piece)
            last = last if below is None else n - below
        # Formatting makes sheets longer than what is in them: blank rows after the last filled one are no rows.
        return Body(
            {i: pa.chunked_array(chunks, pa.string()).slice(0, last) for i, chunks in pieces.items()},
            np.arange(1, last + 1),
            from_number={i: _joined(parts)[:last] for i, parts in number.items()},
            from_date={i: _joined(parts)[:last] for i, parts in date.items()},
        )


def _texts(row: list[Any]) -> list[str]:
    """Cells as text up to the last filled one: formatting makes rows as wide as the sheet can be."""
    last = next((len(row) - k for k, c in enumerate(reversed(row)) if c != ""), 0)
    return [cells.text(c) for c in row[:last]]


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, bool)


def _filled(row: list[Any]) -> bool:
    return any(c.__class__ is not str or c.strip() for c in row)
