"""Rows of a file exactly as they stand in it, with the lines above them: what goes back to the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from wangge.base.errors import Where
from wangge.intake.gate import admit
from wangge.intake.grid import Box, Room, any_room
from wangge.intake.header import banned_name
from wangge.intake.kinds import kind_of, members_of, open_source
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import find_table
from wangge.intake.parse import bytes_of
from wangge.intake.report import Report
from wangge.intake.zipped import member_bytes, read_set

REASON = "wangge: 原因"


@dataclass(frozen=True)
class Lines:
    """Of one sheet: the lines down to the header, and the rows asked for as (row number, cells)."""

    file: str
    sheet: str
    head: list[list[str]]
    merged: list[Box]
    width: int
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def lines_here(path: Path, given: ListMapping, rows: Sequence[int], room: Room = any_room) -> list[Lines]:
    """The rows by number, of each member where the file is a set. Cells of banned columns are empty."""
    data = bytes_of(path)
    if kind_of(data) != "set":
        return [_lines(data, path.name, given, rows, 0, room)]
    room(admit(data, Where(file=path.name)).content)
    read = [m for m in read_set(data, path.name, given, "", room).report.members if m["read"]]
    starts = [m["first_row"] - 1 for m in read] + [2**31]
    parts = members_of(data)
    return [
        _lines(member_bytes(data, parts[m["file"]], m["file"]), m["file"], given, wanted, start, room)
        for m, start, end in zip(read, starts, starts[1:], strict=False)
        if (wanted := [r for r in rows if start < r <= end])
    ]


def _own_width(names: Sequence[str], width: int) -> int:
    """Columns up to the reasons of an earlier round, which do not go round again."""
    return next((i for i, name in enumerate(names) if name.startswith(REASON)), width)


def _lines(data: bytes, file: str, given: ListMapping, rows: Sequence[int], before: int, room: Room) -> Lines:
    found = find_table(open_source(data, given, file, room), given, Report(given.name, file))
    header, grid = found.header, found.grid
    head = grid.head(header.at + 1)
    width = _own_width(header.names, max((len(line) for line in head), default=0))
    head = [line[:width] for line in head]
    body = grid.body(header.at, width, list(range(width)))
    at = {int(n) + before: k for k, n in enumerate(body.numbers)}
    banned = {i for i, name in enumerate(header.names) if banned_name(name)}
    wanted = [r for r in rows if r in at]
    places = pa.array([at[r] for r in wanted], pa.int64())
    columns = [body.columns[i].take(places).to_pylist() for i in range(width)]
    cells = [["" if i in banned else columns[i][k] or "" for i in range(width)] for k in range(len(wanted))]
    merged = [box for box in grid.merged if box[2] <= header.at]
    return Lines(file, grid.sheet, head, merged, width, list(zip(wanted, cells, strict=True)))
