"""Rows back to their sender, who mends them and sends that very file again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from wangge.intake import REASON, ListMapping, Read, read, write_like

COLUMNS = {"姓名": "person.name", "联系/电话": "person.phone", "证件号码（18位）*": "person.id_number"}
GIVEN = ListMapping("x", COLUMNS)
EVIL = ["=1+1", "+1", "-1", "@SUM(1)", "\tx", '=HYPERLINK("x","y")']


@pytest.fixture
def source(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "名单"
    page.append(["某社区登记表"])
    page.append(["序号", "姓名", "联系", None, "民族", "证件号码（18位）*", "备注"])
    page.append([None, None, "电话", "地址"])
    for n, evil in enumerate(EVIL, 1):
        page.append([n, f"甲{n}", "13800000000", None, "乙", "110101199003071090"])
        page.cell(n + 3, 7, evil).data_type = "s"
    for box in ("A1:G1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "G2:G3"):
        page.merge_cells(box)
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def values(found: Read) -> list[list[str | None]]:
    return [list(row.values()) for row in found.rows.select(list(COLUMNS.values())).to_pylist()]


def test_the_layout_is_the_sender_s_with_one_more_column(source: Path, tmp_path: Path) -> None:
    assert write_like(source, tmp_path / "b.xlsx", [5, 2], ["五错", "二错"], listing=GIVEN) == 2
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["名单"]
    lines = [[c if c is not None else "" for c in line] for line in page.iter_rows(values_only=True)]
    assert lines[1] == ["序号", "姓名", "联系", "", "民族", "证件号码（18位）*", "备注", ""]
    assert lines[2] == ["", "", "电话", "地址", "", "", "", REASON]
    assert [line[-1] for line in lines[3:]] == ["五错", "二错"]
    assert [line[0] for line in lines[3:]] == ["5", "2"]
    assert "C2:D2" in {str(box) for box in page.merged_cells.ranges}


def test_banned_values_do_not_travel_back(source: Path, tmp_path: Path) -> None:
    write_like(source, tmp_path / "b.xlsx", [1], [""], listing=GIVEN)
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["名单"]
    assert [c.value for c in page["E"]] == [None, "民族", None, None]


def test_nothing_becomes_a_formula_or_a_number(source: Path, tmp_path: Path) -> None:
    write_like(source, tmp_path / "b.xlsx", range(1, 7), EVIL, listing=GIVEN)
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["名单"]
    assert [page.cell(n + 3, 7).value for n in range(1, 7)] == EVIL
    assert {c.data_type for line in page.iter_rows() for c in line if c.value is not None} == {"s"}
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "b.xlsx").read("xl/worksheets/sheet1.xml")


def test_the_same_mapping_reads_the_file_again(source: Path, tmp_path: Path) -> None:
    write_like(source, tmp_path / "b.xlsx", [1, 3], ["错", "错"], listing=GIVEN)
    before, again = read(source, GIVEN), read(tmp_path / "b.xlsx", GIVEN)
    assert values(again) == [values(before)[0], values(before)[2]]
    assert again.report.read == before.report.read
    assert set(again.report.ignored) == {*before.report.ignored, REASON}
    assert again.report.header_line == before.report.header_line


def test_a_text_file_and_a_zipped_set_come_back_too(tmp_path: Path) -> None:
    given = ListMapping("x", {"姓名": "person.name", "电话": "person.phone"})
    (tmp_path / "a.csv").write_bytes("表\n姓名,电话\n张晓明,1\n\n李四,=2\n".encode("gb18030"))
    write_like(tmp_path / "a.csv", tmp_path / "b.xlsx", [3], ["错"], listing=given)
    assert read(tmp_path / "b.xlsx", given).rows.column("person.phone").to_pylist() == ["=2"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr("a.csv", "姓名,电话\n张晓明,1\n李四,2\n")
        pack.writestr("b.csv", "电话,姓名\n3,王五\n4,赵六\n")
    rows = read(tmp_path / "a.zip", given).rows
    assert rows.column("row").to_pylist() == [1, 2, 3, 4]
    write_like(tmp_path / "a.zip", tmp_path / "b.zip", [2, 4], ["错", "错"], listing=given)
    assert read(tmp_path / "b.zip", given).rows.column("person.name").to_pylist() == ["李四", "赵六"]


def test_reasons_do_not_pile_up(source: Path, tmp_path: Path) -> None:
    write_like(source, tmp_path / "b.xlsx", [1, 2], ["错一", "错二"], listing=GIVEN)
    write_like(tmp_path / "b.xlsx", tmp_path / "c.xlsx", [2], ["还错"], listing=GIVEN)
    page = openpyxl.load_workbook(tmp_path / "c.xlsx")["名单"]
    assert [c.value for c in page["H"]][2:] == [REASON, "还错"]
    assert page.max_column == 8
