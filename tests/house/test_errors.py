"""The numbered table of errors: complete in three languages, every number used exists, every placeholder agrees."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from wangge.base.errors import WanggeError, Where, table

LANGUAGES = {"en", "zh-hans", "zh-hant"}


@pytest.mark.parametrize("code", list(table()))
def test_each_error_is_whole(code: str) -> None:
    entry = table()[code]
    assert set(entry.what) == set(entry.todo) == LANGUAGES
    for part in (entry.what, entry.todo):
        fields = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in part.values()]
        assert all(f == fields[0] for f in fields), code


def test_every_number_in_the_code_is_in_the_table(root: Path) -> None:
    used = set()
    for file in (root / "src").rglob("*.py"):
        used |= set(re.findall(r"\"(E[1-9]\d{3})\"", file.read_text("utf-8")))
    assert used
    assert used <= set(table())


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = WanggeError("E1003", Where("a.xlsx", "户籍", 3, "姓名"), column="姓名", found="a, b")
    for part in ("E1003", "姓名", "a.xlsx / 户籍 / row 3 / 姓名", "->"):
        assert part in error.text("en")
    assert "缺少" in error.text("zh-hans")
    assert WanggeError("E1003").text() == WanggeError("E1003").text("xx")  # an unknown language falls back to English
