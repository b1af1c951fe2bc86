"""Every format offices send, and the messes in them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, Read, read
from wangge.intake.parse import read_here

COLUMNS = {"姓名": "person.name", "身份证号": "person.id_number", "电话": "person.phone", "住址": "person.address"}
GIVEN = ListMapping("x", COLUMNS)
HEADER = list(COLUMNS)
PEOPLE = [["张晓明", "11010119900307109X", "13800000000", "某里3号"], ["李四", "110101199003071090", None, "某路"]]


def cells(found: Read) -> list[list[Any]]:
    return [
        list(row.values())
        for row in found.rows.select([e for e in COLUMNS.values() if e in found.rows.column_names]).to_pylist()
    ]


def xlsx(path: Path, rows: list[list[Any]], **more: Any) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for box in more.get("merge", ()):
        book.active.merge_cells(box)
    for column in more.get("hide", ()):
        book.active.column_dimensions[column].hidden = True
    if more.get("mac"):
        book.epoch = CALENDAR_MAC_1904
    book.save(path)
    return path


def xls(path: Path, rows: list[list[Any]], hide: tuple[int, ...] = ()) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("名单")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is not None:
                page.write(i, j, cell)
    for j in hide:
        page.col(j).hidden = True
    book.save(str(path))
    return path


def ods(path: Path, rows: list[list[Any]], hide: tuple[int, ...] = ()) -> Path:
    book = OpenDocumentSpreadsheet()
    page = Table(name="名单")
    for j in range(len(rows[0])):
        page.addElement(TableColumn(**({"visibility": "collapse"} if j in hide else {})))
    for row in rows:
        line = TableRow()
        for cell in row:
            kind = (
                {"valuetype": "float", "value": str(cell)} if isinstance(cell, int | float) else {"valuetype": "string"}
            )
            made = TableCell(**(kind if cell is not None else {}))
            if cell is not None:
                made.addElement(P(text=str(cell)))
            line.addElement(made)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))
    return path


def html(path: Path, rows: list[list[Any]]) -> Path:
    lines = "".join("<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>" for row in rows)
    text = f'<html><head><meta charset="gb2312"><style>td {{}}</style></head><body><table>{lines}</table></body></html>'
    path.write_bytes(text.encode("gb18030"))
    return path


def tsv(path: Path, rows: list[list[Any]]) -> Path:
    path.write_bytes("\r\n".join("\t".join("" if c is None else str(c) for c in row) for row in rows).encode("gb18030"))
    return path


@pytest.mark.parametrize("write", [xlsx, xls, ods, html, tsv])
def test_the_content_tells_the_format_and_not_the_name(tmp_path: Path, write: Any) -> None:
    found = read(write(tmp_path / "a.xls", [["某区登记表", None, None, None], HEADER, *PEOPLE]), GIVEN)
    assert cells(found) == PEOPLE
    assert found.rows.column("line").to_pylist() == [3, 4]
    assert not any(found.rows.column("id_from_number").to_pylist())


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_a_number_from_a_number_cell_is_marked(tmp_path: Path, write: Any) -> None:
    rows = [
        HEADER,
        ["张晓明", 110101199003071, 13800000000, 3],
        ["李四", "110101199003071090", None, 1.5],
        ["王五", None, None, None],
    ]
    found = read_here(write(tmp_path / "a", rows), GIVEN)
    assert cells(found)[0] == ["张晓明", "110101199003071", "13800000000", "3"]
    assert cells(found)[1] == ["李四", "110101199003071090", None, "1.5"]
    assert found.rows.column("id_from_number").to_pylist() == [True, False, False]
    assert "id_from_number: 1" in found.report.notes


def test_a_number_that_reads_like_one_from_a_number_cell_is_marked(tmp_path: Path) -> None:
    found = read_here(
        tsv(tmp_path / "a.csv", [HEADER, ["张晓明", "4.4E+17", "", ""], ["李四", "440101199003071090", "", ""]]), GIVEN
    )
    assert found.rows.column("id_from_number").to_pylist() == [True, False]


@pytest.mark.parametrize(("write", "hide"), [(xlsx, "B"), (xls, (1,)), (ods, (1,))])
def test_hidden_columns_are_read_and_told(tmp_path: Path, write: Any, hide: Any) -> None:
    found = read_here(write(tmp_path / "a", [HEADER, *PEOPLE], hide=hide), GIVEN)
    assert found.report.hidden_columns == ["身份证号"]
    assert cells(found) == PEOPLE


def test_hidden_sheets_are_told_and_not_read_unless_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "旧"
    for name, who in (("旧", "李四"), ("新", "张晓明")):
        page = book[name] if name == "旧" else book.create_sheet(name)
        page.append(HEADER)
        page.append([who])
    book.active = 1
    book["旧"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = read_here(tmp_path / "a.xlsx", GIVEN)
    assert (found.report.sheet, found.report.hidden_sheets, found.report.other_sheets) == ("新", ["旧"], ["旧"])
    named = read_here(tmp_path / "a.xlsx", ListMapping("x", COLUMNS, sheet="旧"))
    assert (cells(named)[0][0], named.report.notes) == ("李四", ["hidden_sheet_read"])


def test_the_sheet_that_fits_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["填表说明"])
    page = book.create_sheet("名单")
    for row in (HEADER, *PEOPLE):
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    found = read_here(tmp_path / "a.xlsx", GIVEN)
    assert (found.report.sheet, found.report.other_sheets, cells(found)) == ("名单", ["Sheet"], PEOPLE)


@pytest.mark.parametrize("mac", [False, True])
def test_a_day_is_the_same_day_in_both_calendars_of_excel(tmp_path: Path, mac: bool) -> None:
    given = ListMapping("x", {"姓名": "person.name", "生日": "person.birth_date"})
    path = xlsx(tmp_path / "a.xlsx", [["姓名", "生日"], ["张晓明", dt.date(1990, 3, 7)]], mac=mac)
    assert read_here(path, given).rows.column("person.birth_date").to_pylist() == ["1990-03-07"]


def test_house_numbers_that_became_dates_are_told(tmp_path: Path) -> None:
    rows = [HEADER, ["张晓明", None, None, dt.date(2026, 3, 2)], ["李四", None, None, "3-2"]]
    found = read_here(xlsx(tmp_path / "a.xlsx", rows), GIVEN)
    assert found.report.notes == ["address_from_date: 1 (2)"]
    found = read_here(tsv(tmp_path / "a.tsv", [HEADER, ["张晓明", "", "", "3月2日"], ["李四", "", "", "2-Mar"]]), GIVEN)
    assert found.report.notes == ["address_from_date: 2 (2、3)"]


def test_formulas_give_their_value_and_those_without_one_are_told(tmp_path: Path) -> None:
    found = read_here(xlsx(tmp_path / "a.xlsx", [HEADER, ["张晓明", '="1"&"2"', None, "某里"]]), GIVEN)
    assert cells(found) == [["张晓明", None, None, "某里"]]
    assert found.report.notes == ["formula_without_value: 1"]


def test_a_header_of_two_lines_is_joined(tmp_path: Path) -> None:
    rows = [
        ["姓名", "证件", None, "联系", None],
        [None, "身份证号", "类型", "电话", "住址"],
        ["张晓明", "1", "2", "3", "4"],
    ]
    for path in (xlsx(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:C1", "D1:E1")), tsv(tmp_path / "a.tsv", rows)):
        found = read_here(path, GIVEN)
        assert (found.report.header_line, cells(found)) == (2, [["张晓明", "1", "3", "4"]])
        assert found.report.ignored == ["证件/类型"]
        found = read_here(path, ListMapping("x", {"姓名": "person.name", "证件/类型": "person.id_type"}))
        assert found.rows.column("person.id_type").to_pylist() == ["2"]


def test_one_name_under_two_upper_names_is_nobody_s_guess(tmp_path: Path) -> None:
    rows = [["户主", None, "成员", None], ["姓名", "电话", "姓名", "住址"], ["张晓明", "1", "李四", "某里"]]
    path = xlsx(tmp_path / "a.xlsx", rows, merge=("A1:B1", "C1:D1"))
    found = read_here(path, GIVEN)
    assert found.report.missing == ["姓名", "身份证号"]
    assert found.report.notes == ["ambiguous_header: 户主/姓名、成员/姓名"]
    found = read_here(path, ListMapping("x", {"成员/姓名": "person.name"}))
    assert found.rows.column("person.name").to_pylist() == ["李四"]


def test_columns_that_say_different_things_are_counted(tmp_path: Path) -> None:
    rows = [["姓名", "电话", "电话"], ["张晓明", "1", "2"], ["李四", None, "3"], ["王五", "4", "4"]]
    found = read_here(tsv(tmp_path / "a.tsv", rows), GIVEN)
    assert found.rows.column("person.phone").to_pylist() == ["1", "3", "4"]
    assert (found.report.repeated, found.report.conflicts) == (["电话"], {"person.phone": 1})


def test_a_header_repeated_on_every_page_is_no_row(tmp_path: Path) -> None:
    found = read_here(tsv(tmp_path / "a.tsv", [HEADER, PEOPLE[0], HEADER, PEOPLE[1]]), GIVEN)
    assert cells(found) == PEOPLE
    assert found.rows.column("line").to_pylist() == [2, 4]
    assert (found.report.n_rows, found.report.n_header_lines) == (2, 1)


def test_tables_below_each_other_are_never_mixed(tmp_path: Path) -> None:
    other = ["车牌号", "姓名", "证件类型", "电话"]
    rows = [
        ["表一"],
        HEADER,
        *PEOPLE,
        [],
        ["表二 车辆"],
        other,
        ["津A", "赵六", "", "1"],
        ["津B", "钱七", "", "2"],
        [],
        HEADER,
        PEOPLE[0],
    ]
    found = read_here(tsv(tmp_path / "a.tsv", rows), GIVEN)
    assert [row for row in cells(found) if any(row)] == [*PEOPLE, PEOPLE[0]]
    assert found.report.other_tables == [{"line": 7, "headers": "车牌号、姓名、证件类型、电话", "rows": 2}]


def test_the_table_that_fits_may_stand_far_down(tmp_path: Path) -> None:
    first = [["车牌号", "颜色"], *([f"津A{n}", "红"] for n in range(60)), [], HEADER, *PEOPLE]
    for path in (tsv(tmp_path / "a.tsv", first), xlsx(tmp_path / "a.xlsx", first)):
        found = read_here(path, GIVEN)
        assert (found.report.header_line, cells(found)) == (63, PEOPLE)


def test_tables_beside_each_other_are_never_mixed(tmp_path: Path) -> None:
    rows = [["姓名", "电话", None, "姓名", "电话"], ["张晓明", "1", None, "李四", "2"], [None, None, None, "王五", "3"]]
    found = read_here(xlsx(tmp_path / "a.xlsx", rows), GIVEN)
    assert found.rows.column("person.name").to_pylist() == ["张晓明", None]
    assert [t["headers"] for t in found.report.other_tables] == ["姓名、电话"]


@pytest.mark.parametrize("stray", ['"', '""', 'x"', '"x'])
def test_stray_marks_in_even_numbers_swallow_nobody(tmp_path: Path, stray: str) -> None:
    rows = [
        ["甲", "1", "2", f"{stray}某里"],
        ["乙", "1", "2", "某里"],
        ["丙", "1", "2", f"某里{stray}"],
        ["丁", "1", "2", '"某, 里"'],
    ]
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, [HEADER, *rows])), "utf-8")
    found = read_here(tmp_path / "a.csv", GIVEN)
    assert found.rows.column("person.name").to_pylist() == ["甲", "乙", "丙", "丁"]
    assert found.rows.column("person.address").to_pylist()[3] == "某, 里"


def test_a_cell_with_line_breaks_stays_one_cell(tmp_path: Path) -> None:
    text = '姓名,身份证号,电话,住址\n甲,,,"某里\n3号\n4室"\n乙,,,"某路, ""西""\n"\n'
    (tmp_path / "a.csv").write_text(text, "utf-8")
    found = read_here(tmp_path / "a.csv", GIVEN)
    assert found.rows.column("person.address").to_pylist() == ["某里\n3号\n4室", '某路, "西"\n']
    assert found.report.notes == []


TRADITIONAL = (
    "姓名,電話,住址\n陳大文,0912345678,臺北市中正區重慶南路一段一百二十二號\n林美麗,0922345678,高雄市左營區博愛二路七百七十七號\n"
    * 3
)


@pytest.mark.parametrize(
    ("encoding", "guessed"), [("big5", True), ("gb18030", False), ("utf-16-le", True), ("utf-16-be", True)]
)
def test_encodings_that_are_only_plausible_are_said_to_be_guessed(tmp_path: Path, encoding: str, guessed: bool) -> None:
    (tmp_path / "a.csv").write_bytes(TRADITIONAL.encode(encoding))
    found = read_here(tmp_path / "a.csv", ListMapping("x", {"姓名": "person.name", "電話": "person.phone"}))
    assert found.report.encoding == encoding
    assert found.rows.column("person.name").to_pylist()[0] == "陳大文"
    assert (f"encoding_guessed: {encoding}" in found.report.notes) == guessed


def test_a_zipped_set_is_read_member_by_member(tmp_path: Path) -> None:
    inner = xlsx(tmp_path / "b.xlsx", [HEADER, PEOPLE[1]]).read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr("甲.csv", ",".join(HEADER) + "\n" + "张晓明,,,\n,,,,多\n")
        pack.writestr("乙.xlsx", inner)
        pack.writestr("说明.txt", "x")
        pack.writestr("车.csv", "车牌号,颜色\n1,2\n")
    found = read(tmp_path / "a.zip", ListMapping("x", COLUMNS, required=("person.name",)), "b1")
    assert found.rows.select(["file", "row", "line"]).to_pylist() == [
        {"file": "乙.xlsx", "row": 1, "line": 2},
        {"file": "甲.csv", "row": 2, "line": 2},
    ]
    assert found.held.select(["file", "row", "code"]).to_pylist() == [{"file": "甲.csv", "row": 3, "code": "E1012"}]
    assert (found.report.n_rows, found.report.n_held) == (3, 1)
    assert {m["file"]: (m["read"], m["code"]) for m in found.report.members} == {
        "乙.xlsx": (True, ""), "甲.csv": (True, ""), "说明.txt": (False, "E1003"), "车.csv": (False, "E1003"),
    }  # fmt: skip
    one = read(tmp_path / "a.zip", ListMapping("x", COLUMNS, member="甲.csv"))
    assert one.rows.column("file").to_pylist() == ["甲.csv"]


def test_a_set_without_one_list_is_refused_and_names_the_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr("车.csv", "车牌号,颜色\n1,2\n")
    with pytest.raises(WanggeError) as caught:
        read(tmp_path / "a.zip", GIVEN)
    assert (caught.value.code, caught.value.where.file, caught.value.where.sheet) == ("E1003", "a.zip", "车.csv")


def test_names_of_members_packed_on_windows(tmp_path: Path) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        made.writestr("AAAA.csv", "姓名\n张晓明\n")
    (tmp_path / "a.zip").write_bytes(pack.getvalue().replace(b"AAAA", "名单".encode("gbk")))
    assert read(tmp_path / "a.zip", GIVEN).rows.column("file").to_pylist() == ["名单.csv"]


def test_a_mapping_made_by_hand_cannot_read_a_banned_column(tmp_path: Path) -> None:
    found = read_here(
        tsv(tmp_path / "a", [["姓名", "民族"], ["张晓明", "甲"]]),
        ListMapping("x", {"姓名": "person.name", "民族": "person.address"}),
    )
    assert list(found.report.dropped) == ["民族"]
    assert "person.address" not in found.rows.column_names
