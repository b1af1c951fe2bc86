"""Rows back to their sender: a workbook laid out as the file was, with one more column that says what is wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from wangge.intake.apart import run
from wangge.intake.lines import REASON
from wangge.intake.mapping import ListMapping
from wangge.intake.preview import NO_MAPPING

NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def write_like(
    path: Path | str, out: Path | str, rows: Sequence[int], reasons: Sequence[str], column: str = REASON,
    listing: ListMapping | None = None,
) -> int:  # fmt: skip
    """Write the rows with these numbers, in this order, to `out`; every cell as text, so that none becomes a formula,
    a date or a rounded number. The lines above the header come along: the same mapping reads the file again, and
    the column of reasons is one it does not know. A zipped set gives a zip of workbooks. -> rows written

    Cells of banned columns stay empty. Raises what read raises of the file.
    """
    if len(rows) != len(reasons):
        raise ValueError("one reason a row")
    account, _ = run("lines", Path(path), listing or NO_MAPPING, rows=[int(r) for r in rows])
    why = dict(zip(map(int, rows), reasons, strict=True))
    parts = account["lines"]
    books = [(part["file"], _book(part, why, column)) for part in parts]
    if len(books) == 1 and books[0][0] == Path(path).name:
        Path(out).write_bytes(books[0][1])
    else:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, book in zip(_member_names([name for name, _book in books]), books, strict=True):
                pack.writestr(name, book[1])
    return sum(len(part["rows"]) for part in parts)


def _member_names(names: Sequence[str]) -> list[str]:
    """名单.csv becomes 名单.xlsx, unless another member becomes that too: then it keeps its whole name before .xlsx."""
    short = [str(Path(name).with_suffix(".xlsx")) for name in names]
    return [one if short.count(one) == 1 else f"{name}.xlsx" for name, one in zip(names, short, strict=True)]


def _book(part: dict[str, Any], why: dict[int, str], column: str) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, PLAIN)
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"num_format": "@", "bold": True})
    page = book.add_worksheet(NO_SHEET_NAME.sub(" ", part["sheet"])[:31].strip("' ") or "Sheet1")
    for i, line in enumerate(part["head"]):
        for j, cell in enumerate(line):
            if cell:
                page.write_string(i, j, cell, bold)
    for a, b, c, d in part["merged"]:
        if (a, b) != (c, d) and a < len(part["head"]):
            page.merge_range(a, b, c, d, _at(part["head"], a, b), bold)
    below, last = len(part["head"]), part["width"]
    if last and _at(part["head"], below - 1, last - 1) == column:
        last -= 1  # the file came back with reasons before: the new ones take their place
    page.write_string(below - 1, last, column, bold)
    for k, (row, cells) in enumerate(part["rows"]):
        for j, cell in enumerate(cells[:last]):
            if cell:
                page.write_string(below + k, j, cell, text)
        page.write_string(below + k, last, why[row], text)
    page.set_column(0, max(last - 1, 0), 18)
    page.set_column(last, last, 40)
    page.freeze_panes(below, 0)
    book.close()
    return file.getvalue()


def _at(head: list[list[str]], line: int, column: int) -> str:
    return head[line][column] if line < len(head) and column < len(head[line]) else ""
