"""Every bad file gets one numbered error that names the file and no value in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, read

GIVEN = ListMapping("police", {"姓名": "person.name", "手机": "person.phone"}, required=("person.name",))


def code(path: Path, given: ListMapping = GIVEN) -> str:
    with pytest.raises(WanggeError) as caught:
        read(path, given)
    assert caught.value.where.file == path.name
    assert str(path.parent) not in caught.value.text()
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scan.xlsx", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
        ("page.xls", b"<html><p>x</p></html>"),
        ("cut.xlsx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" + b"\x00" * 200),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("photo.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("noise.csv", bytes(range(128, 256)) * 40),
    ],
)
def test_what_is_no_spreadsheet(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert code(tmp_path / name) == "E1001"


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made:
        made.writestr("readme.txt", "x")
    assert code(tmp_path / "a.xlsx") == "E1001"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert code(tmp_path / "none.csv") == "E1001"


@pytest.mark.parametrize("data", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf\r\n", b",,,\n,,,\n"])
def test_an_empty_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert code(tmp_path / "a.csv") == "E1002"


def test_a_missing_required_column_tells_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,手机\n张晓明,13800000000\n", "utf-8")
    with pytest.raises(WanggeError) as caught:
        read(tmp_path / "a.csv", GIVEN)
    assert caught.value.code == "E1003"
    assert caught.value.facts == {"column": "姓名", "found": "名称、手机"}
    assert caught.value.where.row == 1
    assert "13800000000" not in caught.value.text()


def test_a_file_with_none_of_the_mapped_columns_is_refused_even_if_none_is_required(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", "utf-8")
    assert code(tmp_path / "a.csv", ListMapping("police", {"姓名": "person.name"})) == "E1003"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "klingon"])
def test_bytes_that_are_not_the_encoding_asked_for(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes("姓名\n张晓明\n".encode("gb18030"))
    assert code(tmp_path / "a.csv", ListMapping("police", {"姓名": "person.name"}, encoding=encoding)) == "E1008"
