"""Pages that call themselves .xls: many systems' "export to Excel" writes an HTML table."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from wangge.base.errors import WanggeError, Where
from wangge.intake.decode import to_utf8
from wangge.intake.grid import Box, Room, Sheet, any_room
from wangge.intake.mapping import ListMapping
from wangge.intake.rows_grid import RowsGrid

MOST_COLUMNS = 702  # as in a workbook
MOST_SPAN = 702
MOST_CELLS, MOST_TABLES = 5_000_000, 200
SPACE = re.compile(r"[ \t\r\n\f]+")
CHARSET = re.compile(rb'charset\s*=\s*["\']?([\w-]+)', re.I)


class Page(HTMLParser):
    """All tables of a page. A table within a cell is a table of its own."""

    def __init__(self, data: bytes, given: ListMapping, file: str, room: Room = any_room) -> None:
        super().__init__(convert_charrefs=True)
        room(40 * len(data))
        self.file, self.encoding, self.notes = file, "", list[str]()
        self._tables: list[_Table] = []
        self._open: list[_Table] = []
        self._skip = 0
        self.feed(self._text(data, given.encoding))
        self.close()
        if not self._tables:
            raise WanggeError("E1001", Where(file=file), name=file)
        self.sheets = [Sheet(t.name) for t in self._tables]

    def _text(self, data: bytes, encoding: str) -> str:
        """What the page says of its encoding counts where the bytes agree."""
        said = CHARSET.search(data[:4096])
        try:
            found = to_utf8(data, encoding or (said[1].decode() if said else ""), self.file)
        except WanggeError:
            if encoding:
                raise
            found = to_utf8(data, "", self.file)
        data, self.encoding, self.notes = found
        return data.decode()

    def grid(self, sheet: str) -> RowsGrid:
        """One table by its name."""
        table = next(t for t in self._tables if t.name == sheet)
        return RowsGrid(table.name, table.rows, table.merged, set(), self.encoding, self.notes)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if len(self._tables) == MOST_TABLES:
                raise WanggeError("E1013", Where(file=self.file), reason=f"over {MOST_TABLES} tables")
            self._tables.append(_Table(f"table {len(self._tables) + 1}", self.file))
            self._open.append(self._tables[-1])
        elif tag in ("script", "style"):
            self._skip += 1
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].begin_cell({k: v or "" for k, v in attrs})
        elif self._open and tag in ("br", "p", "div"):
            self._open[-1].say(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop().end()
        elif tag in ("script", "style"):
            self._skip = max(self._skip - 1, 0)
        elif self._open and tag in ("td", "th"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._skip:
            self._open[-1].say(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._open.pop().end()


class _Table:
    """Rows of one table, spans laid out."""

    def __init__(self, name: str, file: str) -> None:
        self.name, self.file = name, file
        self.rows: list[list[str]] = []
        self.merged: list[Box] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._down: dict[int, int] = {}  # column -> lines that a cell from above still covers
        self._n = 0

    def begin_row(self) -> None:
        self.end_cell()
        if self.rows:  # cells from above that this row was too short to meet
            for j in [j for j, n in self._down.items() if j >= len(self.rows[-1]) and n > 1]:
                self._down[j] -= 1
        self.rows.append([])
        self._skip_covered()

    def begin_cell(self, attrs: dict[str, str]) -> None:
        self.end_cell()
        if not self.rows:
            self.begin_row()
        self._spans = _span(attrs.get("rowspan", "")), _span(attrs.get("colspan", ""))
        self._cell = []

    def say(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def end_cell(self) -> None:
        if self._cell is None:
            return
        row, (down, right) = self.rows[-1], self._spans
        at, line = len(row), len(self.rows) - 1
        row += [SPACE.sub(" ", "".join(self._cell)).strip(" \xa0")] + [""] * (right - 1)
        if down > 1 or right > 1:
            self.merged.append((line, at, line + down - 1, at + right - 1))
        for j in range(at, at + right):
            if down > 1:
                self._down[j] = down
        self._cell = None
        self._skip_covered()
        self._n += len(row) - at
        if self._n > MOST_CELLS or len(row) > MOST_COLUMNS:
            raise WanggeError("E1013", Where(file=self.file), reason=f"{self._n} cells, {len(row)} columns")

    def _skip_covered(self) -> None:
        """Cells from above that reach into this line push ours to the right."""
        row = self.rows[-1]
        while self._down.get(len(row), 0) > 1:
            self._down[len(row)] -= 1
            row.append("")

    def end(self) -> None:
        self.end_cell()


def _span(text: str) -> int:
    return min(max(int(text), 1), MOST_SPAN) if text.strip().isdecimal() and len(text) < 9 else 1
