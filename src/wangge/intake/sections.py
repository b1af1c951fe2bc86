"""Several tables on one sheet: the one that fits is read, the others are named, their rows never mixed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.dictionary import normal_header, suggest
from wangge.intake.grid import Body
from wangge.intake.header import Header, mapped_names
from wangge.intake.mapping import ListMapping

AFTER_BLANK = 3  # lines below a blank one in which a new table may begin
MOST_SHOWN = 20


@dataclass
class Sections:
    """Which rows are ours; the others counted by table; lines that only repeat the header."""

    keep: np.ndarray
    others: list[dict[str, Any]] = field(default_factory=list)
    n_repeats: int = 0


def own_block(header: Header, given: ListMapping) -> tuple[Header, list[list[str]]]:
    """Tables side by side: blocks of names with an empty column between, that say the same name twice.

    -> (the header with the names of the best block only, names of the other blocks)
    """
    mapped = mapped_names(given)
    blocks = list(_blocks(header.names))
    keys = [{normal_header(header.leaves[i]) for i in b} | {normal_header(header.names[i]) for i in b} for b in blocks]
    best = max(range(len(blocks)), key=lambda k: (len(keys[k] & mapped), -k), default=0)
    other = [k for k in range(len(blocks)) if k != best and keys[k] & keys[best] & mapped]
    gone = {i for k in other for i in blocks[k]}
    names, leaves = ([("" if i in gone else c) for i, c in enumerate(cells)] for cells in (header.names, header.leaves))
    return replace(header, names=names, leaves=leaves), [[header.names[i] for i in blocks[k]] for k in other]


def _blocks(names: Sequence[str]) -> Iterator[list[int]]:
    block: list[int] = []
    for i, name in enumerate([*names, ""]):
        if name:
            block.append(i)
        elif block:
            yield block
            block = []


def split(body: Body, header: Header, given: ListMapping) -> Sections:
    """Find the lines below the header that are a header themselves, ours again or another table's."""
    n = len(body.numbers)
    sections = Sections(np.ones(n, bool))
    columns = list(body.columns)
    repeats = _repeats(body, header, columns)
    blank = _blank(body, columns)
    begins = {int(i): "" for i in repeats} | _strangers(body, blank, columns, repeats, given)
    marks = sorted(begins)
    for k, at in enumerate(marks):
        end = marks[k + 1] if k + 1 < len(marks) else n
        if not begins[at]:
            sections.keep[at] = False
            sections.n_repeats += 1
            continue
        start = _back_to_blank(body, blank, at)
        sections.keep[start:end] = False
        rows = int((~blank[at + 1 : end]).sum())
        sections.others.append({"line": int(header.at + 1 + body.numbers[at]), "headers": begins[at], "rows": rows})
    return sections


def _repeats(body: Body, header: Header, columns: Sequence[int]) -> np.ndarray:
    """Lines whose cells are the header's own and nothing else: a print-out repeats it on every page."""
    near = np.zeros(len(body.numbers), bool)
    for i in columns[:2]:  # of the first two columns at least one is filled in a header
        names = pa.array(sorted({f"{left}{name}{right}" for name in (header.names[i], header.leaves[i])
                                 for left in ("", " ") for right in ("", " ")}))  # fmt: skip
        near |= pc.is_in(body.columns[i], value_set=names).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(near)
    if not len(at):
        return at
    hits, filled = np.zeros((2, len(at)), np.int32)
    for i in columns:
        own = {normal_header(header.names[i]), normal_header(header.leaves[i])}
        cells = body.columns[i].take(pa.array(at)).to_pylist()
        hits += [bool(c) and normal_header(c) in own for c in cells]
        filled += [bool(c) for c in cells]
    least = max(2, (len(columns) + 1) // 2) if len(columns) > 1 else 1
    return np.asarray(at[(hits >= least) & (hits == filled)])


def _blank(body: Body, columns: Sequence[int]) -> np.ndarray:
    blank = np.ones(len(body.numbers), bool)
    for i in columns:
        blank &= pc.is_null(body.columns[i]).to_numpy(zero_copy_only=False)
    return blank


def _strangers(
    body: Body, blank: np.ndarray, columns: Sequence[int], repeats: np.ndarray, given: ListMapping
) -> dict[int, str]:
    """{row index: its names} of lines soon after a blank one in which words stand that are names of columns."""
    first = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1  # the line above is blank
    if not len(first):
        return {}
    is_near = np.zeros(len(blank), bool)
    for k in range(AFTER_BLANK):
        is_near[first[first + k < len(blank)] + k] = True
    is_near[repeats] = False
    near = np.flatnonzero(is_near & ~blank)
    mapped = mapped_names(given)
    found = {}
    cells = {i: body.columns[i].take(pa.array(near)).to_pylist() for i in columns}
    for k, row in enumerate(near):
        line = [str(cells[i][k]) for i in columns if cells[i][k]]
        known = sum(1 for c in line if normal_header(c) in mapped or suggest(c))
        if known >= 2 and 2 * known >= len(line):
            found[int(row)] = "、".join(line[:MOST_SHOWN])
    return found


def _back_to_blank(body: Body, blank: np.ndarray, at: int) -> int:
    """The title above another table's header belongs to it, and so do the blank lines that part it from ours."""
    start = at
    while start > 0 and not blank[start - 1] and sum(c[start - 1].is_valid for c in body.columns.values()) == 1:
        start -= 1
    if start > 0 and not blank[start - 1]:
        return at  # not a title but a row of ours stands there
    while start > 0 and blank[start - 1]:
        start -= 1
    return start
