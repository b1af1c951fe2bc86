"""A department's own workbook, filled from the register: titles, notes, styles and lists of answers stay as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
from openpyxl.cell import MergedCell
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements
from wangge.forms.answers import written
from wangge.forms.form import Form
from wangge.forms.matching import Matched, match_forms
from wangge.forms.sheet import HeaderSheet, from_sheet
from wangge.forms.words import is_serial, is_today

PLENTY = 1_000_000  # rows of a sheet below whose header nothing stands


@dataclass(frozen=True)
class Unfilled:
    """A column (row 0) or a cell that stays empty, and the number of the reason. Rows count from 1 over all facts."""

    row: int
    column: str
    code: str
    element: str = ""


@dataclass(frozen=True)
class Filled:
    """The workbooks in their order: more than one where the template has no room for all rows."""

    books: list[bytes]
    unfilled: list[Unfilled]
    rows: int
    columns: dict[str, str] = field(default_factory=dict)  # header -> element, of the columns that were filled


@dataclass(frozen=True)
class Column:
    """A column of the template: where it stands, what it takes, and how its answers are written."""

    at: int  # from 0
    label: str
    element: str
    options: tuple[str, ...]
    what: str  # element, serial, today or nothing
    code: str = ""  # why it stays empty


def fill(
    template: bytes, sheet: HeaderSheet, facts: pa.Table, file: str, filled_on: date | None,
    confirmed: Mapping[str, str] | None = None,
) -> Filled:  # fmt: skip
    """Fill the rows below the header, one a row of `facts`, whose columns are named by elements and hold text.

    Only columns whose element is certain, or confirmed by a person ({header: element}), are filled; no row or column is
    added, so that the office's own reader still takes the file. Raises E3810 (no header), E3857 (no workbook that can be
    kept as it is), E3858 (facts with a column that is no element).
    """
    strange = [name for name in facts.column_names if name not in elements()]
    if strange:
        raise WanggeError("E3858", Where(file=file), column=strange[0])
    columns = columns_of(sheet, from_sheet(sheet, file, keep_codes=True), facts, confirmed or {})
    room = rooms(sheet)
    books, unfilled = [], [Unfilled(0, c.label, c.code, c.element) for c in columns if c.code]
    values = [_values(c, facts, filled_on, unfilled) for c in columns]
    for start in range(0, max(facts.num_rows, 1), len(room)):
        end = min(start + len(room), facts.num_rows)
        books.append(
            _book(template, sheet.name, file, [(c, v[start:end]) for c, v in zip(columns, values, strict=True)], room)
        )
    done = {c.label: c.element for c in columns if c.what == "element" and not c.code}
    return Filled(books, sorted(unfilled, key=lambda u: (u.row, u.column)), facts.num_rows, done)


def columns_of(sheet: HeaderSheet, form: Form, facts: pa.Table, confirmed: Mapping[str, str]) -> list[Column]:
    """What each column of the template takes, or why it takes nothing."""
    matched, verdicts = match_forms([form])
    refused = verdicts[0].verdict == "refuse"
    places = [j for j, leaf in enumerate(sheet.leaves) if leaf.strip()]
    return [_column(at, row, refused, facts, confirmed) for at, row in zip(places, matched, strict=True)]


def _column(at: int, row: Matched, refused: bool, facts: pa.Table, confirmed: Mapping[str, str]) -> Column:
    label, options = row.field.label, row.field.options
    element = confirmed.get(label, row.element)
    if row.fate == "banned" or (element in elements() and elements()[element].banned):
        return Column(at, label, element, options, "nothing", "E3853")
    if refused:
        return Column(at, label, element, options, "nothing", "E3855")
    if row.fate == "system":
        what = "serial" if is_serial(row.field) else "today" if is_today(row.field) else "nothing"
        return Column(at, label, "", options, what)
    if label not in confirmed and row.decision == "suggest":
        return Column(at, label, element, options, "nothing", "E3854")
    if not element:
        return Column(at, label, "", options, "nothing", "E3852")
    return Column(at, label, element, options, "element", "" if element in facts.column_names else "E3856")


def rooms(sheet: HeaderSheet) -> Sequence[int]:
    """Indices of the empty lines below the header, down to the notes; a filled one (a sample row) is kept as it is."""
    end = PLENTY
    boxes = [a for a, b, c, d in sheet.merged if a > sheet.at and d > b]
    notes = [i for i in range(sheet.at + 1, len(sheet.lines)) if _is_note(sheet.lines[i])]
    end = min([end, *boxes, *notes])
    taken = {i for i in range(sheet.at + 1, min(end, len(sheet.lines))) if any(c.strip() for c in sheet.lines[i])}
    if end == PLENTY:
        first = max([sheet.at, *taken]) + 1
        return range(first, PLENTY)
    return [i for i in range(sheet.at + 1, end) if i not in taken] or [end - 1]


def _is_note(line: Sequence[str]) -> bool:
    texts = {cell.strip() for cell in line if cell.strip()}
    return len(texts) == 1 and len(next(iter(texts))) > 4


def _values(column: Column, facts: pa.Table, filled_on: date | None, unfilled: list[Unfilled]) -> list[Any]:
    """The column's values in the template's writing; what cannot be written is told by its row."""
    n = facts.num_rows
    if column.what == "serial":
        return list(range(1, n + 1))
    if column.what == "today":
        return [filled_on] * n
    if column.what == "nothing" or column.code:
        return [None] * n
    given = facts[column.element].cast(pa.string()).to_pylist()
    known = {value: written(column.element, value, column.options) for value in set(given) if value}
    found = [known.get(value) if value else None for value in given]
    for i, (value, text) in enumerate(zip(given, found, strict=True), 1):
        if text is None:
            unfilled.append(Unfilled(i, column.label, "E3851" if value else "E3850", column.element))
    return found


def _book(
    template: bytes, sheet: str, file: str, columns: Sequence[tuple[Column, list[Any]]], room: Sequence[int]
) -> bytes:
    try:
        book = openpyxl.load_workbook(io.BytesIO(template), keep_vba=file.lower().endswith(".xlsm"), rich_text=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as why:
        raise WanggeError("E3857", Where(file=file), name=file) from why
    page = book[sheet]
    for column, values in columns:
        for line, value in zip(room, values, strict=False):
            if value is not None:
                _write(page, line + 1, column.at + 1, value)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _write(page: Worksheet, row: int, column: int, value: Any) -> None:
    """Numbers of people as text, so that none is rounded or becomes a formula; a day as a day where the cell shows days."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    shows_days = is_date_format(cell.number_format)
    if isinstance(value, int):
        cell.value = value
    elif isinstance(value, date) or (shows_days and _day(value)):
        day = value if isinstance(value, date) else _day(value)
        cell.value = day if shows_days else f"{day:%Y-%m-%d}"
    else:
        cell.value = value
        cell.data_type = "s"
        if cell.number_format == "General":
            cell.number_format = "@"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
