"""Every string a person can see exists in all three languages, with the same placeholders."""

from __future__ import annotations

import polib
import pytest
from tools import messages


def test_catalogues_are_complete() -> None:
    assert messages.faults() == [], "run: python tools/messages.py update, then translate what is empty"


def test_strings_are_found_in_code_templates_and_dictionary() -> None:
    found = messages.extract()
    assert len(found) > 400
    assert "src/wangge_server/insight/views.py" in found["估计遗漏"].files  # code
    assert "src/wangge_server/ui/templates/ui/login.html" in found["演示账号"].files  # {% translate %}
    assert any(name.endswith("progress_stages.html") for name in found["进度"].files)  # _("…") inside a tag
    assert "src/wangge/dictionary/elements" in found["出生日期"].files


@pytest.mark.parametrize("fault", ["empty", "fuzzy", "placeholder", "missing"])
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    real = messages.catalogue

    def spoiled(language: str) -> polib.POFile:
        book = real(language)
        entry = next(
            one for one in book if one.msgid == "抽中" or (fault == "placeholder" and one.msgid == "今日 +%(n)s")
        )
        if fault == "missing":
            book.remove(entry)
        elif fault == "fuzzy":
            entry.flags.append("fuzzy")
        else:
            entry.msgstr = "" if fault == "empty" else "today"
        return book

    monkeypatch.setattr(messages, "catalogue", spoiled)
    assert len(messages.faults()) >= len(messages.LANGUAGES)


def test_traditional_uses_its_own_words_for_rows_and_columns() -> None:
    assert messages.traditional("暂存行写明行号、列和怎么办") == "暫存列寫明列號、欄和怎麼辦"
    assert messages.traditional("网格员登录") == "網格員登入"
