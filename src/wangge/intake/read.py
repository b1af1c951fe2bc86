"""read(): one file of one list -> rows, the account of its columns, and the rows nobody can place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.intake.book_grid import BookGrid
from wangge.intake.csv_grid import CsvGrid
from wangge.intake.grid import Body, Grid
from wangge.intake.header import columns_of, header_at, header_cells
from wangge.intake.mapping import ListMapping
from wangge.intake.report import Report
from wangge.tables.shapes import HELD_ROW, RAW_ROW

BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and its kin; .xls of the nineties
NO_TABLE = (b"%pdf", b"<html", b"<!doc", b"<?xml", b"{\\rtf")


@dataclass(frozen=True)
class Read:
    """`rows` has the shape of RAW_ROW, `held` of HELD_ROW: rows in the file = rows + held, always."""

    rows: pa.Table
    report: Report
    held: pa.Table = field(default_factory=HELD_ROW.empty)


def read(path: Path | str, given: ListMapping, batch: str = "") -> Read:
    """Read a CSV or a workbook by its mapping. The content tells what it is, not the name of the file.

    `batch` is stamped on every row: list, batch and row name a row where a list comes in several files.

    Raises E1001 (no spreadsheet), E1002 (empty), E1003 (a required column is missing), E1008 (other bytes than the
    encoding named), E1009 (no such sheet), E1013 (it would burst the reader). A line with more cells than the header has names is held as E1012.
    """
    path = Path(path)
    grid = _open(path, given)
    report = Report(given.name, path.name, grid.sheet, grid.encoding, other_sheets=grid.other_sheets)
    head = grid.head()
    if not any(cell.strip() for line in head for cell in line):
        raise WanggeError("E1002", Where(path.name, grid.sheet), name=path.name)
    at = header_at(head, given, path.name)
    report.header_line = at + 1
    cells = header_cells(head, at, given)
    places = columns_of(cells, given, report)
    body = grid.body(at, len(cells), sorted({i for found in places.values() for i in found}))
    report.notes += body.notes
    return _read(given, report, places, body, batch)


def digest(path: Path | str) -> str:
    """SHA-256 of the file's bytes in hex: tells a second upload of the same file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, given: ListMapping) -> Grid:
    try:
        data = path.read_bytes()
    except OSError as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why
    if not data.strip():
        raise WanggeError("E1002", Where(file=path.name), name=path.name)
    if data.startswith(BOOKS):
        return BookGrid(data, given, path.name)
    if data[:64].lstrip().lower().startswith(NO_TABLE):
        raise WanggeError("E1001", Where(file=path.name), name=path.name)
    return CsvGrid(data, given, path.name)


def _read(given: ListMapping, report: Report, places: dict[str, list[int]], body: Body, batch: str) -> Read:
    numbers = body.numbers.astype(np.int32)
    table = _place(given, report, numbers, batch)
    for element, found in places.items():
        table = table.append_column(element, _first_filled([body.columns[i] for i in found]))
    lost = np.isin(numbers, body.surplus)
    report.n_rows, report.n_held = len(numbers), int(lost.sum())
    if not report.n_held:
        return Read(RAW_ROW.hand_over(table), report)
    held = table.filter(pa.array(lost))
    held = held.append_column("element", pa.nulls(held.num_rows, pa.string()))
    held = held.append_column("code", pa.repeat("E1012", held.num_rows))
    return Read(RAW_ROW.hand_over(table.filter(pa.array(~lost))), report, HELD_ROW.hand_over(held))


def _place(given: ListMapping, report: Report, numbers: np.ndarray, batch: str) -> pa.Table:
    same = {"list": given.name, "batch": batch, "file": report.file, "sheet": report.sheet}
    columns = {name: pa.repeat(pa.scalar(value, pa.string()), len(numbers)) for name, value in same.items()}
    columns["row"] = pa.array(numbers)
    columns["line"] = pa.array(numbers + np.int32(report.header_line))
    columns["date_style"] = pa.repeat(pa.scalar(given.date_style, pa.string()), len(numbers))
    return pa.table(columns)


def _first_filled(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Where two columns hold one element, the first that is filled."""
    return columns[0] if len(columns) == 1 else pc.coalesce(*columns)
