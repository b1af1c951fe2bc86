"""States and purposes of forms in the words of the screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wangge import policy

STATES: dict[str, tuple[str, Any]] = {
    "draft": ("unknown", _("草稿")),
    "published": ("good", _("采集中")),
    "retired": ("unknown", pgettext_lazy("form", "已停用")),
    "ended": ("warn", _("已到期")),
}
ENTITY_LISTS = {"households.csv": _("本网格的住户")}


def collecting_purposes() -> list[str]:
    """Purposes for which somebody may send answers in: the only ones a form can be for."""
    return [
        code
        for code in policy.table()["purpose"]
        if any("submission.send" in grant["may"] for grant in policy.table()["grant"] if grant["purpose"] == code)
    ]
