"""What a person sees before a file is read, and what is proposed for its columns."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, candidates, header_key, preview, suggest_mapping


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A workbook as an office keeps it: title, header of two lines, hidden column, hidden sheet, numbers and dates."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "人员"
    page.append(["某社区登记表"])
    page.append(["姓名", "联系方式", None, "出生日期", "民族", "身份证号"])
    page.append([None, "电话", "邮箱", None, None, None])
    page.append(["张晓明", "13800000000", "a@b.cn", dt.date(1990, 3, 7), "甲", 110101199003071090])
    page.append(["李四", None, None, "1991.1.2", "乙", None])
    for box in ("A1:F1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "F2:F3"):
        page.merge_cells(box)
    page.column_dimensions["D"].hidden = True
    book.create_sheet("旧").append(["姓名", "电话"])
    book["旧"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_a_workbook_is_shown_as_it_will_be_read(messy: Path) -> None:
    seen = preview(messy)
    assert (seen.kind, seen.sheet, seen.header_lines) == ("book", "人员", [2, 3])
    assert [(s.name, s.hidden, s.n_rows, s.n_columns) for s in seen.sheets] == [
        ("人员", False, 5, 6),
        ("旧", True, 1, 2),
    ]
    assert [c.header for c in seen.columns] == [
        "姓名",
        "联系方式/电话",
        "联系方式/邮箱",
        "出生日期",
        "民族",
        "身份证号",
    ]
    assert [c.hidden for c in seen.columns] == [False, False, False, True, False, False]
    assert [c.from_numbers for c in seen.columns] == [False] * 5 + [True]
    assert [c.samples for c in seen.columns][:4] == [
        ["张晓明", "李四"],
        ["13800000000"],
        ["a@b.cn"],
        ["1990-03-07", "1991.1.2"],
    ]


def test_a_banned_column_shows_its_reason_and_nothing_of_it(messy: Path) -> None:
    seen = preview(messy)
    assert seen.columns[4].banned.startswith("R1")
    assert seen.columns[4].samples == []
    assert "甲" not in {c for line in seen.head for c in line}
    assert "张晓明" in {c for line in seen.head for c in line}


def test_what_the_dictionary_knows_is_proposed(messy: Path) -> None:
    assert suggest_mapping(preview(messy)) == {
        "姓名": "person.name",
        "联系方式/电话": "person.phone",
        "联系方式/邮箱": "person.email",
        "出生日期": "person.birth_date",
        "身份证号": "person.id_number",
    }


def test_the_mapping_settles_sheet_and_header(messy: Path) -> None:
    assert preview(messy, ListMapping("x", {}, sheet="旧")).sheet == "旧"
    assert preview(messy, ListMapping("x", {}, header_row=4)).header_lines == [4]
    with pytest.raises(WanggeError, match="E1009"):
        preview(messy, ListMapping("x", {}, sheet="新"))


def test_a_text_file_without_one_known_word(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("list of 2026\n\nCol A;Col B;Col C\n1;2;3\n4;5;6\n", "utf-8")
    seen = preview(tmp_path / "a.csv")
    assert (seen.kind, seen.encoding, seen.header_lines) == ("text", "utf-8", [3])
    assert [c.header for c in seen.columns] == ["Col A", "Col B", "Col C"]


def test_a_zipped_set_shows_its_members(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr("b.csv", "姓名,电话\n张晓明,1\n")
        pack.writestr("a.pdf", b"%PDF-1.4")
    seen = preview(tmp_path / "a.zip")
    assert (seen.kind, seen.files, seen.member) == ("set", ["a.pdf", "b.csv"], "b.csv")
    assert [c.header for c in seen.columns] == ["姓名", "电话"]
    with pytest.raises(WanggeError, match="E1009"):
        preview(tmp_path / "a.zip", ListMapping("x", {}, member="c.csv"))


def test_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("name,city\nJürgen,Altötting\n".encode("windows-1252"))
    seen = preview(tmp_path / "a.csv")
    assert (seen.encoding, seen.notes) == ("windows-1252", ["encoding_guessed: windows-1252"])


def test_the_key_of_a_layout_forgets_order_width_and_notes() -> None:
    one = header_key(["姓名", "身份证号（18位）", "ＩＤ", ""])
    assert one == header_key(["id", "姓　名*", "身份证号"])
    assert one != header_key(["姓名", "身份证号"])


def test_candidates_are_offered_and_never_banned_ones() -> None:
    assert candidates("姓名") == [("person.name", "姓名")]
    assert candidates("民族") == []
    assert "person.phone" in [name for name, _ in candidates("联系电话1")]
    assert candidates("成员/姓名")[0][0] == "person.name"
    assert len(candidates("证件")) <= 5
    assert candidates("") == []


def test_no_value_of_a_bad_file_is_told(tmp_path: Path) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        made.writestr("xl/workbook.xml", "<张晓明")
    (tmp_path / "a.xlsx").write_bytes(pack.getvalue())
    with pytest.raises(WanggeError) as caught:
        preview(tmp_path / "a.xlsx")
    assert caught.value.code == "E1001"
    assert "张晓明" not in caught.value.text()
