"""Made-up lists in every mess offices make, and what a careful reader finds in them. Knows nothing of the reader."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl.utils import get_column_letter
from tests.intake_xlsb import write_xlsb

ELEMENTS = {
    "姓名": "person.name", "身份证号": "person.id_number", "电话": "person.phone", "住址": "person.address",
    "出生日期": "person.birth_date",
}  # fmt: skip
DECORATED = {"姓名": ["姓名", "姓　名", "姓名*", " 姓 名 "], "身份证号": ["身份证号", "身份证号（18位）"], "电话": ["电话", "电\n话"],
             "住址": ["住址", "住址[必填]"], "出生日期": ["出生日期"]}  # fmt: skip
OTHERS = ["序号", "备注", "民族", "采集员", "Ｎｏ．"]
TITLES = ["某区某街道人员登记表", "制表单位：某局", "（2026年11月）"]
TEXT_FORMATS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
BOOKS = ("openpyxl", "xlsxwriter", "xls", "ods", "xlsb")
FORMATS = (*BOOKS, "html", *TEXT_FORMATS, "zip")
NAME = st.text("张王李欧阳晓明丽甲乙丙𠮷·龘１２ab'’", min_size=1, max_size=5)
ODDITIES = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-3",
        "@x",
        "某里, 3号",
        "某里;3|号",
        "第一行\n第二行",
        '他说"好"',
        "'110101",
        "３－２",
        "a\tb",
        "<b>&amp;",
        "%00",
        "NULL",
        "NaN",
        "#N/A",
        "1e5",
    ]
)
PLACE = st.one_of(
    st.text("某里路街0123456789-号室#&<>　", min_size=1, max_size=12).filter(lambda t: t.strip()), ODDITIES
)
ID = st.from_regex(r"[1-6][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9Xx]", fullmatch=True)
DAY = st.dates(dt.date(1905, 1, 1), dt.date(2026, 11, 1))


@dataclass
class Made:
    """A file's content: lines of cells, and the truth about it."""

    lines: list[list[Any]]
    header_at: int
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    facts: dict[int, dict[str, str | None]] = field(default_factory=dict)  # line -> what the row says
    from_number: set[int] = field(default_factory=set)  # lines whose ID number is a number
    other_lines: set[int] = field(default_factory=set)  # of another table
    header_lines: set[int] = field(default_factory=set)  # that repeat the header
    kind: str = "utf-8"
    delimiter: str = ","


@st.composite
def sheets(draw: st.DrawFn, kind: str | None = None) -> Made:
    """One list in one format, with some of the messes."""
    kind = kind or draw(st.sampled_from(FORMATS))
    columns = draw(st.permutations([*ELEMENTS, *draw(st.lists(st.sampled_from(OTHERS), unique=True, max_size=3))]))
    made = Made([], 0, kind=kind, delimiter=draw(st.sampled_from(",\t;|")))
    for title in draw(st.lists(st.sampled_from(TITLES), max_size=3)):
        made.lines.append([title, *[None] * (len(columns) - 1)])
        if kind in BOOKS and draw(st.booleans()):
            made.merges.append((len(made.lines) - 1, 0, len(made.lines) - 1, len(columns) - 1))
    header = _header(draw, made, columns)
    # Dates and numbers as such only where the format has them.
    for _ in range(draw(st.integers(0, 12))):
        _row(draw, made, columns)
        what = draw(st.integers(0, 19))
        if what == 0:
            made.lines.append([None] * len(columns))
        elif what == 1:
            made.header_lines.add(len(made.lines))
            made.lines.append(list(header))
    _below(draw, made, columns)
    if kind in BOOKS:
        made.hidden = sorted(draw(st.sets(st.integers(0, len(columns) - 1), max_size=2)))
    return made


def _header(draw: st.DrawFn, made: Made, columns: list[str]) -> list[str]:
    names = [draw(st.sampled_from(DECORATED.get(c, [c]))) for c in columns]
    if made.kind in (*TEXT_FORMATS, "zip"):
        names = [n.replace("\n", "") for n in names]
    if draw(st.booleans()) or len(columns) < 4:
        made.header_at = len(made.lines)
        made.lines.append(list(names))
        return names
    at = draw(st.integers(1, len(columns) - 3))
    upper, lower = list(names), [None] * len(names)
    upper[at], upper[at + 1] = "联系与证件", None
    lower[at], lower[at + 1] = names[at], names[at + 1]
    top = len(made.lines)
    made.lines += [list(upper), list(lower)]
    if made.kind in BOOKS:
        made.merges += [
            (top, at, top, at + 1),
            *((top, j, top + 1, j) for j in range(len(names)) if j not in (at, at + 1)),
        ]
    made.header_at = top + 1
    return names


def _row(draw: st.DrawFn, made: Made, columns: list[str]) -> None:
    has_types = made.kind in BOOKS
    values: dict[str, Any] = {
        "姓名": draw(NAME), "身份证号": draw(st.none() | ID), "电话": draw(st.none() | st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)),
        "住址": draw(st.none() | PLACE), "出生日期": draw(st.none() | DAY),
    }  # fmt: skip
    shown: dict[str, Any] = dict(values)
    line = len(made.lines)
    if values["出生日期"] is not None and not (has_types and made.kind != "xlsb" and draw(st.booleans())):
        shown["出生日期"] = values["出生日期"].isoformat()
    if has_types and values["身份证号"] and values["身份证号"].isdecimal() and draw(st.integers(0, 3)) == 0:
        # What a spreadsheet keeps of 18 digits.
        values["身份证号"] = values["身份证号"][:15] + "000"
        shown["身份证号"] = float(values["身份证号"])
        made.from_number.add(line)
    if has_types and values["电话"] and draw(st.booleans()):
        shown["电话"] = float(values["电话"])
    values["出生日期"] = values["出生日期"] and values["出生日期"].isoformat()
    if made.kind == "html":
        values["住址"] = values["住址"] and " ".join(values["住址"].split(" ")).replace("\n", " ").replace(
            "\t", " "
        ).strip(" ")
    made.facts[line] = {ELEMENTS[name]: value for name, value in values.items()}
    others = {"序号": line, "备注": draw(st.sampled_from([None, "x"])), "民族": "甲", "采集员": "乙", "Ｎｏ．": None}
    made.lines.append([shown[c] if c in shown else others[c] for c in columns])


def _below(draw: st.DrawFn, made: Made, columns: list[str]) -> None:
    """What stands below the people: totals, notes, another table."""
    if draw(st.booleans()):
        line = [None] * len(columns)
        line[columns.index("姓名")] = draw(st.sampled_from(["合计", "合　计：3人", "制表人：乙"]))
        made.facts[len(made.lines)] = dict.fromkeys(ELEMENTS.values()) | {"person.name": line[columns.index("姓名")]}
        made.lines.append(line)
    if draw(st.integers(0, 4)) == 0:
        made.lines.append([None] * len(columns))
        begin = len(made.lines)
        made.lines.append(["表二", *[None] * (len(columns) - 1)])
        made.lines.append((["姓名", "证件类型", "电话", "性别", "住址"] * 2)[: len(columns)])
        made.lines += [[f"戊{k}{j}" for j in range(len(columns))] for k in range(draw(st.integers(1, 3)))]
        made.other_lines = set(range(begin, len(made.lines)))


def write(made: Made, folder: Path) -> Path:
    """The file, under a name that says nothing."""
    path = folder / "list.dat"
    if made.kind in TEXT_FORMATS:
        path.write_bytes(_text(made, made.kind))
    elif made.kind == "zip":
        with zipfile.ZipFile(path, "w") as pack:
            pack.writestr("名单.csv", _text(made, "utf-8"))
            pack.writestr("说明.pdf", b"%PDF-1.4")
    else:
        {"openpyxl": _openpyxl, "xlsxwriter": _xlsxwriter, "xls": _xls, "ods": _ods, "xlsb": _xlsb, "html": _html}[
            made.kind
        ](made, path)
    return path


def _text(made: Made, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=made.delimiter).writerows([["" if c is None else c for c in line] for line in made.lines])
    return out.getvalue().encode(encoding)


def _openpyxl(made: Made, path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    for i, line in enumerate(made.lines, 1):
        for j, value in enumerate(line, 1):
            if value is not None:
                cell = page.cell(i, j, value)
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
    for a, b, c, d in made.merges:
        if (a, b) != (c, d):
            page.merge_cells(start_row=a + 1, start_column=b + 1, end_row=c + 1, end_column=d + 1)
    for j in made.hidden:
        page.column_dimensions[get_column_letter(j + 1)].hidden = True
    book.create_sheet("旧").sheet_state = "hidden"
    book.save(path)


def _xlsxwriter(made: Made, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, day = book.add_worksheet("名单"), book.add_format({"num_format": "yyyy-mm-dd"})
        for i, line in enumerate(made.lines):
            for j, value in enumerate(line):
                if isinstance(value, dt.date):
                    page.write_datetime(i, j, dt.datetime.combine(value, dt.time()), day)
                elif isinstance(value, str):
                    page.write_string(i, j, value)
                elif value is not None:
                    page.write_number(i, j, value)
        for a, b, c, d in made.merges:
            if (a, b) != (c, d):
                page.merge_range(a, b, c, d, made.lines[a][b] or "")
        for j in made.hidden:
            page.set_column(j, j, None, None, {"hidden": True})


def _xls(made: Made, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page, day = book.add_sheet("名单", cell_overwrite_ok=True), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for a, b, c, d in made.merges:
        page.write_merge(a, c, b, d, "")
    for i, line in enumerate(made.lines):
        for j, value in enumerate(line):
            if value is not None:
                page.write(i, j, value, *([day] if isinstance(value, dt.date) else []))
    for j in made.hidden:
        page.col(j).hidden = True
    book.save(str(path))


def _ods(made: Made, path: Path) -> None:
    book, page = OpenDocumentSpreadsheet(), Table(name="名单")
    for j in range(max(map(len, made.lines))):
        page.addElement(TableColumn(**({"visibility": "collapse"} if j in made.hidden else {})))
    for line in made.lines:
        row = TableRow()
        for value in line:
            row.addElement(_ods_cell(value))
        page.addElement(row)
    book.spreadsheet.addElement(page)
    book.save(str(path))


def _ods_cell(value: Any) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, dt.date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, str):
        cell = TableCell(valuetype="string", stringvalue=value)
    else:
        cell = TableCell(valuetype="float", value=repr(value))
    cell.addElement(P(text=str(value)))
    return cell


def _xlsb(made: Made, path: Path) -> None:
    write_xlsb(path, made.lines, hidden=["旧"])


def _html(made: Made, path: Path) -> None:
    def cell(value: Any) -> str:
        return "<td>" + ("" if value is None else html.escape(str(value)).replace("\n", "<br>")) + "</td>"

    body = "\n".join("<tr>" + "".join(map(cell, line)) for line in made.lines)
    path.write_bytes(
        f'<html><meta charset="gb2312"><body><table border=1>{body}</table></body></html>'.encode("gb18030")
    )
