"""Codes of intake as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge.dictionary import elements

LISTS = {
    "police": gettext_lazy("公安人口名单"), "health": gettext_lazy("卫健名单"), "civil": gettext_lazy("民政名单"),
    "transport": gettext_lazy("交通出行名单"), "census": gettext_lazy("入户登记"), "visitors": gettext_lazy("来访登记"),
    "cases": gettext_lazy("病例名单"), "census_desk": gettext_lazy("台账登记"), "accounts": gettext_lazy("平台账号"),
}  # fmt: skip
STATES: dict[str, tuple[str, Any]] = {
    "received": ("", gettext_lazy("等待读取")), "reading": ("", gettext_lazy("正在读取")),
    "read": ("good", gettext_lazy("已读取")), "refused": ("bad", gettext_lazy("已退回")),
}  # fmt: skip


def list_words(name: str) -> str:
    """A list by the name people know, else as the mapping file calls it."""
    return str(LISTS.get(name, name))


def element_words(name: str) -> str:
    """A data element in words; the whole row where none is named."""
    if not name:
        return _("整行")
    found = elements().get(name)
    return _(found.zh) if found else name


def state_badge(state: str) -> dict[str, Any]:
    tone, word = STATES.get(state, ("unknown", state))
    return {"kind": "badge", "tone": tone, "word": word, "icon": "" if tone else "clock"}
