"""What happened to each column of a file: read, dropped because banned, ignored, missing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """The account of one file, by column. Row counts: n_rows = rows handed on + rows held by intake."""

    name: str
    file: str
    sheet: str = ""
    encoding: str = ""
    header_line: int = 0
    n_rows: int = 0
    n_held: int = 0
    read: dict[str, str] = field(default_factory=dict)  # header -> element
    dropped: dict[str, str] = field(default_factory=dict)  # header -> reason it is banned
    ignored: list[str] = field(default_factory=list)  # in the file, not in the mapping
    missing: list[str] = field(default_factory=list)  # in the mapping, not in the file
    repeated: list[str] = field(default_factory=list)  # headers that stand twice: the first filled one counts
    other_sheets: list[str] = field(default_factory=list)  # sheets of the workbook that were not read
    notes: list[str] = field(default_factory=list)
