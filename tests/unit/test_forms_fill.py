"""A department's own workbook filled from the register: what stays as it was, what is written, what is listed."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.styles import Font, PatternFill

from wangge.__main__ import main
from wangge.base.errors import WanggeError
from wangge.commands.fill import sheet_of
from wangge.forms import Filled, fill
from wangge.forms.answers import written

DAY = date(2026, 3, 4)
NOTE = "注意：\n1、证件类型取值：身份证、护照、其他\n2、性别：1-男；2-女；9-未说明\n3、不要增删行列"
HEADER = ["序号", "姓名", "性别", "证件类型", "身份证号", "电话", "民族", "口味偏好", "填报日期"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A title over all columns, a header, three empty lines, a note in a merged block."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "清单"
    page.append(["人员清单"])
    page.append(HEADER)
    for row in (3, 4, 5):
        page.cell(row, 9).number_format = "yyyy-mm-dd"
    page["A6"] = NOTE
    page.merge_cells("A1:I1")
    page.merge_cells("A6:I8")
    page["A1"].font = Font(size=20, bold=True)
    page["B2"].fill = PatternFill("solid", "FFFF00")
    page.column_dimensions["E"].width = 33
    other = book.create_sheet("说明")
    other["A1"] = "填写前请阅读"
    book.save(tmp_path / "清单.xlsx")
    return tmp_path / "清单.xlsx"


def people(n: int = 2, **more: list[str | None]) -> pa.Table:
    rows: dict[str, list[Any]] = {
        "person.name": [f"测试{i}" for i in range(n)], "person.sex": [str(1 + i % 2) for i in range(n)],
        "person.id_type": ["身份证"] * n, "person.id_number": [f"11010119900101{i:04d}" for i in range(n)],
        "person.phone": [f"1380000{i:04d}" for i in range(n)],
    }  # fmt: skip
    return pa.table(rows | more)


def filled(path: Path, facts: pa.Table, **confirmed: str) -> Filled:
    return fill(path.read_bytes(), sheet_of(path, ""), facts, path.name, DAY, confirmed)


def page(book: bytes, sheet: str = "清单") -> Any:
    return openpyxl.load_workbook(io.BytesIO(book))[sheet]


def test_rows_are_written_in_the_templates_way(template: Path) -> None:
    done = filled(template, people())
    (book,) = done.books
    cells = [[cell.value for cell in row] for row in page(book).iter_rows(3, 5)]
    assert cells[0][:6] == [1, "测试0", "1", "身份证", "110101199001010000", "13800000000"]
    assert cells[1][:3] == [2, "测试1", "2"]
    assert cells[0][8].date() == DAY
    assert cells[2] == [None] * 9
    assert page(book)["E3"].number_format == "@"  # 18 digits stay 18 digits


def test_everything_else_stays_as_it_was(template: Path) -> None:
    before, after = page(template.read_bytes()), page(filled(template, people()).books[0])
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert after["A1"].value == "人员清单" and after["A6"].value == NOTE
    assert after["A1"].font.size == 20 and after["B2"].fill.start_color.rgb == before["B2"].fill.start_color.rgb
    assert after.column_dimensions["E"].width == 33
    assert [cell.value for cell in after[2]] == HEADER
    assert after.max_row == before.max_row and after.max_column == before.max_column
    assert page(filled(template, people()).books[0], "说明")["A1"].value == "填写前请阅读"


def test_more_rows_than_room_go_into_further_copies(template: Path) -> None:
    done = filled(template, people(7))
    assert len(done.books) == 3
    serials = [[row[0].value for row in page(book).iter_rows(3, 5)] for book in done.books]
    assert serials == [[1, 2, 3], [4, 5, 6], [7, None, None]]


def test_what_stays_empty_is_listed_and_no_value_is(template: Path) -> None:
    facts = people(2, **{"person.phone": ["13800000000", None], "person.id_type": ["军官证", "护照"]})
    done = filled(template, facts)
    listed = {(one.row, one.column, one.code) for one in done.unfilled}
    assert listed == {
        (0, "民族", "E3853"), (0, "口味偏好", "E3852"), (1, "证件类型", "E3851"), (2, "电话", "E3850"),
    }  # fmt: skip
    assert "军官证" not in repr(done.unfilled)
    assert page(done.books[0])["D3"].value is None


def test_a_banned_column_stays_empty_even_when_confirmed(template: Path) -> None:
    done = filled(template, people(), 民族="person.name")
    assert page(done.books[0])["G3"].value is None
    assert (0, "民族", "E3853") in {(one.row, one.column, one.code) for one in done.unfilled}


def test_a_person_may_confirm_a_column(template: Path) -> None:
    done = filled(template, people(), 口味偏好="person.phone")
    assert page(done.books[0])["H3"].value == "13800000000"


def test_no_cell_becomes_a_formula(template: Path) -> None:
    done = filled(template, people(1, **{"person.name": ['=HYPERLINK("x")']}))
    cell = page(done.books[0])["B3"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


def test_a_sample_row_is_kept(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["清单"]["A3"], book["清单"]["B3"] = "示例", "张某某"
    book.save(template)
    after = page(filled(template, people(2)).books[0])
    assert [after.cell(row, 2).value for row in (3, 4, 5)] == ["张某某", "测试0", "测试1"]


def test_a_template_of_a_refused_register_gets_nothing(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["清单"]["A1"] = "吸毒人员清单"
    book.save(template)
    out = template.with_name("out.xlsx")
    facts = template.with_name("facts.csv")
    facts.write_text("person.name\n测试\n", "utf-8")
    assert main(["fill", str(template), "--from", str(facts), "--out", str(out)]) == 1
    assert not out.exists()


def test_facts_must_be_named_by_elements(template: Path) -> None:
    with pytest.raises(WanggeError) as error:
        filled(template, pa.table({"姓名": ["测试"]}))
    assert error.value.code == "E3858"


@pytest.mark.parametrize(("value", "options", "text"), [
    ("是", ("有", "无"), "有"), ("no", ("是", "否"), "否"), ("男", ("1-男", "2-女"), "1"), ("自驾", ("铁路", "自驾"), "自驾"),
    ("居民身份证", ("身份证", "护照"), "身份证"), ("通行证", ("港澳通行证", "台湾通行证"), None), ("未婚", ("已婚", "离异"), None),
    ("火星", ("铁路", "自驾"), None), ("随便", (), "随便"),
])  # fmt: skip
def test_values_in_the_templates_words(value: str, options: tuple[str, ...], text: str | None) -> None:
    assert written("person.name", value, options) == text


def test_the_command(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = template.with_name("facts.csv")
    facts.write_text("person.name,person.id_number\n测试,110101199001010011\n", "utf-8")
    confirmed = template.with_name("confirmed.toml")
    confirmed.write_text('[columns]\n"口味偏好" = "person.name"\n', "utf-8")
    out = template.with_name("out.xlsx")
    words = ["fill", str(template), "--from", str(facts), "--out", str(out), "--confirmed", str(confirmed)]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["files"] == ["out.xlsx", "out.unfilled.csv"]
    assert report["columns"] == {"姓名": "person.name", "身份证号": "person.id_number", "口味偏好": "person.name"}
    with out.with_name("out.unfilled.csv").open(encoding="utf-8") as lines:
        codes = {row["column"]: row["code"] for row in csv.DictReader(lines)}
    assert codes == {"性别": "E3856", "证件类型": "E3856", "电话": "E3856", "民族": "E3853"}
    assert out.stat().st_mode & 0o077 == 0
    assert main(["fill", str(facts), "--from", str(facts), "--out", str(out)]) == 3


@pytest.mark.shared
def test_the_real_template_of_the_departures(shared_data: Path) -> None:
    path = shared_data / "cn_forms" / "wuhan_departures_template.xlsx"
    before, done = page(path.read_bytes(), "已离汉人员信息"), filled(path, people(30))
    after = page(done.books[0], "已离汉人员信息")
    assert len(done.books) == 2  # it has room for 28 rows and may not be made longer
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert after["B33"].value == before["B33"].value
    assert [after.cell(4, c).value for c in (2, 3, 4, 5, 6)] == [
        1,
        "测试0",
        "13800000000",
        "身份证",
        "110101199001010000",
    ]
    assert after["B4"]._style == before["B4"]._style
