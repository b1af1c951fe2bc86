"""What the reader does with a file, wherever it runs: in this process or in one of its own."""

from __future__ import annotations

from pathlib import Path

from wangge.base.errors import WanggeError, Where
from wangge.intake.grid import Room, any_room
from wangge.intake.kinds import kind_of
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import Read, read_data
from wangge.intake.zipped import read_set


def bytes_of(path: Path) -> bytes:
    """The file. Raises E1001 where it cannot be opened, E1002 where it is empty."""
    try:
        data = path.read_bytes()
    except OSError as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why
    if not data.strip():
        raise WanggeError("E1002", Where(file=path.name), name=path.name)
    return data


def read_here(path: Path, given: ListMapping, batch: str = "", room: Room = any_room) -> Read:
    """intake.read without its child process."""
    data = bytes_of(path)
    if kind_of(data) == "set":
        return read_set(data, path.name, given, batch, room)
    return read_data(data, path.name, given, batch, room)
