"""One file of one list -> rows, the account of its columns, and the rows nobody can place. Runs where it is called."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.intake.grid import Body, Grid, Room, Source
from wangge.intake.header import LOOK_AHEAD, Header, columns_of, find_header, fit, mapped_names
from wangge.intake.kinds import open_source
from wangge.intake.mapping import ListMapping
from wangge.intake.report import Report
from wangge.intake.sections import own_block, split
from wangge.tables.shapes import HELD_ROW, RAW_ROW

ID, ADDRESSES = "person.id_number", ("person.address", "address.")
LONGEST_DATE = 14  # bytes
EXPONENT = r"^\s*\d(?:\.\d+)?[eE]\+?\d{1,2}\s*$"
LIKE_DATE = r"^\s*(?:\d{1,2}月\d{1,2}日|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{1,2})\s*$"


@dataclass(frozen=True)
class Read:
    """`rows` has the shape of RAW_ROW, `held` of HELD_ROW: rows in the file = rows + held, always."""

    rows: pa.Table
    report: Report
    held: pa.Table = field(default_factory=HELD_ROW.empty)


@dataclass(frozen=True)
class Found:
    """A sheet with its header, ready to be read."""

    grid: Grid
    header: Header
    other_blocks: list[list[str]]


def read_data(data: bytes, file: str, given: ListMapping, batch: str, room: Room, before: int = 0) -> Read:
    """Read one file's bytes; its rows are counted on from `before`."""
    source = open_source(data, given, file, room)
    report = Report(given.name, file)
    found = find_table(source, given, report)
    places = columns_of(found.header, given, report)
    hidden = found.grid.hidden_columns
    report.hidden_columns = [name for i, name in enumerate(found.header.names) if i in hidden and name]
    body = found.grid.body(found.header.at, len(found.header.names), sorted({i for at in places.values() for i in at}))
    report.notes += [*found.grid.notes, *body.notes]
    body = _own_rows(body, found, given, report)
    return _read(given, report, places, body, batch, before)


def find_table(source: Source, given: ListMapping, report: Report) -> Found:
    """The sheet, and on it the header, that fit the mapping best; the first wins. Hidden sheets only by name.

    Raises E1002 (nothing in it), E1009 (no such sheet).
    """
    names = [s.name for s in source.sheets]
    if given.sheet and given.sheet not in names:
        raise WanggeError("E1009", Where(file=report.file), sheet=given.sheet, found="、".join(names) or "-")
    hidden = [s.name for s in source.sheets if s.hidden]
    seen = [given.sheet] if given.sheet else [n for n in names if n not in hidden]
    best: tuple[tuple[int, int], Grid, Header] | None = None
    for name in seen:
        grid = source.grid(name)
        header = _header_on(grid, given, report.file)
        if header is None:
            continue
        mapped = mapped_names(given)
        score = fit(header, mapped)
        score = (score[0], 0) if mapped else score  # with a mapping only its names count, and the first sheet wins
        if best is None or score > best[0]:
            best = score, grid, header
        if mapped and score[0] == len(mapped):
            break
    if best is None:
        raise WanggeError("E1002", Where(report.file, given.sheet), name=report.file)
    _, grid, header = best
    report.sheet, report.encoding, report.header_line = grid.sheet, grid.encoding, header.at + 1
    report.other_sheets = [n for n in names if n != grid.sheet]
    report.hidden_sheets = [n for n in hidden if n != grid.sheet]
    report.notes += ["hidden_sheet_read"] * (grid.sheet in hidden)
    header, others = own_block(header, given)
    return Found(grid, header, others)


def _header_on(grid: Grid, given: ListMapping, file: str) -> Header | None:
    """The header on a sheet; it is looked for far down only where the first lines hold none of the mapped names."""
    head = grid.head(max(LOOK_AHEAD, given.header_row))
    if not any(cell.strip() for line in head for cell in line) and grid.size()[0] <= LOOK_AHEAD:
        return None
    header = find_header(head, grid.merged, given, file)
    if given.header_row or not given.columns or fit(header, mapped_names(given))[0]:
        return header
    whole = grid.head()
    mapped = mapped_names(given)
    words = {h.strip() for h in given.columns}
    near = [i for i, line in enumerate(whole) if not words.isdisjoint(c.strip() for c in line)]
    if not near:
        return header if any(c.strip() for line in head for c in line) or whole else None
    at = max(near[:1000], key=lambda i: sum(1 for c in whole[i] if c.strip() in words))
    start = max(at - 3, 0)
    found = find_header(
        whole[start : at + 2], [(a - start, b, c - start, d) for a, b, c, d in grid.merged], given, file
    )
    if not fit(found, mapped)[0]:
        return header
    return Header(found.at + start, found.first + start, found.names, found.leaves)


def _own_rows(body: Body, found: Found, given: ListMapping, report: Report) -> Body:
    """Leave out other tables and repeated headers; both are told."""
    sections = split(body, found.header, given)
    for names in found.other_blocks:
        report.other_tables.append(
            {"line": found.header.at + 1, "headers": "、".join(names), "rows": len(body.numbers)}
        )
    report.other_tables += sections.others
    report.n_header_lines = sections.n_repeats
    if sections.keep.all():
        return body
    keep = pa.array(sections.keep)
    return Body(
        {i: column.filter(keep) for i, column in body.columns.items()},
        body.numbers[sections.keep],
        np.intersect1d(body.surplus, body.numbers[sections.keep]),
        body.notes,
        {i: flags[sections.keep] for i, flags in body.from_number.items()},
        {i: flags[sections.keep] for i, flags in body.from_date.items()},
    )


def _read(
    given: ListMapping, report: Report, places: dict[str, list[int]], body: Body, batch: str, before: int
) -> Read:
    numbers = body.numbers.astype(np.int32)
    table = _place(given, report, numbers, batch, before)
    table = table.append_column("id_from_number", pa.array(_id_from_number(places.get(ID, []), body, report)))
    for element, found in places.items():
        table = table.append_column(element, _first_filled(element, [body.columns[i] for i in found], report))
        if element.startswith(ADDRESSES):
            _note_dates(found, body, report)
    lost = np.isin(body.numbers, body.surplus)
    report.n_rows, report.n_held = len(numbers), int(lost.sum())
    if not report.n_held:
        return Read(RAW_ROW.hand_over(table), report)
    held = table.filter(pa.array(lost))
    held = held.append_column("element", pa.nulls(held.num_rows, pa.string()))
    held = held.append_column("code", pa.repeat("E1012", held.num_rows))
    return Read(RAW_ROW.hand_over(table.filter(pa.array(~lost))), report, HELD_ROW.hand_over(held))


def _place(given: ListMapping, report: Report, numbers: np.ndarray, batch: str, before: int) -> pa.Table:
    same = {"list": given.name, "batch": batch, "file": report.file, "sheet": report.sheet}
    columns = {name: pa.repeat(pa.scalar(value, pa.string()), len(numbers)) for name, value in same.items()}
    columns["row"] = pa.array(numbers + np.int32(before))
    columns["line"] = pa.array(numbers + np.int32(report.header_line))
    columns["date_style"] = pa.repeat(pa.scalar(given.date_style, pa.string()), len(numbers))
    return pa.table(columns)


def _id_from_number(found: list[int], body: Body, report: Report) -> np.ndarray:
    """Rows whose ID number stood in a number cell, or reads like one that did (4.4E+17)."""
    flags = np.zeros(len(body.numbers), bool)
    open_ = np.ones(len(body.numbers), bool)
    for i in found:
        column = body.columns[i]
        filled = pc.is_valid(column).to_numpy(zero_copy_only=False) & open_
        like = _matches(column, pc.or_(pc.match_substring(column, "E"), pc.match_substring(column, "e")), EXPONENT)
        flags |= filled & (like | body.from_number.get(i, False))
        open_ &= ~filled
    if flags.any():
        report.notes.append(f"id_from_number: {int(flags.sum())}")
    return flags


def _matches(column: pa.ChunkedArray, may: pa.ChunkedArray, pattern: str) -> np.ndarray:
    """Rows that match a pattern; `may` is a cheap test that spares most rows the dear one."""
    flags = pc.fill_null(may, False).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(flags)
    if len(at):
        flags = np.zeros(len(column), bool)
        flags[at] = pc.match_substring_regex(column.take(pa.array(at)), pattern).to_numpy(zero_copy_only=False)
    return np.asarray(flags)


def _first_filled(element: str, columns: list[pa.ChunkedArray], report: Report) -> pa.ChunkedArray:
    """Where several columns hold one element, the first that is filled; where they differ, that is told."""
    first = columns[0]
    for other in columns[1:]:
        differ = pc.sum(pc.not_equal(first, other)).as_py() or 0
        if differ:
            report.conflicts[element] = report.conflicts.get(element, 0) + differ
        first = pc.coalesce(first, other)
    return first


def _note_dates(found: list[int], body: Body, report: Report) -> None:
    """House numbers that a spreadsheet took for dates: 3-2 becomes the 2nd of March."""
    for i in found:
        like = _matches(body.columns[i], pc.less_equal(pc.binary_length(body.columns[i]), LONGEST_DATE), LIKE_DATE)
        rows = body.numbers[like | body.from_date.get(i, np.zeros(len(body.numbers), bool))]
        if len(rows):
            lines = "、".join(str(report.header_line + int(n)) for n in rows[:5])
            report.notes.append(f"address_from_date: {len(rows)} ({lines})")
