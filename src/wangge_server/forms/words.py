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
VERDICTS: dict[str, tuple[str, Any]] = {
    "accept": ("good", _("收下")),
    "accept_with_fields_dropped": ("warn", _("收下，去掉部分字段")),
    "refuse": ("bad", _("不收")),
}
QUESTION_STATES: dict[str, tuple[str, Any]] = {
    "asked": ("good", _("要问")),
    "undecided": ("warn", _("待数据主管确认")),
    "withheld": ("unknown", _("不问")),
}
FATES: dict[str, tuple[str, Any]] = {
    "asked": ("good", _("要问")),
    "system": ("unknown", _("不问居民")),
    "banned": ("bad", _("禁止采集")),
    "refused": ("bad", _("随表不收")),
}
STEPS: dict[str, Any] = {
    "kept": _("不变"), "renamed": _("改名"), "added": _("新增"), "dropped": _("删去"), "split": _("拆分"),
    "joined": _("合并"),
}  # fmt: skip
ENTITY_LISTS = {"households.csv": _("本网格的住户")}


def collecting_purposes() -> list[str]:
    """Purposes for which somebody may send answers in: the only ones a form can be for."""
    return [
        code
        for code in policy.table()["purpose"]
        if any("submission.send" in grant["may"] for grant in policy.table()["grant"] if grant["purpose"] == code)
    ]
