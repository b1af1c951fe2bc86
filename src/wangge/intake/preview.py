"""What a person sees before a file is read: its sheets, where the header stands, and the first lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import suggest
from wangge.dictionary.match import match
from wangge.intake.apart import run
from wangge.intake.gate import admit
from wangge.intake.grid import Grid, Room, any_room
from wangge.intake.header import Header, banned_name
from wangge.intake.kinds import kind_of, members_of, open_source
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import find_table
from wangge.intake.parse import bytes_of
from wangge.intake.report import Report
from wangge.intake.zipped import member_bytes

HEAD, SAMPLED, SAMPLES = 30, 200, 5
NO_MAPPING = ListMapping("", {})


@dataclass(frozen=True)
class SheetSize:
    """A sheet and how far it reaches: `n_rows` counts all its lines, titles and header too."""

    name: str
    hidden: bool
    n_rows: int
    n_columns: int


@dataclass(frozen=True)
class PreviewColumn:
    """A column of the chosen sheet. A banned one shows its reason and no sample."""

    index: int
    header: str
    samples: list[str]
    hidden: bool = False
    from_numbers: bool = False  # cells that are numbers and not text stand in it
    suggested: str = ""  # data element the header is, by its words or where the matcher is sure
    banned: str = ""


@dataclass(frozen=True)
class Preview:
    """One file before it is read. Lines count from 1, as the spreadsheet shows them."""

    file: str
    kind: str  # set, book, xml_book, page, archive or text
    files: list[str] = field(default_factory=list)  # members of a zipped set
    member: str = ""  # the one that is shown
    sheets: list[SheetSize] = field(default_factory=list)
    sheet: str = ""
    header_lines: list[int] = field(default_factory=list)
    columns: list[PreviewColumn] = field(default_factory=list)
    head: list[list[str]] = field(default_factory=list)  # the first 30 lines; cells of banned columns are empty
    encoding: str = ""
    notes: list[str] = field(default_factory=list)


def preview(path: Path | str, listing: ListMapping | None = None) -> Preview:
    """Look at a file in a child process. `listing` may settle member, sheet, header_row and encoding, and says which
    headers to look for; without it the dictionary's words find the header.

    Raises E1001, E1002, E1008, E1009, E1013, E1015 to E1018, as read does.
    """
    account, _ = run("preview", Path(path), listing or NO_MAPPING)
    return _again(account["preview"])


def _again(raw: dict[str, Any]) -> Preview:
    made: dict[str, Any] = {
        "sheets": [SheetSize(**one) for one in raw["sheets"]],
        "columns": [PreviewColumn(**one) for one in raw["columns"]],
    }
    return Preview(**raw | made)


def preview_here(path: Path, given: ListMapping, room: Room = any_room) -> Preview:
    """preview without its child process."""
    data, files, member = bytes_of(path), list[str](), ""
    kind = kind_of(data)
    if kind == "set":
        room(admit(data, Where(file=path.name)).content)
        parts = members_of(data)
        files = sorted(parts)
        member = given.member or _first_table(data, files)
        if member not in parts:
            raise WanggeError("E1009", Where(file=path.name), sheet=member, found="、".join(files))
        data = member_bytes(data, parts[member], member)
    source = open_source(data, given, member or path.name, room)
    report = Report(given.name, member or path.name)
    found = find_table(source, given, report)
    grid, header = found.grid, found.header
    columns = _columns(grid, header)
    return Preview(
        file=path.name, kind=kind, files=files, member=member,
        sheets=[SheetSize(s.name, s.hidden, *source.grid(s.name).size()) for s in source.sheets],
        sheet=grid.sheet, header_lines=list(range(header.first + 1, header.at + 2)), columns=columns,
        head=_head(grid, header, {c.index for c in columns if c.banned}), encoding=grid.encoding,
        notes=[*report.notes, *grid.notes],
    )  # fmt: skip


def _first_table(data: bytes, files: list[str]) -> str:
    """The first member that opens as a table."""
    parts = members_of(data)
    for name in files:
        try:
            if kind_of(member_bytes(data, parts[name], name)) != "other":
                return name
        except WanggeError:
            continue
    return files[0]


def _columns(grid: Grid, header: Header) -> list[PreviewColumn]:
    head = grid.head(header.at + 1 + SAMPLED)
    width = max([len(header.names), *(len(line) for line in head)])
    body = grid.body(header.at, len(header.names), list(range(width)))
    names = header.names + [""] * (width - len(header.names))
    leaves = Counter(header.leaves)
    columns = []
    for i, name in enumerate(names):
        cells = body.columns[i].slice(0, SAMPLED).to_pylist()
        samples = list(dict.fromkeys(c for c in cells if c))[:SAMPLES]
        banned = banned_name(name)
        numbers = i in body.from_number and bool(body.from_number[i].any())
        if name or samples:
            suggested = "" if banned else _suggested(name, header.leaves[i] if name else "", leaves, grid.sheet)
            shown = [] if banned else samples
            columns.append(PreviewColumn(i, name, shown, i in grid.hidden_columns, numbers, suggested, banned))
    return columns


def _suggested(name: str, leaf: str, leaves: Counter[str], title: str) -> str:
    """By the whole name, or by the lower one where no other column has it; else what the matcher is sure of.

    Serial numbers and the like are left unread.
    """
    known = suggest(name) or (suggest(leaf) if leaves[leaf] == 1 else None)
    if known:
        return "" if known.subject == "system" else known.name
    found = match(name, title=title) if name else None
    return found.element if found and found.decision == "auto" else ""


def _head(grid: Grid, header: Header, banned: set[int]) -> list[list[str]]:
    lines = grid.head(HEAD)
    return [[("" if j in banned and i > header.at else c) for j, c in enumerate(line)] for i, line in enumerate(lines)]
