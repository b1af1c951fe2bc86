"""A file looked at for its questions and not for its rows: every sheet's lines, and where its header stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wangge.base.errors import WanggeError, Where
from wangge.intake.apart import run
from wangge.intake.grid import Box, Room, any_room
from wangge.intake.header import LOOK_AHEAD, find_header
from wangge.intake.kinds import kind_of, open_source
from wangge.intake.mapping import ListMapping
from wangge.intake.parse import bytes_of
from wangge.intake.preview import NO_MAPPING

MOST_LINES = 5000  # of a sheet; the notes of a template stand near its header


@dataclass(frozen=True)
class Paper:
    """One visible sheet. Lines count from 0; `first` to `at` are those of the header, `names` join them with "/"."""

    sheet: str
    lines: list[list[str]]
    merged: list[Box]
    first: int
    at: int
    names: list[str]
    leaves: list[str]


def papers(path: Path | str) -> list[Paper]:
    """Every visible sheet that holds something, read in a child process. The lines may hold rows of people: they are
    for finding notes and are not to be kept.

    Raises E1001, E1002, E1008, E1013, E1015 to E1018, as read does.
    """
    account, _ = run("papers", Path(path), NO_MAPPING)
    return [Paper(**one | {"merged": [_box(box) for box in one["merged"]]}) for one in account["papers"]]


def _box(raw: list[int]) -> Box:
    a, b, c, d = raw
    return a, b, c, d


def papers_here(path: Path, given: ListMapping, room: Room = any_room) -> list[Paper]:
    """papers without its child process."""
    data = bytes_of(path)
    if kind_of(data) == "set":
        raise WanggeError("E1001", Where(file=path.name), name=path.name)
    source = open_source(data, given, path.name, room)
    found = []
    for sheet in source.sheets:
        grid = source.grid(sheet.name)
        lines = grid.head(MOST_LINES)
        if sheet.hidden or not any(cell.strip() for line in lines for cell in line):
            continue
        header = find_header(lines[:LOOK_AHEAD], grid.merged, given, path.name)
        found.append(Paper(sheet.name, lines, grid.merged, header.first, header.at, header.names, header.leaves))
    if not found:
        raise WanggeError("E1002", Where(file=path.name), name=path.name)
    return found
