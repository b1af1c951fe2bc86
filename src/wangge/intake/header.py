"""Where the header stands, of how many lines it is, and which column holds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements, normal_header, suggest
from wangge.intake.grid import Box
from wangge.intake.mapping import ListMapping, banned_because
from wangge.intake.report import Report

Head = Sequence[Sequence[str]]  # the first lines of the file, cells as text
LOOK_AHEAD = 40
MOST_LINES = 3  # of one header
KNOWN = 2  # words of the dictionary that make a line a header; one may stand in any row
VALUE = re.compile(r"\s*[\d.,:/年月日\-+%]+\s*")  # what stands below a header and not in it


@dataclass(frozen=True)
class Header:
    """`at` is the index of its last line, `first` of its first. `names` join the lines with '/', `leaves` do not."""

    at: int
    first: int
    names: list[str]
    leaves: list[str]


def find_header(head: Head, merged: Sequence[Box], given: ListMapping, file: str) -> Header:
    """The line where most mapped headers stand, then most known words; the first wins, of one header the last line.

    A header_row in the mapping (as the spreadsheet counts, from 1) settles it. Raises E1002 where there is no such line.
    """
    if given.header_row:
        if given.header_row > len(head):
            raise WanggeError("E1002", Where(file=file, row=given.header_row), name=file)
        return header_of(head, merged, given.header_row - 1)
    mapped = mapped_names(given)
    found = [header_of(head, merged, i) for i in range(len(head))]
    scores = [fit(one, mapped) for one in found]
    if not any(score[0] or score[1] >= KNOWN for score in scores):
        return _by_look(head, found)
    best = max(range(len(head)), key=lambda i: (scores[i], -i), default=0)
    while best + 1 < len(head) and found[best + 1].first <= best and scores[best + 1] >= scores[best]:
        best += 1
    return found[best]


def mapped_names(given: ListMapping) -> set[str]:
    """The headers of a mapping, as they are compared."""
    return {normal_header(h) for h in (*given.columns, *given.banned)} - {""}


def fit(header: Header, mapped: set[str]) -> tuple[int, int]:
    """How many columns are mapped, and how many the dictionary knows."""
    full, leaf = ({normal_header(c) for c in cells} - {""} for cells in (header.names, header.leaves))
    return len((full | leaf) & mapped), sum(1 for name in leaf if suggest(name))


def _by_look(head: Head, found: Sequence[Header]) -> Header:
    """Where no word is known: the first full line of different texts that are no numbers."""
    filled = [sum(1 for c in line if c.strip()) for line in head]
    for i, line in enumerate(head):
        texts = [c.strip() for c in line if c.strip()]
        if (
            filled[i] > 0.7 * max(filled)
            and len(set(texts)) > 0.8 * len(texts)
            and not any(map(VALUE.fullmatch, texts))
        ):
            return found[i]
    return found[next((i for i, n in enumerate(filled) if n), 0)] if found else Header(0, 0, [], [])


def header_of(head: Head, merged: Sequence[Box], at: int) -> Header:
    """The header whose last line is `at`, with the lines above that belong to it."""
    first = at
    while first and at - first < MOST_LINES - 1 and _belongs(head, merged, first - 1, first):
        first -= 1
    width = max((len(head[i]) for i in range(first, at + 1)), default=0)
    lines = [_spread(head, merged, i, width, i + 1 if i < at else -1) for i in range(first, at + 1)]
    columns = [_parts([line[j] for line in lines]) for j in range(width)]
    while columns and not columns[-1]:
        columns.pop()
    return Header(at, first, ["/".join(parts) for parts in columns], [parts[-1] if parts else "" for parts in columns])


def _parts(cells: Sequence[str]) -> list[str]:
    """The names of one column from above, a merged one once."""
    texts = [c.strip() for c in cells if c.strip()]
    return texts[:1] + [b for a, b in pairwise(texts) if a != b]


def _cell(line: Sequence[str], j: int) -> str:
    return line[j].strip() if j < len(line) else ""


def _belongs(head: Head, merged: Sequence[Box], upper: int, lower: int) -> bool:
    """Whether the line above is the upper part of a header: merged with it, or filling its gaps. A title is not."""
    width = max(len(head[upper]), len(head[lower]))
    above, below = ([_cell(head[i], j) for j in range(width)] for i in (upper, lower))
    if sum(1 for c in above if c) < 2 or any(VALUE.fullmatch(c) for c in below if c):
        return False
    if any(a <= upper and lower <= c and _cell(head[a], b) for a, b, c, _ in merged):
        return any(below)
    if any(a <= upper <= c < lower and b < d and sum(1 for j in range(b, d + 1) if _cell(head[lower], j)) > 1
           for a, b, c, d in merged):  # fmt: skip
        return True
    return any(a and not b for a, b in zip(above, below, strict=True)) and any(
        b and not a for a, b in zip(above, below, strict=True)
    )


def _spread(head: Head, merged: Sequence[Box], at: int, width: int, below: int) -> list[str]:
    """A line with merged cells filled. Without merged cells an upper name reaches over the gaps whose column is named."""
    line = [_cell(head[at], j) for j in range(width)]
    boxes = [box for box in merged if box[0] <= at <= box[2]]
    for a, b, _, d in boxes:
        for j in range(b, min(d + 1, width)):
            line[j] = line[j] or _cell(head[a], b)
    if below >= 0 and not boxes:
        for j in range(1, width):
            if not line[j] and _cell(head[below], j) and _cell(head[below], j - 1):
                line[j] = line[j - 1]
    return line


def columns_of(header: Header, given: ListMapping, report: Report) -> dict[str, list[int]]:
    """-> {element: column indices, the one that counts first}; the report tells the fate of each column.

    Raises E1003 where a required element has no column, or where no mapped column stands in the file at all.
    """
    full, leaf = _places(header.names), _places(header.leaves)
    found: dict[str, list[int]] = {}
    taken: set[int] = set()
    for name, element in given.columns.items():
        at = full.get(normal_header(name)) or _clear(name, leaf, header, report)
        if not at:
            report.missing.append(name)
            continue
        if reason := elements()[element].banned or next(filter(None, (banned_name(header.names[i]) for i in at)), ""):
            report.dropped[name] = reason
            taken.update(at)
            continue
        report.read[name] = element
        report.repeated += [name] * (len(at) > 1)
        found.setdefault(element, []).extend(i for i in at if i not in found.get(element, ()))
        taken.update(at)
    _left_over(header, taken, given, report)
    _demand(found, header, given, report)
    return found


def _places(names: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if normal_header(name):
            places.setdefault(normal_header(name), []).append(i)
    return places


def _clear(name: str, leaf: dict[str, list[int]], header: Header, report: Report) -> list[int]:
    """Columns of a lower name; none where it stands under different upper names, for then nobody can say which."""
    at = leaf.get(normal_header(name), [])
    if len({normal_header(header.names[i]) for i in at}) > 1:
        report.notes.append(f"ambiguous_header: {'、'.join(header.names[i] for i in at)}")
        return []
    return at


def _left_over(header: Header, taken: set[int], given: ListMapping, report: Report) -> None:
    told = {normal_header(h): reason for h, reason in given.banned.items()}
    seen: set[str] = set()
    for i, name in enumerate(header.names):
        key = normal_header(name)
        if i in taken or not key or key in seen:
            continue
        seen.add(key)
        reason = told.get(key) or told.get(normal_header(header.leaves[i])) or banned_name(name)
        if reason:
            report.dropped[name] = reason
        else:
            report.ignored.append(name)


def banned_name(name: str) -> str:
    """Why a column of this name may never be read; a joined name is banned by any of its parts."""
    return next((reason for part in (name, *name.split("/")) if (reason := banned_because(part))), "")


def _demand(found: dict[str, list[int]], header: Header, given: ListMapping, report: Report) -> None:
    lacking = [e for e in given.required if e not in found] or ([] if found else list(given.columns.values())[:1])
    if lacking:
        headers = [h for h, e in given.columns.items() if e == lacking[0]] or [elements()[lacking[0]].zh]
        raise WanggeError("E1003", Where(report.file, report.sheet, report.header_line), column=" / ".join(headers),
                          found="、".join(c for c in header.names if c) or "-")  # fmt: skip
