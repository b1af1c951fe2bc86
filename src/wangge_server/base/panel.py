"""A numbered error in parts, as ui/parts/error_panel.html shows it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.base.errors import WanggeError, Where, table


def panel(error: WanggeError, lang: str | None = None) -> dict[str, str]:
    """-> {code, what, where, todo} in the reader's language."""
    entry, tongue = table()[error.code], lang or get_language() or "zh-hans"
    facts: dict[str, Any] = defaultdict(lambda: "…", error.facts)
    what, todo = (words.get(tongue, words["en"]).format_map(facts) for words in (entry.what, entry.todo))
    return {"code": error.code, "what": what, "where": place_words(error.where), "todo": todo}


def place_words(where: Where) -> str:
    """File / sheet / row / column in words."""
    row = _("第 %(n)s 行") % {"n": where.row} if where.row else ""
    return " / ".join(part for part in (where.file, where.sheet, row, where.column) if part)


def reason(code: str, lang: str | None = None) -> dict[str, str]:
    """What a number says, without a case: for lists of reasons. -> {what, todo}"""
    found = panel(WanggeError(code), lang) if code in table() else {"what": code, "todo": ""}
    return {"what": found["what"], "todo": found["todo"]}
