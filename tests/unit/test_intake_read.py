"""Files as departments send them -> rows, and the account of every column and row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, Read, digest, read
from wangge.tables.shapes import HELD_ROW, RAW_ROW

COLUMNS = {
    "姓名": "person.name",
    "身份证号": "person.id_number",
    "出生日期": "person.birth_date",
    "住址": "person.address",
}
GIVEN = ListMapping("police", COLUMNS)
HEADER = "姓名,身份证号,出生日期,住址"
ROW = "张晓明,11010119900307109X,1990-03-07,某里3-2-101"


def csv(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def book(folder: Path, rows: list[list[Any]], sheet: str = "Sheet1", more: tuple[str, ...] = ()) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        day = made.add_format({"num_format": "yyyy/m/d"})
        for name in (*more, sheet):
            ws = made.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    ws.write_datetime(i, j, cell, day)
                else:
                    ws.write(i, j, cell)
    return path


def names(found: Read) -> list[str | None]:
    return found.rows.column("person.name").to_pylist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_encoding_of_the_field_is_found(tmp_path: Path, encoding: str) -> None:
    found = read(csv(tmp_path, f"{HEADER}\n{ROW}\n", encoding), GIVEN)
    assert found.rows.select(list(COLUMNS.values())).to_pylist() == [
        dict(zip(COLUMNS.values(), ROW.split(","), strict=True))
    ]
    assert found.rows.schema.names[:8] == RAW_ROW.schema.names


def test_the_place_of_each_row_is_what_the_spreadsheet_shows(tmp_path: Path) -> None:
    text = f"某区登记表\n制表单位,某局\n{HEADER}\n{ROW}\n\n{ROW}\n"
    found = read(csv(tmp_path, text), GIVEN)
    assert found.report.header_line == 3
    assert found.rows.select(["list", "file", "sheet", "row", "line"]).to_pylist() == [
        {"list": "police", "file": "a.csv", "sheet": "", "row": n, "line": n + 3} for n in (1, 2, 3)
    ]
    assert names(found) == ["张晓明", None, "张晓明"]


def test_a_header_row_in_the_mapping_settles_it(tmp_path: Path) -> None:
    text = f"{HEADER}\n{HEADER}\n{ROW}\n"
    assert read(csv(tmp_path, text), GIVEN).report.header_line == 1
    found = read(csv(tmp_path, text), ListMapping("police", COLUMNS, header_row=2))
    assert (found.report.header_line, names(found)) == (2, ["张晓明"])


def test_headers_are_told_without_width_case_blanks_and_brackets(tmp_path: Path) -> None:
    found = read(csv(tmp_path, "姓　名*,身份证号（18位）,出生 日期,住址\n" + ROW), GIVEN)
    assert list(found.report.read) == list(COLUMNS)


def test_banned_columns_are_dropped_others_ignored_and_both_are_told(tmp_path: Path) -> None:
    found = read(csv(tmp_path, "序号,姓名,民族,党派,备注\n1,张晓明,甲,乙,丙\n"), GIVEN)
    assert set(found.report.dropped) == {"民族", "党派"}
    assert found.report.ignored == ["序号", "备注"]
    assert found.report.missing == ["身份证号", "出生日期", "住址"]
    values = {v for column in found.rows.columns for v in column.to_pylist()}
    assert not values & {"甲", "乙", "丙"}


def test_a_column_mapped_to_something_harmless_but_banned_by_name_is_dropped(tmp_path: Path) -> None:
    given = ListMapping("police", {"姓名": "person.name"}, banned={"族别": "R1"})
    found = read(csv(tmp_path, "姓名,族别\n张晓明,甲\n"), given)
    assert found.report.dropped == {"族别": "R1"}
    assert names(found) == ["张晓明"]


def test_headers_that_stand_twice_and_two_columns_of_one_element(tmp_path: Path) -> None:
    given = ListMapping("health", {"姓名": "person.name", "手机": "person.phone", "座机": "person.phone"})
    found = read(csv(tmp_path, "姓名,座机,手机,姓名\n张晓明,1,2,李\n,3,,王\n"), given)
    assert names(found) == ["张晓明", "王"]
    assert found.rows.column("person.phone").to_pylist() == ["2", "3"]
    assert found.report.repeated == ["姓名"]


def test_lines_with_more_or_fewer_cells_are_all_accounted_for(tmp_path: Path) -> None:
    text = f"{HEADER}\n{ROW}\n李四\n王五,,,某路,3号,4室\n赵六,,,某里,\n"
    found = read(csv(tmp_path, text), GIVEN)
    assert names(found) == ["张晓明", "李四", "赵六"]
    assert found.rows.column("row").to_pylist() == [1, 2, 4]
    assert found.held.to_pylist() == [
        {
            "list": "police",
            "batch": "",
            "file": "a.csv",
            "sheet": "",
            "row": 3,
            "line": 4,
            "element": None,
            "code": "E1012",
        }
    ]
    assert found.held.schema == HELD_ROW.schema
    assert (found.report.n_rows, found.report.n_held) == (4, 1)


def test_a_file_whose_rows_are_mostly_shorter_than_the_header(tmp_path: Path) -> None:
    found = read(csv(tmp_path, f"{HEADER},备注,审核\n" + f"{ROW}\n" * 3 + f"{ROW},x,y\n"), GIVEN)
    assert names(found) == ["张晓明"] * 4
    assert found.held.num_rows == 0


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_any_usual_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = f"{HEADER}\r\n{ROW}\r\n".replace(",", delimiter)
    assert names(read(csv(tmp_path, text), GIVEN)) == ["张晓明"]


def test_quoted_cells_hold_commas_line_breaks_and_quotes(tmp_path: Path) -> None:
    found = read(csv(tmp_path, f'{HEADER}\n张晓明,,,"某里,3号\n""甲""室"\n李四,,,\n'), GIVEN)
    assert found.rows.column("person.address").to_pylist() == ['某里,3号\n"甲"室', None]
    assert found.rows.column("line").to_pylist() == [2, 3]


def test_a_stray_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    found = read(csv(tmp_path, f'{HEADER}\n张晓明,,,"某里\n李四,,,\n'), GIVEN)
    assert names(found) == ["张晓明", "李四"]
    assert found.report.notes == ["quotes_ignored"]


def test_a_list_with_a_header_and_no_rows_has_no_rows(tmp_path: Path) -> None:
    found = read(csv(tmp_path, HEADER + "\n"), GIVEN)
    assert (found.rows.num_rows, found.report.n_rows) == (0, 0)


def test_a_workbook_as_a_person_sees_it(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [],
        ["某区登记表"],
        ["姓名", "身份证号", "出生日期", "住址", None],
        ["张晓明", "110101199003071090", dt.date(1990, 3, 7), 3.0],
        [],
        ["李四", 110101900307109, "1990.3.7", 1.5],
        ["合计", None, None, None],
        [None, " ", None, None],
    ]
    found = read(book(tmp_path, rows, "人员"), GIVEN)
    assert (found.report.sheet, found.report.header_line) == ("人员", 3)
    assert found.rows.column("line").to_pylist() == [4, 5, 6, 7]
    assert found.rows.select(list(COLUMNS.values())).to_pylist() == [
        dict(zip(COLUMNS.values(), row, strict=True))
        for row in [
            ("张晓明", "110101199003071090", "1990-03-07", "3"),
            (None,) * 4,
            ("李四", "110101900307109", "1990.3.7", "1.5"),
            ("合计", None, None, None),
        ]
    ]


def test_a_name_in_a_merged_cell_above_the_header_counts(tmp_path: Path) -> None:
    rows = [["姓名", "证件", None, "住址"], [None, "身份证号", "出生日期", None], ["张晓明", "1", "1990-3-7", "某里"]]
    found = read(book(tmp_path, rows), GIVEN)
    assert found.report.header_line == 2
    assert names(found) == ["张晓明"]


def test_the_sheet_is_chosen_and_the_others_are_named(tmp_path: Path) -> None:
    path = book(tmp_path, [list(COLUMNS), ["张晓明", "1", "2", "3"]], "名册", more=("说明",))
    found = read(path, ListMapping("civil", COLUMNS, sheet="名册"))
    assert (names(found), found.report.other_sheets) == (["张晓明"], ["说明"])
    with pytest.raises(WanggeError) as caught:
        read(path, ListMapping("civil", COLUMNS, sheet="花名册"))
    assert (caught.value.code, caught.value.facts["found"]) == ("E1009", "说明、名册")


def test_the_digest_is_of_the_bytes_and_not_of_the_name(tmp_path: Path) -> None:
    one, two = (csv(tmp_path, f"{HEADER}\n{ROW}\n", name=name) for name in ("a.csv", "b.csv"))
    other = csv(tmp_path, f"{HEADER}\n", name="c.csv")
    assert digest(one) == digest(two) != digest(other)
