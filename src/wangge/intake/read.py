"""read(): the front door. What could harm the reader is parsed in a process of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from wangge.base.errors import WanggeError, Where
from wangge.intake.apart import read_apart
from wangge.intake.kinds import kind_of
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import Read
from wangge.intake.parse import read_here


def read(path: Path | str, given: ListMapping, batch: str = "", *, apart: bool | None = None) -> Read:
    """Read a file by its mapping: text, workbook, page or zipped set. The content tells which, not the name of the file.

    `batch` is stamped on every row: list, batch and row name a row where a list comes in several files. A text file is
    read here, for its size bounds its memory; everything else in a child process with limits. `apart` settles it.

    Raises E1001 (no spreadsheet), E1002 (empty), E1003 (a required column is missing), E1008 (other bytes than the
    encoding named), E1009 (no such sheet or member), E1013 (it would burst the reader), E1015 (it did), E1016 (it took
    too long), E1017 (the reader failed), E1018 (a password). A line with more cells than the header has names is held
    as E1012.
    """
    path = Path(path)
    if apart is None:
        apart = kind_of(_beginning(path)) not in ("text", "other")
    return read_apart(path, given, batch) if apart else read_here(path, given, batch)


def _beginning(path: Path) -> bytes:
    """Enough of a file to tell text from all else."""
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why


def digest(path: Path | str) -> str:
    """SHA-256 of the file's bytes in hex: tells a second upload of the same file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
