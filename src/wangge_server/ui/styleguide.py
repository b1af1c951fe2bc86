"""Made-up figures for ui/styleguide.html, the page that shows every part. No person, no place, no real number.

Chinese only: it is for the people who build pages.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

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
        "总览",
        "汇聚",
        "一人一档",
        "研判",
        "派单",
        "督办",
        "网格",
        "发布",
        "留痕",
        "设置",
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
        "emergency": {"name": "示例呼吸道疫情", "level": "二级", "url": "#emergency"},
        "area": {"name": "示例区", "url": "#area"},
        "inbox": {"count": 7, "url": "#inbox"},
        "person": {"name": "李示例", "role": "指挥员", "unit": "区指挥部"},
        "purpose": {
            "code": "response",
            "label": "疫情处置",
            "basis": "突发公共卫生事件应对法",
            "until": dt.date(2026, 12, 31),
            "choices": [{"code": "response", "label": "疫情处置"}, {"code": "census", "label": "常态走访"}],
        },
        "breadcrumb": [{"label": "总览", "url": "#"}, {"label": "今日覆盖"}],
        "watermark": "李示例 · 区指挥部 · 2026-11-23 14:05 · 疫情处置",
    }


def cards() -> list[dict[str, Any]]:
    return [
        {"label": "应查（户）", "value": 20418, "hint": "底数日期 2026-11-20", "href": "#frame"},
        {
            "label": "已核实",
            "value": 17962,
            "of": 20418,
            "tone": "good",
            "word": "较昨日 +1 204",
            "href": "#confirmed",
        },
        {
            "label": "未核实",
            "value": 2456,
            "of": 20418,
            "tone": "warn",
            "word": "逾期 219",
            "href": "#unconfirmed",
        },
        {
            "label": "估计遗漏",
            "value": None,
            "tone": "unknown",
            "word": "尚无复核",
            "hint": "复核满 30 户后给出区间",
        },
        {"label": "红色逾期", "value": 3, "of": 41, "tone": "bad", "word": "超过 24 小时", "href": "#late"},
    ]


def ledger(rows: int = 12) -> dict[str, Any]:
    columns = [
        {"key": "grid", "label": "网格", "sort": True},
        {"key": "grade", "label": "最高等级"},
        {"key": "share", "label": "已核实 / 应查", "sort": True},
        {"key": "open", "label": "未结", "sort": True, "numeric": True},
        {"key": "missed", "label": "估计遗漏", "numeric": True, "hide": "narrow"},
        {"key": "due", "label": "最早到期", "sort": True},
        {"key": "state", "label": "状态", "hide": "narrow"},
    ]
    return {
        "id": "grids",
        "title": "网格台账",
        "columns": columns,
        "sort": "-open",
        "filters": [
            {"name": "q", "label": "关键词", "kind": "text", "value": "", "placeholder": "网格、社区"},
            {
                "name": "state",
                "label": "状态",
                "kind": "select",
                "value": "",
                "options": [{"value": "", "label": "全部"}],
            },
            {"name": "since", "label": "到期不晚于", "kind": "date", "value": ""},
            {"name": "late", "label": "只看逾期", "kind": "check", "value": False},
        ],
        "saved": [{"label": "今日逾期", "url": "?late=1"}],
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
            "title": "没有符合条件的网格",
            "text": "放宽筛选条件，或清除筛选。",
            "action_url": "?",
            "action_label": "清除",
        },
    }


def _row(i: int) -> dict[str, Any]:
    late, unknown = i % 5 == 0, i % 7 == 3
    done, frame_n = 300 - 17 * i, 312 + i
    words = ("bad", "逾期") if late else ("unknown", "无底数") if unknown else ("good", "正常")
    return {
        "id": f"440305{i:03d}",
        "url": f"#grid-{i}",
        "tone": "bad" if late else "",
        "cells": [
            f"示例社区第 {i + 1} 网格",
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
        {"key": "intake", "label": "汇聚", "state": "done", "done": 214_032, "total": 214_032, "seconds": 3.2},
        {
            "key": "quality",
            "label": "检查",
            "state": "done",
            "done": 213_118,
            "total": 214_032,
            "seconds": 1.1,
            "note": "暂存 914 行",
        },
        {"key": "identity", "label": "合并", "state": "running", "done": 48_000, "total": 213_118},
        {"key": "geography", "label": "落格", "state": "waiting"},
        {"key": "publish", "label": "发布", "state": "failed", "note": "小格未保护"},
    ]


def chart() -> dict[str, Any]:
    days = [f"11-{d}" for d in range(17, 24)]
    values = [4120, 7210, 10033, 12470, 14580, 16758, 17962]
    low, high = [v - 300 for v in values], [v + 500 for v in values]
    return {
        "kind": "line",
        "labels": days,
        "unit": "户",
        "series": [{"name": "已核实", "values": values, "low": low, "high": high}],
    }


def error() -> dict[str, str]:
    return {
        "code": "E1003",
        "what": "缺少必需的列：姓名。",
        "where": "卫健名单.xlsx / 第 1 张表 / 第 3 行",
        "todo": "请补上该列，或把对应的列映射过来。",
    }
