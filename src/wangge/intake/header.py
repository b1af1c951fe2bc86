"""Where the header stands, and which column holds what."""

from __future__ import annotations

from collections.abc import Sequence

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements, normal_header, suggest
from wangge.intake.mapping import ListMapping, banned_because
from wangge.intake.report import Report

Head = Sequence[Sequence[str]]  # the first lines of the file, cells as text
LOOK_AHEAD = 40


def header_at(head: Head, given: ListMapping, file: str) -> int:
    """Index of the header in `head`: the line where most mapped headers stand, then most known ones, the first wins.

    A header_row in the mapping (as the spreadsheet counts, from 1) settles it.
    """
    if given.header_row:
        if given.header_row > len(head):
            raise WanggeError("E1002", Where(file=file, row=given.header_row), name=file)
        return given.header_row - 1
    mapped = {normal_header(h) for h in (*given.columns, *given.banned)}
    scores = [_score(header_cells(head, i, given), mapped) for i in range(len(head))]
    return max(range(len(head)), key=lambda i: (scores[i], -i), default=0)


def _score(cells: Sequence[str], mapped: set[str]) -> tuple[int, int]:
    names = {normal_header(c) for c in cells} - {""}
    return len(names & mapped), sum(1 for n in names if suggest(n))


def header_cells(head: Head, at: int, given: ListMapping) -> list[str]:
    """The header's cells. Under a merged cell the name stands in the line above: it is taken where it is mapped."""
    mapped = {normal_header(h) for h in (*given.columns, *given.banned)}
    cells = [c.strip() for c in head[at]]
    above = list(head[at - 1]) if at else []
    cells += [""] * (len(above) - len(cells))
    for i, name in enumerate(above):
        if not cells[i] and normal_header(name) in mapped:
            cells[i] = name.strip()
    while cells and not cells[-1]:
        cells.pop()
    return cells


def columns_of(cells: Sequence[str], given: ListMapping, report: Report) -> dict[str, list[int]]:
    """-> {element: column indices, the one that counts first}; the report tells the fate of each column.

    Raises E1003 where a required element has no column, or where no mapped column stands in the file at all.
    """
    places: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        if normal_header(cell):
            places.setdefault(normal_header(cell), []).append(i)
    found: dict[str, list[int]] = {}
    for header, element in given.columns.items():
        at = places.pop(normal_header(header), [])
        if not at:
            report.missing.append(header)
            continue
        report.read[header] = element
        report.repeated += [header] * (len(at) > 1)
        found.setdefault(element, []).extend(at)
    _left_over(cells, places, given, report)
    _demand(found, cells, given, report)
    return found


def _left_over(cells: Sequence[str], places: dict[str, list[int]], given: ListMapping, report: Report) -> None:
    mapped = {normal_header(h): reason for h, reason in given.banned.items()}
    for name, at in places.items():
        reason = mapped.get(name) or banned_because(cells[at[0]])
        if reason:
            report.dropped[cells[at[0]]] = reason
        else:
            report.ignored.append(cells[at[0]])


def _demand(found: dict[str, list[int]], cells: Sequence[str], given: ListMapping, report: Report) -> None:
    lacking = [e for e in given.required if e not in found] or ([] if found else list(given.columns.values())[:1])
    if lacking:
        headers = [h for h, e in given.columns.items() if e == lacking[0]] or [elements()[lacking[0]].zh]
        raise WanggeError("E1003", Where(report.file, report.sheet, report.header_line), column=" / ".join(headers),
                          found="、".join(c for c in cells if c) or "-")  # fmt: skip
