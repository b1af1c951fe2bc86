"""Made-up figures for ui/styleguide.html, the page that shows every part. No person, no place, no real number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

STATES = ("empty", "loading", "failed", "offline", "forbidden", "stale")
NOW = dt.datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001  a picture's clock


def demo() -> dict[str, Any]:
    """The whole context of the style guide: frame, cards, ledger, stages, chart, errors."""
    return {
        **frame(),
        "cards": cards(),
        "ledger": ledger(),
        "stages": stages(),
        "chart": chart(),
        "error": error(),
        "now": NOW,
        "states": STATES,
    }


def frame() -> dict[str, Any]:
    names = [
        _("总览"),
        _("汇聚"),
        _("一人一档"),
        _("研判"),
        _("派单"),
        _("督办"),
        _("网格"),
        _("发布"),
        _("留痕"),
        _("设置"),
    ]
    icons = [
        *("layout-dashboard", "file-import", "id", "scale", "send"),
        *("eye-check", "map-2", "speakerphone", "history", "settings"),
    ]
    pairs = enumerate(zip(names, icons, strict=True))
    return {
        "menu": [
            {"key": i, "label": n, "icon": k, "url": f"#{k}", "active": not i, "count": 3 if i == 5 else 0}
            for i, (n, k) in pairs
        ],
        "emergency": {"name": _("示例呼吸道疫情"), "level": _("二级"), "url": "#emergency"},
        "area": {"name": _("示例区"), "url": "#area"},
        "inbox": {"count": 7, "url": "#inbox"},
        "person": {"name": _("李示例"), "role": _("指挥员"), "unit": _("区指挥部")},
        "purpose": {
            "code": "response",
            "label": _("疫情处置"),
            "basis": _("突发公共卫生事件应对法"),
            "until": dt.date(2026, 12, 31),
            "choices": [{"code": "response", "label": _("疫情处置")}, {"code": "census", "label": _("常态走访")}],
        },
        "breadcrumb": [{"label": _("总览"), "url": "#"}, {"label": _("今日覆盖")}],
        "watermark": _("李示例 · 区指挥部 · 2026-11-23 14:05 · 疫情处置"),
    }


def cards() -> list[dict[str, Any]]:
    return [
        {"label": _("应查（户）"), "value": 20418, "hint": _("底数日期 2026-11-20"), "href": "#frame"},
        {
            "label": _("已核实"),
            "value": 17962,
            "of": 20418,
            "tone": "good",
            "word": _("较昨日 +1 204"),
            "href": "#confirmed",
        },
        {
            "label": _("未核实"),
            "value": 2456,
            "of": 20418,
            "tone": "warn",
            "word": _("逾期 219"),
            "href": "#unconfirmed",
        },
        {
            "label": _("估计遗漏"),
            "value": None,
            "tone": "unknown",
            "word": _("尚无复核"),
            "hint": _("复核满 30 户后给出区间"),
        },
        {"label": _("红色逾期"), "value": 3, "of": 41, "tone": "bad", "word": _("超过 24 小时"), "href": "#late"},
    ]


def ledger(rows: int = 12) -> dict[str, Any]:
    columns = [
        {"key": "grid", "label": _("网格"), "sort": True},
        {"key": "grade", "label": _("最高等级")},
        {"key": "share", "label": _("已核实 / 应查"), "sort": True},
        {"key": "open", "label": _("未结"), "sort": True, "numeric": True},
        {"key": "missed", "label": _("估计遗漏"), "numeric": True, "hide": "narrow"},
        {"key": "due", "label": _("最早到期"), "sort": True},
        {"key": "state", "label": _("状态"), "hide": "narrow"},
    ]
    return {
        "id": "grids",
        "title": _("网格台账"),
        "columns": columns,
        "sort": "-open",
        "filters": [
            {"name": "q", "label": _("关键词"), "kind": "text", "value": "", "placeholder": _("网格、社区")},
            {
                "name": "state",
                "label": _("状态"),
                "kind": "select",
                "value": "",
                "options": [{"value": "", "label": _("全部")}],
            },
            {"name": "since", "label": _("到期不晚于"), "kind": "date", "value": ""},
            {"name": "late", "label": _("只看逾期"), "kind": "check", "value": False},
        ],
        "saved": [{"label": _("今日逾期"), "url": "?late=1"}],
        "rows": [_row(i) for i in range(rows)],
        "count": 612,
        "page": 4,
        "pages": 13,
        "first": 151,
        "last": 200,
        "per_page": 50,
        "export_url": "#export",
        "print": True,
        "empty": {
            "title": _("没有符合条件的网格"),
            "text": _("放宽筛选条件，或清除筛选。"),
            "action_url": "?",
            "action_label": _("清除"),
        },
    }


def _row(i: int) -> dict[str, Any]:
    late, unknown = i % 5 == 0, i % 7 == 3
    done, frame_n = 300 - 17 * i, 312 + i
    words = ("bad", _("逾期")) if late else ("unknown", _("无底数")) if unknown else ("good", _("正常"))
    return {
        "id": f"440305{i:03d}",
        "url": f"#grid-{i}",
        "tone": "bad" if late else "",
        "cells": [
            _("示例社区第 {n} 网格").format(n=i + 1),
            {"kind": "grade", "grade": ("red", "yellow", "blue", None)[i % 4]},
            {"kind": "share", "value": None if unknown else done, "of": None if unknown else frame_n},
            {"kind": "num", "value": 12 + 17 * i, "url": "#open"},
            None if i % 3 else 4,
            {"kind": "time", "value": NOW + dt.timedelta(hours=i - 3), "late": late},
            {"kind": "badge", "tone": words[0], "word": words[1]},
        ],
    }


def stages() -> list[dict[str, Any]]:
    return [
        {"key": "intake", "label": _("汇聚"), "state": "done", "done": 214_032, "total": 214_032, "seconds": 3.2},
        {
            "key": "quality",
            "label": _("检查"),
            "state": "done",
            "done": 213_118,
            "total": 214_032,
            "seconds": 1.1,
            "note": _("暂存 914 行"),
        },
        {"key": "identity", "label": _("合并"), "state": "running", "done": 48_000, "total": 213_118},
        {"key": "geography", "label": _("落格"), "state": "waiting"},
        {"key": "publish", "label": _("发布"), "state": "failed", "note": _("小格未保护")},
    ]


def chart() -> dict[str, Any]:
    days = [f"11-{d}" for d in range(17, 24)]
    values = [4120, 7210, 10033, 12470, 14580, 16758, 17962]
    low, high = [v - 300 for v in values], [v + 500 for v in values]
    return {
        "kind": "line",
        "labels": days,
        "unit": _("户"),
        "series": [{"name": _("已核实"), "values": values, "low": low, "high": high}],
    }


def error() -> dict[str, str]:
    return {
        "code": "E1003",
        "what": _("缺少必需的列：姓名。"),
        "where": _("卫健名单.xlsx / 第 1 张表 / 第 3 行"),
        "todo": _("请补上该列，或把对应的列映射过来。"),
    }
