"""Numbered errors. Each says what happened, where, and what to do; none carries a personal value.

The numbers are grouped by stage: E1 intake, E2 quality, E3 identity, E4 geography, E5 exposure, E6 risk,
E7 dispatch, field and feedback, E8 publishing, sharing and policy, E9 the machine and its tables.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Entry:
    """One line of the error table: a stable code, what happened, what to do, in the three languages."""

    code: str
    what: dict[str, str]
    todo: dict[str, str]


@cache
def table() -> dict[str, Entry]:
    """The numbered table of user errors, read from errors.toml beside this file. -> {code: Entry}"""
    raw = tomllib.loads(resources.files(__package__).joinpath("errors.toml").read_text("utf-8"))
    return {code: Entry(code, row["what"], row["do"]) for code, row in raw.items()}


@dataclass(frozen=True)
class Where:
    """Where in a person's file it happened. Rows count from 1 as a spreadsheet shows them; 0 means unknown."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        parts = (self.file, self.sheet, f"row {self.row}" if self.row else "", self.column)
        return " / ".join(p for p in parts if p)


class WanggeError(Exception):
    """A failure a person can act on. `facts` fill the placeholders of the table's text: never personal values."""

    def __init__(self, code: str, where: Where | None = None, **facts: object) -> None:
        self.code, self.where, self.facts = code, where or Where(), facts
        super().__init__(self.text())

    def text(self, lang: str = "en") -> str:
        """One line: number, what happened, where, what to do, in `lang` (zh-hans, zh-hant or en)."""
        entry = table()[self.code]
        what, todo = (part.get(lang, part["en"]).format_map(_Facts(self.facts)) for part in (entry.what, entry.todo))
        place = f" [{self.where}]" if str(self.where) else ""
        return f"{self.code} {what}{place} -> {todo}"


class _Facts(dict[str, object]):
    """A missing fact shows its name instead of hiding the error behind a KeyError."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
