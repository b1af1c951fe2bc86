"""The mapping file: what it may say, and what it answers when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from wangge.base.errors import WanggeError
from wangge.intake import load_mapping

GOOD = """
[lists.police]
file = "police.csv"
encoding = "gb18030"
header_row = 2
date_style = "ymd"
required = ["person.name"]
[lists.police.columns]
"姓名" = "person.name"
"住址" = "person.address"
[lists.census]
door = true
[lists.census.columns]
"姓名" = "person.name"
"民族" = "person.address"
"信仰" = "person.religion"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_mapping_keeps_its_order_and_options(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, GOOD))
    police = mapping.lists["police"]
    assert list(mapping.lists) == ["police", "census"]
    assert (police.file, police.encoding, police.header_row, police.date_style) == ("police.csv", "gb18030", 2, "ymd")
    assert police.columns == {"姓名": "person.name", "住址": "person.address"}
    assert (police.kind, police.door, police.required) == ("people", False, ("person.name",))
    assert mapping.door_lists == ("census",)


def test_banned_columns_are_never_mapped_whatever_they_are_called(tmp_path: Path) -> None:
    census = load_mapping(write(tmp_path, GOOD)).lists["census"]
    assert census.columns == {"姓名": "person.name"}
    assert set(census.banned) == {"民族", "信仰"}
    assert all(reason.startswith("R1") for reason in census.banned.values())


def test_an_unknown_element_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(WanggeError) as caught:
        load_mapping(write(tmp_path, '[lists.a.columns]\n"姓名" = "person.nam"\n'))
    assert caught.value.code == "E1004"
    assert caught.value.facts == {"element": "person.nam", "nearest": "person.name"}


@pytest.mark.parametrize(
    "text",
    [
        "[lists.a",
        "",
        "[lists]\n",
        "[lists.a]\nfile='a.csv'\n",
        "[lists.a.columns]\n",
        '[lists.a]\ncolums=1\n[lists.a.columns]\n"姓名"="person.name"\n',
        '[lists.a]\nheader_row="2"\n[lists.a.columns]\n"姓名"="person.name"\n',
        '[lists.a]\nheader_row=true\n[lists.a.columns]\n"姓名"="person.name"\n',
        '[lists.a]\nheader_row=-1\n[lists.a.columns]\n"姓名"="person.name"\n',
        '[lists.a]\ndate_style="ydm"\n[lists.a.columns]\n"姓名"="person.name"\n',
        '[lists.a]\nkind="animals"\n[lists.a.columns]\n"姓名"="person.name"\n',
    ],
)
def test_a_mapping_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(WanggeError) as caught:
        load_mapping(write(tmp_path, text))
    assert caught.value.code == "E1007"
    assert str(tmp_path) not in caught.value.text()


def test_a_mapping_that_is_not_there_is_refused_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(WanggeError) as caught:
        load_mapping(tmp_path / "none.toml")
    assert caught.value.code == "E1007"
    assert str(tmp_path) not in caught.value.text()


def test_required_must_be_elements_too(tmp_path: Path) -> None:
    with pytest.raises(WanggeError) as caught:
        load_mapping(write(tmp_path, '[lists.a]\nrequired=["姓名"]\n[lists.a.columns]\n"姓名"="person.name"\n'))
    assert caught.value.code == "E1004"
