"""Text tables: comma, tab, semicolon or bar between the cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
from pyarrow import csv as pacsv

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import normal_header, suggest
from wangge.intake.decode import to_utf8
from wangge.intake.grid import Body, Box, Room, Sheet, any_room
from wangge.intake.header import LOOK_AHEAD
from wangge.intake.mapping import ListMapping
from wangge.intake.quotes import mend

DELIMITERS = ",\t;|"
HEAD_BYTES = 1 << 18
MOST_CELLS = 16384  # as many columns as a spreadsheet has


class Text:
    """A text file: one sheet without a name."""

    def __init__(self, data: bytes, given: ListMapping, file: str, room: Room = any_room) -> None:
        room(3 * len(data))
        self.sheets = [Sheet("")]
        self._grid = CsvGrid(data, given, file)

    def grid(self, sheet: str) -> CsvGrid:
        return self._grid


class CsvGrid:
    """A text file read as a whole; quoted cells may hold line breaks."""

    sheet = ""

    def __init__(self, data: bytes, given: ListMapping, file: str) -> None:
        self.file = file
        self.data, self.encoding, self.notes = to_utf8(data, given.encoding, file)
        self.merged: list[Box] = []
        self.hidden_columns: set[int] = set()
        self._text = self.data[:HEAD_BYTES].decode("utf-8", "ignore")
        widest = max(line.count(d) for line in self._text.split("\n", LOOK_AHEAD)[:LOOK_AHEAD] for d in DELIMITERS)
        if widest > MOST_CELLS:
            raise WanggeError("E1013", Where(file=file), reason=f"over {MOST_CELLS} columns")
        known = {normal_header(h) for h in given.columns}
        self.delimiter = max(DELIMITERS, key=lambda d: (*_fit(self._records(d), known), -DELIMITERS.index(d)))

    def _records(self, delimiter: str, most: int = LOOK_AHEAD * 2) -> list[tuple[int, list[str]]]:
        """The first records as (offset in bytes of the end, cells)."""
        lines = list(io.StringIO(self._text, newline=""))
        reader = csv.reader(lines, delimiter=delimiter)
        found, end, seen = [], 0, 0
        try:
            for cells in reader:
                end += sum(len(line.encode()) for line in lines[seen : reader.line_num])
                seen = reader.line_num
                found.append((end, cells))
                if len(found) > most:
                    break
        except csv.Error:  # a stray quote swallowed the rest: what was found so far is enough to find the header
            pass
        return found

    def size(self) -> tuple[int, int]:
        n = (
            self.data.count(b"\n") + (not self.data.endswith(b"\n"))
            if b"\n" in self.data
            else self.data.count(b"\r") + 1
        )
        return n, max((len(cells) for _, cells in self._records(self.delimiter)), default=0)

    def head(self, n: int = 0) -> list[list[str]]:
        return [cells for _, cells in self._records(self.delimiter, n or len(self._text))[: n or None]]

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        records = self._records(self.delimiter, max(header + LOOK_AHEAD, LOOK_AHEAD * 2))
        below = self.data[records[header][0] :].rstrip(b"\r\n")
        sizes = Counter(len(cells) for _, cells in records[header + 1 :] if cells)
        n_cells = max(sizes.most_common(1)[0][0] if sizes else width, 1)
        if n_cells > MOST_CELLS:
            raise WanggeError("E1013", Where(file=self.file), reason=f"{n_cells} columns")
        if not below:
            return Body({i: pa.chunked_array([], pa.string()) for i in wanted}, np.zeros(0, np.int64))
        return self._parsed(below, n_cells, width, wanted)

    def _parsed(self, below: bytes, n_cells: int, width: int, wanted: list[int]) -> Body:
        """Where rows are not lines, cells hold line breaks, or stray marks swallow rows: only then it is worth a look."""
        try:
            body = _parse(below, self.delimiter, n_cells, width, wanted, quote='"')
            if len(body.numbers) == below.count(b"\n" if b"\n" in below else b"\r") + 1:
                return body
        except pa.ArrowInvalid:
            body = None
        below, mended = mend(below, self.delimiter, n_cells)
        if body is not None and not mended:
            return body
        try:
            body = _parse(below, self.delimiter, n_cells, width, wanted, quote='"')
        except pa.ArrowInvalid:
            body = _parse(below, self.delimiter, n_cells, width, wanted, quote=False)
        return replace(body, notes=("quotes_ignored",))


def _fit(records: list[tuple[int, list[str]]], known: set[str]) -> tuple[int, int, int]:
    """How well a delimiter fits: mapped headers in one line, then known words, then lines of one and the same width."""
    lines = [{normal_header(c) for c in cells} for _, cells in records]
    mapped = max((len(line & known) for line in lines), default=0)
    words = max((sum(1 for c in line if c and suggest(c)) for line in lines[:LOOK_AHEAD]), default=0)
    widths = Counter(len(cells) for _, cells in records if len(cells) > 1)
    return mapped, words, widths.most_common(1)[0][1] if widths else 0


def _parse(data: bytes, delimiter: str, n_cells: int, width: int, wanted: list[int], quote: str | bool) -> Body:
    odd: list[tuple[int, str]] = []

    def keep(row: pacsv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [f"c{i}" for i in range(n_cells)]
    table = pacsv.read_csv(
        pa.BufferReader(data),
        # One thread and one block: only so does Arrow tell which row was odd.
        read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, quote_char=quote, newlines_in_values=bool(quote),
                                         ignore_empty_lines=False, invalid_row_handler=keep),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), include_columns=[f"c{i}" for i in wanted],
            include_missing_columns=True, strings_can_be_null=True, null_values=[""]),
    )  # fmt: skip
    return _with_odd_rows(table, odd, delimiter, width, wanted, quote)


def _with_odd_rows(
    table: pa.Table, odd: list[tuple[int, str]], delimiter: str, width: int, wanted: list[int], quote: str | bool
) -> Body:
    """Rows with fewer or more cells than most, put back in their places. Cells a short row lacks are empty."""
    columns = {i: table.column(f"c{i}").cast(pa.string()) for i in wanted}
    n = table.num_rows + len(odd)
    if not odd:
        return Body(columns, np.arange(1, n + 1))
    at = np.array([number for number, _ in odd])
    numbers = np.concatenate([np.setdiff1d(np.arange(1, n + 1), at), at])
    order = np.argsort(numbers, kind="stable")
    rows = [_cells(text, delimiter, quote) for _, text in odd]
    surplus = [number for (number, _), cells in zip(odd, rows, strict=True) if any(cells[width:])]
    for i in wanted:
        extra = pa.chunked_array([pa.array([(c[i] or None) if i < len(c) else None for c in rows], pa.string())])
        columns[i] = pa.chunked_array([*columns[i].chunks, *extra.chunks], pa.string()).take(pa.array(order))
    return Body(columns, numbers[order], np.array(surplus, np.int64))


def _cells(text: str, delimiter: str, quote: str | bool) -> list[str]:
    if not quote:
        return text.split(delimiter)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
