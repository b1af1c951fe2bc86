"""The board: what is covered, of how much, and what is late. Figures only; each stands beside its denominator."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from wangge_server.base.export import FORMS, exported
from wangge_server.base.ledger import Column, Page, cut, ledger
from wangge_server.dispatch.queries import grid_work
from wangge_server.feedback.queries import balance, doubted
from wangge_server.feedback.views import doubt_card
from wangge_server.geography.queries import names_of
from wangge_server.insight import queries
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import Place, place

LEVEL = {9: gettext_lazy("按街道"), 12: gettext_lazy("按社区"), 15: gettext_lazy("按网格"), 6: gettext_lazy("按区")}
COLUMNS = (
    Column("name", gettext_lazy("区域"), order="name"),
    Column("confirmed", gettext_lazy("已核实 / 应查（户）"), order="share"),
    Column("unconfirmed", gettext_lazy("未核实（户）"), order="unconfirmed", numeric=True),
    Column("people", gettext_lazy("在册人数"), order="people", numeric=True, hide="narrow"),
    Column("leads", gettext_lazy("线索"), order="leads", numeric=True, hide="narrow"),
    Column("outcomes", gettext_lazy("已有结果"), order="outcomes", numeric=True, hide="narrow"),
    Column("open", gettext_lazy("未结"), order="open", numeric=True),
    Column("overdue", gettext_lazy("逾期"), order="overdue", numeric=True),
)
STALE_AFTER = dt.timedelta(hours=24)
TARGET = 300  # households a grid should hold
MAP_AREA = "440305"  # the only area whose buildings and roads come with the package


@gate("board.view")
def board(request: HttpRequest) -> HttpResponse:
    """Today's coverage of the reader's area, or of an area inside it (`?in=CODE`)."""
    here, now = place(request), timezone.now()
    rows = [row | {"share": _share(row)} for row in queries.named_cells(here.prefix, here.digits, now)]
    if request.GET.get("export") in FORMS:
        return _export(request, here, rows)
    return render(request, "insight/board.html", _context(request, here, rows, now))


@gate("board.view")
def screen(request: HttpRequest) -> HttpResponse:
    """The same for a large screen: dark, without a menu, asking again every minute."""
    here, now = place(request), timezone.now()
    rows = [row | {"share": _share(row)} for row in queries.named_cells(here.prefix, here.digits, now)]
    return render(request, "insight/screen.html", _context(request, here, rows, now) | {"large_screen": True})


@gate("board.view")
def grids_geojson(request: HttpRequest) -> HttpResponse:
    """Grids of the area with their coverage, for the map."""
    here = place(request)
    found = queries.grid_map(here.prefix, timezone.now())
    for one in found["features"]:
        one["properties"]["url"] = _into("board", one["properties"]["code"])
    return JsonResponse(found)


@gate("board.view")
def base_geojson(request: HttpRequest) -> HttpResponse:
    """Buildings and roads under the grids, where the package has them; else nothing."""
    here = place(request)
    if here.top.startswith(MAP_AREA):
        return _public_map(_ground())
    return JsonResponse({"type": "FeatureCollection", "features": []})


@gate("grid.view")
def grids(request: HttpRequest) -> HttpResponse:
    """Load of each grid: households against the 300 a grid should hold, and whether anybody holds it."""
    here, now = place(request), timezone.now()
    work = {row["code"]: row for row in grid_work(here.prefix)}
    rows = [_grid_row(row, work.get(row["code"])) for row in queries.all_grids(here.prefix, now)]
    empty = [row for row in rows if not row["holders"]]
    page = cut(request, rows, GRID_COLUMNS, sort="code")
    return render(request, "insight/grids.html", {
        "head": {"title": _("网格"), "answer": _("有人负责的网格"), "number": len(rows) - len(empty), "of": len(rows),
                 "unit": "", "as_of": now, "how_url": "#how"},
        "cards": _grid_cards(rows, empty), "ledger": ledger(page, [_grid_line(row) for row in page.items],
                                                            title=_("网格台账"), id="grids"),
        "grids_url": _into("grids_geojson", here.code), "base_url": reverse("base_geojson"), "how": GRIDS_HOW,
    })  # fmt: skip


# ---- parts of the board ---------------------------------------------------------------------------------


def _context(request: HttpRequest, here: Place, rows: list[dict[str, Any]], now: dt.datetime) -> dict[str, Any]:
    whole, page = queries.total(rows), cut(request, rows, COLUMNS, sort="")
    names = names_of([here.code, *here.steps])
    kept = balance(here.prefix)
    return {
        "head": _head(here, names, whole, now),
        "cards": _cards(here, whole, now),
        "kept": kept,
        "now": now,
        "ledger": _ledger(here, page),
        "rows": rows,
        "whole": whole,
        "overdue": _overdue(rows),
        "how": HOW,
        "breadcrumb": _crumbs(here, names),
        "grids_url": _into("grids_geojson", here.code),
        "base_url": reverse("base_geojson"),
        "place_name": names.get(here.code, here.code),
    }


def _head(here: Place, names: dict[str, str], whole: dict[str, int], now: dt.datetime) -> dict[str, Any]:
    return {
        "title": _("今日覆盖") if here.is_top else _("%(area)s · 今日覆盖") % {"area": names.get(here.code, here.code)},
        "answer": _("已核实"), "number": whole["confirmed"], "of": whole["frame"], "unit": _("户"), "as_of": now,
        "stale": _stale(now), "how_url": "#how",
        "actions": [{"label": _("大屏"), "url": _into("screen", here.code), "icon": "chart-bar"},
                    {"label": "CSV", "url": _into("board", here.code, export="csv"), "icon": "download"},
                    {"label": "XLSX", "url": _into("board", here.code, export="xlsx"), "icon": "download"}],
    }  # fmt: skip


def _stale(now: dt.datetime) -> str:
    """A word where nobody has run the way for a day; the counts themselves are always fresh."""
    run = queries.last_run() if queries.last_run else None
    if run is None:
        return _("还没有运算过")
    age = now - run["finished_at"]
    if age < STALE_AFTER:
        return ""
    hours = int(age.total_seconds() // 3600)
    return ngettext("名单与线索 %(n)d 小时未更新", "名单与线索 %(n)d 小时未更新", hours) % {"n": hours}


def _cards(here: Place, whole: dict[str, int], now: dt.datetime) -> list[dict[str, Any]]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    new = queries.progress_since(here.prefix, midnight)
    return [
        {"label": _("应查"), "value": whole["frame"], "unit": _("户"), "hint": _("房屋底数，不含非住宅与已拆除")},
        {"label": _("已核实"), "value": whole["confirmed"], "of": whole["frame"], "unit": _("户"), "tone": "good",
         "word": _("今日 +%(n)s") % {"n": new["confirmed"]}, "hint": _("入户确认有人或空置")},
        {"label": _("未核实"), "value": whole["unconfirmed"], "of": whole["frame"], "unit": _("户"),
         "href": "#areas", "tone": "warn" if whole["unconfirmed"] else "good",
         "word": _("还要去") if whole["unconfirmed"] else _("全部到户")},
        _missed_card(here),
        doubt_card(doubted(here.prefix)),
    ]  # fmt: skip


def _missed_card(here: Place) -> dict[str, Any]:
    label = _("估计遗漏")
    if not here.is_top:
        return {"label": label, "value": None, "tone": "unknown", "word": _("只对全域估计")}
    found = queries.missed()
    if found["low"] is None:
        return {"label": label, "value": None, "tone": "unknown", "word": _("还不能估计"),
                "hint": _("至少需要三份独立名单")}  # fmt: skip
    hint = (
        _("可能多至 %(n)s 人") % {"n": found["high"]}
        if found["high"] is not None
        else _("各名单都没有的人，至少这么多")
    )
    return {"label": label, "value": found["low"], "unit": _("人"), "tone": "warn", "word": _("至少"), "hint": hint}


def _ledger(here: Place, page: Page) -> dict[str, Any]:
    return ledger(page, [_line(here, row) for row in page.items], id="areas",
                  title=LEVEL[here.digits],
                  empty={"title": _("这里还没有房屋底数"), "text": _("请数据主管先载入房屋与网格。")})  # fmt: skip


def _line(here: Place, row: dict[str, Any]) -> dict[str, Any]:
    deeper = row["code"] is not None and len(row["code"]) < 15
    name = row["name"] if row["code"] else _("未落格")
    share = {"kind": "share", "value": row["confirmed"], "of": row["frame"]}
    return {
        "id": row["code"] or "", "url": _into("board", row["code"]) if deeper else "",
        "tone": "bad" if row["overdue"] else "",
        "cells": [name, share if row["frame"] else "—", *(row[c.key] for c in COLUMNS[2:7]),
                  {"kind": "num", "value": row["overdue"]}],
    }  # fmt: skip


def _overdue(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The ten areas with most late leads as a chart; None where nothing is late."""
    late = sorted((r for r in rows if r["overdue"]), key=lambda r: -r["overdue"])[:10]
    if not late:
        return None
    return {"kind": "bars", "labels": [r["name"] or _("未落格") for r in late], "unit": _("条"),
            "series": [{"name": _("逾期"), "values": [r["overdue"] for r in late]}]}  # fmt: skip


def _crumbs(here: Place, names: dict[str, str]) -> list[dict[str, Any]]:
    steps = [{"label": names.get(code, code), "url": _into("board", code)} for code in here.steps if code]
    return [{"label": _("总览"), "url": reverse("board")}, *steps]


def _export(request: HttpRequest, here: Place, rows: list[dict[str, Any]]) -> HttpResponse:
    keys = ("code", "name", "confirmed", "frame", "unconfirmed", "people", "leads", "outcomes", "open", "overdue")
    header = [_("代码"), _("区域"), _("已核实"), _("应查"), _("未核实"), _("在册人数"), _("线索"), _("已有结果"), _("未结"),
              _("逾期")]  # fmt: skip
    record_read(request, "export", [], rows=len(rows), area=here.code)
    return exported(request, request.GET["export"], "coverage", header, ([row[k] for k in keys] for row in rows))


def _share(row: dict[str, Any]) -> float | None:
    return row["confirmed"] / row["frame"] if row["frame"] else None


def _into(name: str, code: str, **more: str) -> str:
    query = {"in": code, **more} if code else more
    return reverse(name) + ("?" + urlencode(query) if query else "")


@cache
def _ground() -> bytes:
    """Shipped map of Nanshan, gzipped GeoJSON."""
    return resources.files("wangge.synth").joinpath("ground/nanshan_map.geojson.gz").read_bytes()


def _public_map(packed: bytes) -> HttpResponse:
    headers = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=86400"}
    return HttpResponse(packed, content_type="application/geo+json", headers=headers)


HOW = (
    (gettext_lazy("应查"), gettext_lazy("房屋底数中的户，去掉非住宅和已拆除；空置户也要到门口看一次。")),
    (gettext_lazy("已核实"), gettext_lazy("有人到过门口并确认“有人住”或“空置”；只在名单上出现不算。")),
    (
        gettext_lazy("估计遗漏"),
        gettext_lazy("用多份独立名单的重叠程度推算没有任何名单记到的人，只给下限；名单不足时写“未知”，不写 0。"),
    ),
    (
        gettext_lazy("线索"),
        gettext_lazy("每个分级人员一条，必须恰好得到一个结果；线索 = 已有结果 + 未结，差额必须是 0。"),
    ),
    (gettext_lazy("逾期"), gettext_lazy("过了方案规定的结果时限仍未结的线索。")),
    (gettext_lazy("未落格"), gettext_lazy("地址找不到门牌的住户和线索；单列一行，不摊到任何区域。")),
)


# ---- parts of the page of grids ------------------------------------------------------------------------

GRID_COLUMNS = (
    Column("code", pgettext_lazy("one", "网格"), order="code"),
    Column("households", gettext_lazy("住户"), order="households", numeric=True),
    Column("load", gettext_lazy("与 300 户相比"), order="households", numeric=True),
    Column("frame", gettext_lazy("房屋（户）"), order="frame", numeric=True, hide="narrow"),
    Column("people", gettext_lazy("在册人数"), order="people", numeric=True, hide="narrow"),
    Column("open", gettext_lazy("未办结信封"), order="open", numeric=True),
    Column("holders", gettext_lazy("负责人"), order="holders"),
)
GRIDS_HOW = (
    (gettext_lazy("住户"), gettext_lazy("地址落在该网格的家庭数；一扇门后可有几家。")),
    (gettext_lazy("与 300 户相比"), gettext_lazy("网格以 300 户左右为宜；+50 表示比 300 户多 50 户。")),
    (gettext_lazy("负责人"), gettext_lazy("至少一名网格员负责该网格且有可用账号。")),
)


def _grid_row(cell: dict[str, Any], work: dict[str, Any] | None) -> dict[str, Any]:
    work = work or {"open": 0, "holders": 0}
    return cell | {"open": work["open"], "holders": work["holders"]}


def _grid_line(row: dict[str, Any]) -> dict[str, Any]:
    holder = ({"kind": "badge", "tone": "good", "word": _("有")} if row["holders"]
              else {"kind": "badge", "tone": "bad", "word": _("无人负责")})  # fmt: skip
    off = row["households"] - TARGET
    return {"id": row["code"], "url": _into("board", row["code"]), "tone": "" if row["holders"] else "bad", "cells": [
        row["name"], row["households"], f"{off:+d}", row["frame"], row["people"], row["open"], holder]}  # fmt: skip


def _grid_cards(rows: list[dict[str, Any]], empty: list[dict[str, Any]]) -> list[dict[str, Any]]:
    heavy = sum(row["households"] > TARGET * 1.2 for row in rows)
    homes = sum(row["households"] for row in rows)
    return [
        {"label": _("网格"), "value": len(rows)},
        {"label": _("无人负责"), "value": len(empty), "of": len(rows), "tone": "bad" if empty else "good",
         "word": _("要指派") if empty else _("都有人")},
        {"label": _("住户最多超过 360 户"), "value": heavy, "of": len(rows), "tone": "warn" if heavy else "good",
         "word": _("偏重") if heavy else _("均衡")},
        {"label": _("平均每格"), "value": round(homes / len(rows)) if rows else None, "unit": _("户"), "hint": _("以 300 户为宜")},
    ]  # fmt: skip
