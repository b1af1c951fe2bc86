"""XML workbooks of 2003 (SpreadsheetML), which many systems still export as .xls.

Read by events, so that nothing but the cells stands in memory. A document type or an entity is refused before it could
mean anything: no office's export has one.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from xml.parsers import expat

from wangge.base.errors import WanggeError, Where
from wangge.intake.decode import to_utf8
from wangge.intake.grid import Box, Room, Sheet, any_room
from wangge.intake.rows_grid import RowsGrid

SHEETS, SPACE = "urn:schemas-microsoft-com:office:spreadsheet", "|"
MOST_CELLS, MOST_COLUMNS, MOST_LINES, MOST_SHEETS = 5_000_000, 702, 1_048_576, 200
MOST_EMPTY = 100_000  # lines that may be passed over at once
ENCODING = re.compile(rb"""^<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)""")
DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
PIECE = 1 << 20


class XmlBook:
    """All sheets of an XML workbook."""

    def __init__(self, data: bytes, file: str, room: Room = any_room) -> None:
        room(40 * len(data))
        self.file, self._grids = file, dict[str, RowsGrid]()
        self._sheets: list[_Sheet] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        said = ENCODING.match(data[:200].lstrip(b"\xef\xbb\xbf"))
        data, self.encoding, self._notes = to_utf8(data, said[1].decode() if said else "", file)
        self._parse(DECLARATION.sub(b"", data))  # it is UTF-8 now, whatever it says
        if not self._sheets:
            raise WanggeError("E1001", Where(file=file), name=file)
        self.sheets = [Sheet(one.name, one.hidden) for one in self._sheets]

    def grid(self, sheet: str) -> RowsGrid:
        """One sheet by its name."""
        one = next(s for s in self._sheets if s.name == sheet)
        return RowsGrid(one.name, one.rows, one.merged, one.hidden_columns, self.encoding, one.notes(self._notes))

    def _parse(self, data: bytes) -> None:
        parser = expat.ParserCreate("utf-8", SPACE)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._say
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        try:
            for at in range(0, len(data), PIECE):
                parser.Parse(data[at : at + PIECE], False)
            parser.Parse(b"", True)
        except expat.ExpatError as why:
            raise WanggeError("E1001", Where(file=self.file), name=self.file) from why

    def _refuse(self, *_declared: object) -> None:
        raise WanggeError("E1013", Where(file=self.file), reason="it defines entities")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.removeprefix(f"{SHEETS}{SPACE}")
        given = {key.removeprefix(f"{SHEETS}{SPACE}"): value for key, value in attributes.items()}
        if tag == "Worksheet":
            if len(self._sheets) == MOST_SHEETS:
                raise WanggeError("E1013", Where(file=self.file), reason=f"over {MOST_SHEETS} sheets")
            known = {one.name for one in self._sheets}
            name = given.get("Name", "") or f"Sheet{len(self._sheets) + 1}"
            self._sheets.append(_Sheet(name if name not in known else f"{name} ({len(known) + 1})", self.file))
        elif tag == "Column" and self._sheets:
            self._sheets[-1].begin_column(given)
        elif tag == "Row" and self._sheets:
            self._sheets[-1].begin_row(given)
        elif tag == "Cell" and self._sheets:
            self._sheets[-1].begin_cell(given)
        elif tag in ("Data", "Visible") or name.endswith(f"{SPACE}Visible"):
            self._path.append(given.get("Type", "String"))
            self._text = []

    def _say(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(SPACE)[2]
        if tag not in ("Data", "Visible") or self._text is None or not self._sheets:
            return
        text, self._text = "".join(self._text), None
        if tag == "Visible":
            self._sheets[-1].hidden = text.strip() != "SheetVisible"
        else:
            self._sheets[-1].fill(text, self._path.pop())


class _Sheet:
    """Rows of one sheet, spans and skipped places laid out."""

    def __init__(self, name: str, file: str) -> None:
        self.name, self.file, self.hidden = name, file, False
        self.rows: list[list[Any]] = []
        self.merged: list[Box] = []
        self.hidden_columns: set[int] = set()
        self._column = self._at = self._here = self._n = self._failed = self._without_value = 0
        self._filled, self._formula = True, False

    def notes(self, before: list[str]) -> list[str]:
        """What the reader noticed on this sheet."""
        self._close_cell()
        found = {"formula_without_value": self._without_value, "cell_error": self._failed}
        return [*before, *(f"{code}: {n}" for code, n in found.items() if n)]

    def begin_column(self, given: dict[str, str]) -> None:
        first = self._place(given, self._column + 1) - 1
        last = first + _count(given, "Span")
        if given.get("Hidden") == "1":
            self.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))
        self._column = last + 1

    def begin_row(self, given: dict[str, str]) -> None:
        self._close_cell()
        line = self._place(given, len(self.rows) + 1)
        if line <= len(self.rows) or line > MOST_LINES or line - len(self.rows) > MOST_EMPTY:
            raise WanggeError(
                "E1013", Where(file=self.file, sheet=self.name), reason=f"row {line} after {len(self.rows)}"
            )
        self.rows.extend([] for _ in range(line - len(self.rows)))
        self._at = 0

    def begin_cell(self, given: dict[str, str]) -> None:
        self._close_cell()
        if not self.rows:
            self.begin_row({})
        at = self._place(given, self._at + 1) - 1
        right, down = _count(given, "MergeAcross"), _count(given, "MergeDown")
        if at < self._at or at + right >= MOST_COLUMNS or self._n + at - self._at > MOST_CELLS:
            raise WanggeError("E1013", Where(file=self.file, sheet=self.name), reason=f"{self._n} cells, {at} columns")
        row, line = self.rows[-1], len(self.rows) - 1
        row.extend([""] * (at + 1 + right - len(row)))
        if right or down:
            self.merged.append((line, at, line + min(down, MOST_LINES), at + right))
        self._n += at + 1 + right - self._at
        self._here, self._at = at, at + 1 + right
        self._filled, self._formula = False, "Formula" in given

    def fill(self, text: str, kind: str) -> None:
        """The value of the cell that is open."""
        if self._filled:
            return
        self._filled = True
        self._failed += kind == "Error"
        self.rows[-1][self._here] = _value(text, kind)

    def _close_cell(self) -> None:
        if not self._filled:
            self._without_value += self._formula
            self._filled = True

    def _place(self, given: dict[str, str], otherwise: int) -> int:
        said = given.get("Index", "")
        if not said:
            return otherwise
        if not said.isdecimal() or len(said) > 7 or not int(said):
            raise WanggeError("E1001", Where(file=self.file), name=self.file)
        return int(said)


def _count(given: dict[str, str], name: str) -> int:
    said = given.get(name, "0")
    return int(said) if said.isdecimal() and len(said) < 8 else 0


def _value(text: str, kind: str) -> Any:
    """A cell as a workbook's reader gives it: text, number or day; an error cell is empty."""
    if kind == "Error":
        return ""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return dt.datetime.fromisoformat(text)
    except ValueError:
        return text  # it is no number, whatever it calls itself
    if kind == "Boolean":
        return text.strip() == "1"
    return text
