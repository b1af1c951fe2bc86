"""A department's workbook or CSV as a form: the header is the questions, notes below it say what may be answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import normal_header, suggest
from wangge.forms.form import MOST_FIELDS, Field, Form, checked
from wangge.forms.prose import options_in

VALUE = re.compile(r"[\d.,:/年月日\-+%\sxX]+")  # a figure, a date, a number: never the name of a column
KNOWN = 2  # words of the dictionary that make a line a header


@dataclass(frozen=True)
class HeaderSheet:
    """One sheet as `intake` read it. Lines and boxes count from 0; `first` to `at` are the lines of the header."""

    name: str
    lines: Sequence[Sequence[str]]
    first: int
    at: int
    names: Sequence[str]  # joined over the lines of the header with "/"
    leaves: Sequence[str]  # the lowest line alone
    merged: Sequence[tuple[int, int, int, int]] = field(default=())


def from_sheet(sheet: HeaderSheet, file: str, keep_codes: bool = False) -> Form:
    """The form a header makes; numbers of answers (1-男) are taken off unless they are kept.

    Raises E3810 (no header), E3815 (the header changes below), E3817 (a note lists answers that cannot be told apart),
    and what `checked` raises.
    """
    if len(sheet.names) > MOST_FIELDS:
        raise WanggeError("E3813", Where(file, sheet.name), n=len(sheet.names), limit=MOST_FIELDS)
    where = Where(file, sheet.name, sheet.at + 1)
    if not _is_header(sheet.leaves):
        raise WanggeError("E3810", where, name=file)
    _refuse_second_header(sheet, file)
    noted = options_in(_notes(sheet), [leaf for leaf in sheet.leaves if leaf], where, keep_codes)
    stem = file.rpartition(".")[0] or file
    return checked(Form(stem, _title(sheet) or stem, tuple(_fields(sheet, noted)), file=file, sheet=sheet.name))


def _is_header(leaves: Sequence[str]) -> bool:
    texts = [leaf for leaf in leaves if leaf.strip()]
    if len(texts) < KNOWN or len(set(texts)) < len(texts) / 2:
        return False
    values = sum(1 for text in texts if VALUE.fullmatch(text))
    known = sum(1 for text in texts if suggest(text))
    return values == 0 or known >= max(KNOWN, values)


def _fields(sheet: HeaderSheet, noted: dict[str, tuple[str, ...]]) -> list[Field]:
    found: list[Field] = []
    for name, leaf in zip(sheet.names, sheet.leaves, strict=True):
        if leaf.strip():
            group = name.rpartition("/")[0] if "/" in name and name.endswith(leaf) else ""
            required = "*" in leaf or "必填" in leaf
            options = noted.get(leaf) or own_options(leaf)
            found.append(Field(len(found) + 1, leaf.strip(), options=options, group=group, required=required))
    return found


BRACKETS = re.compile(r"[（(【\[]([^）)】\]]+)[）)】\]]")


def own_options(label: str) -> tuple[str, ...]:
    """Answers a label lists itself: 常住/流动/寄住, 性别（男/女）. Two names of one thing (护照/身份证号码) are none."""
    inside = BRACKETS.search(label)
    if inside and re.search(r"[/、|]", inside[1]):
        parts = [part.strip() for part in re.split(r"[/、|]", inside[1])]
        return tuple(parts) if all(0 < len(part) <= 12 for part in parts) else ()
    return ()


def _title(sheet: HeaderSheet) -> str:
    """The line above the header in which one text stands."""
    for line in reversed(sheet.lines[: sheet.first]):
        texts = list(dict.fromkeys(cell.strip() for cell in line if cell.strip()))
        if len(texts) == 1 and len(texts[0]) <= 60:
            return texts[0]
    return ""


def _notes(sheet: HeaderSheet) -> list[str]:
    """Lines of prose: above the header, and below it where a line holds one long text and no row."""
    found = []
    for i, line in enumerate(sheet.lines):
        texts = list(dict.fromkeys(cell.strip() for cell in line if cell.strip()))
        if not sheet.first <= i <= sheet.at and len(texts) == 1:
            found += texts[0].splitlines()
    return found


def _refuse_second_header(sheet: HeaderSheet, file: str) -> None:
    """Another line of column names below the header, with names of its own. A print-out's repeated header is none."""
    own = {normal_header(leaf) for leaf in sheet.leaves}
    for i in range(sheet.at + 1, len(sheet.lines)):
        cells = [cell.strip() for cell in sheet.lines[i] if cell.strip()]
        if len(cells) <= KNOWN or len(set(cells)) < len(cells):
            continue
        known = sum(1 for cell in cells if suggest(cell))
        strange = [cell for cell in cells if normal_header(cell) not in own]
        if known > KNOWN and 2 * known >= len(cells) and strange:
            raise WanggeError("E3815", Where(file, sheet.name, i + 1), header=sheet.at + 1)
