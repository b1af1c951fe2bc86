"""What a page calls elements, states and sides of a share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from wangge.dictionary import elements
from wangge_server.geography.queries import names_of
from wangge_server.sharing.life import share_terms, share_words

BESIDE = {"grade": gettext_lazy("等级"), "grade.reason": gettext_lazy("分级理由")}


def element_word(name: str, lang: str) -> str:
    """An element as the reader calls it."""
    if name in BESIDE:
        return str(BESIDE[name])
    one = elements()[name]
    return one.en if lang == "en" else one.zh


def element_words(names: Iterable[str], lang: str) -> str:
    """Elements in one line."""
    return "、".join(element_word(name, lang) for name in names) if lang != "en" else ", ".join(element_word(n, lang) for n in names)  # fmt: skip


def state_badge(state: str, lang: str) -> dict[str, Any]:
    """A state as a badge."""
    return {"kind": "badge", "tone": share_terms()["state"][state]["tone"], "word": share_words("state", lang)[state]}


def officer_word(officer: Any) -> str:
    """Who answers, and for which unit; a dash while nobody does."""
    if officer is None:
        return "—"
    return f"{officer.name} · {names_of([officer.unit_code]).get(officer.unit_code, officer.unit_code)}"
