"""Quotation marks that quote nothing: inches, half a pair, a pair that spans two people.

A stray mark swallows the rows below it until the next one. A line with an odd number of marks opens a cell with line
breaks or holds a stray one; which of the two, the number of cells tells.
"""

from __future__ import annotations

import csv
import io

import numpy as np

MOST_LINES = 60  # a real cell has fewer line breaks


def mend(data: bytes, delimiter: str, n_cells: int) -> tuple[bytes, int]:
    """-> (UTF-8 bytes in which every stray mark is quoted itself, number of lines mended)."""
    if b'"' not in data:
        return data, 0
    starts, odd = _lines(data)
    if not len(odd):
        return data, 0
    parts, done, mended, k = [], 0, 0, 0
    while k < len(odd):
        first, last = int(odd[k]), int(odd[k + 1]) if k + 1 < len(odd) else -1
        if last >= 0 and _is_one_row(data[starts[first] : starts[last + 1]], delimiter, n_cells, last - first):
            k += 2
            continue
        line = data[starts[first] : starts[first + 1]]
        parts += [data[done : starts[first]], _quoted(line, delimiter)]
        done, mended, k = int(starts[first + 1]), mended + 1, k + 1
    return b"".join([*parts, data[done:]]), mended


def _lines(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """-> (offset of each line and of the end, numbers of the lines with an odd number of marks)"""
    marks = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(marks == (b"\n" if b"\n" in data else b"\r")[0]) + 1
    starts = np.concatenate([[0], ends, [len(data)][: int(not len(ends) or ends[-1] != len(data))]])
    before = np.searchsorted(np.flatnonzero(marks == 34), starts)  # marks before each line
    return starts, np.flatnonzero(np.diff(before) % 2)


def _is_one_row(text: bytes, delimiter: str, n_cells: int, breaks: int) -> bool:
    """The lines are one row with a cell that has line breaks, and not rows that happen to hold a mark each."""
    if breaks > MOST_LINES:
        return False
    lines = text.decode("utf-8", "replace")
    try:
        rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    if len(rows) != 1 or len(rows[0]) > n_cells:
        return False
    each = [line.count(delimiter) + 1 for line in lines.rstrip("\r\n").splitlines()]
    return any(n != n_cells for n in each)


def _quoted(line: bytes, delimiter: str) -> bytes:
    """The line with its cells as they stand between the delimiters, marks and all."""
    text = line.decode("utf-8", "replace")
    body = text.rstrip("\r\n")
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=text[len(body) :]).writerow(
        body.split(delimiter)
    )
    return out.getvalue().encode()
