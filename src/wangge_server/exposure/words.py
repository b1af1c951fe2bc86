"""Codes of cases and exposures as people read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CATEGORIES = {
    "case": gettext_lazy("病例"), "close": gettext_lazy("密切接触"), "secondary": gettext_lazy("次密接"),
    "general": gettext_lazy("一般接触"), "companion": gettext_lazy("时空伴随"), "zone": gettext_lazy("风险区旅居"),
    "none": gettext_lazy("不是接触者"),
}  # fmt: skip
PLACES = {
    "household": gettext_lazy("同住"), "care": gettext_lazy("照护"), "meal": gettext_lazy("同餐"),
    "workplace": gettext_lazy("同工作场所"), "classroom": gettext_lazy("同教室"), "transport": gettext_lazy("同乘"),
    "venue": gettext_lazy("公共场所"),
}  # fmt: skip
KINDS = {
    "confirmed": gettext_lazy("确诊病例"), "asymptomatic": gettext_lazy("无症状感染者"), "suspected": gettext_lazy("疑似病例"),
    "unknown": gettext_lazy("类型未知"), "确诊病例": gettext_lazy("确诊病例"), "无症状感染者": gettext_lazy("无症状感染者"),
    "疑似病例": gettext_lazy("疑似病例"),
}  # fmt: skip
LEVELS = {"high": gettext_lazy("高风险"), "middle": gettext_lazy("中风险"), "low": gettext_lazy("低风险")}


def category_words(code: str) -> Any:
    return CATEGORIES.get(code, code)


def place_words(code: str | None) -> Any:
    return PLACES.get(code, code) if code else None


def kind_words(code: str | None) -> Any:
    return KINDS.get(code, code) if code else None


def minutes_words(minutes: int | None) -> str:
    """95 -> 1 小时 35 分钟; None where only days are known."""
    if minutes is None:
        return _("只知道日期")
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return _("%(h)s 小时") % {"h": hours}
    return _("%(h)s 小时 %(m)s 分钟") % {"h": hours, "m": rest} if hours else _("%(m)s 分钟") % {"m": rest}


def lag_words(listed_at: dt.datetime | None, found_at: dt.datetime | None) -> str:
    """How long it took from the list to the contacts; said where one of the two is unknown."""
    if listed_at is None or found_at is None:
        return _("未知")
    return minutes_words(max(1, round((found_at - listed_at).total_seconds() / 60)))


def evidence_words(code: str | None) -> str:
    """`overlap:venue:95min` -> 公共场所重合 1 小时 35 分钟; what is not understood is shown as it is."""
    parts = (code or "").split(":")
    if parts[0] == "overlap" and len(parts) > 2 and parts[2].removesuffix("min").isdecimal():
        minutes = minutes_words(int(parts[2].removesuffix("min")))
        return _("%(place)s，重合 %(minutes)s") % {"place": place_words(parts[1]), "minutes": minutes}
    if parts[0] == "case" and len(parts) > 1:
        return _("疾控报告：%(kind)s") % {"kind": kind_words(parts[1])}
    if parts[0] == "contact_list" and len(parts) > 1:
        return _("密接名单：%(kind)s") % {"kind": place_words(parts[1])}
    if parts[0] == "zone" and len(parts) > 1:
        return _("居住地在%(level)s区") % {"level": LEVELS.get(parts[1], parts[1])}
    return code or ""
