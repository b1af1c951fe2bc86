"""户不漏人: the coverage ledger of an area, the doors nobody confirmed, and the proof of one door for those who live there."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from wangge import feedback
from wangge.audit.verifier import key_text
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.feedback import ledger_queries as doors
from wangge_server.geography.queries import full_name, names_of
from wangge_server.insight import queries
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import Place, place, rows_in

STATES = {
    "occupied_confirmed": (gettext_lazy("有人住，已核实"), "good"), "vacant_confirmed": (gettext_lazy("空置，已核实"), "good"),
    "unreached": (gettext_lazy("有户未见"), "bad"), "refused": (gettext_lazy("谢绝"), "warn"),
    "vacant_unconfirmed": (gettext_lazy("无人核实"), "bad"), "non_residential": (gettext_lazy("非住宅"), ""),
    "demolished": (gettext_lazy("已拆除"), ""),
}  # fmt: skip
METHODS = {"visit": gettext_lazy("上门"), "census": gettext_lazy("名单（上门登记）"), "phone": gettext_lazy("电话"), "paper": gettext_lazy("纸质")}  # fmt: skip
WHY = {
    "no_frame": gettext_lazy("没有房屋底数，不给百分比"), "old_frame": gettext_lazy("底数已超过 180 天，不给百分比"),
    "unconfirmed": gettext_lazy("未核实超过两成，不给百分比"),
}  # fmt: skip
COLUMNS = (
    Column("place", gettext_lazy("门牌"), order="dwelling_id"), Column("grid", pgettext_lazy("one", "网格"), order="grid_code", hide="narrow"),
    Column("state", gettext_lazy("状态"), order="state"), Column("confirmed", gettext_lazy("核实日期"), order="confirmed_on"),
    Column("roster", gettext_lazy("住户说共几人"), order="roster_n", numeric=True, hide="narrow"),
    Column("method", gettext_lazy("方式"), hide="narrow"),
)  # fmt: skip
HOW = (
    (gettext_lazy("底数"), gettext_lazy("带日期的房屋单元清单，每个单元恰好一个状态；非住宅与已拆除不计入应查。")),
    (gettext_lazy("名册已结"), gettext_lazy("住户当面说“就这些人”的那一天；之前的人数只是登记所知。")),
    (gettext_lazy("台账外的楼"), gettext_lazy("至少两户人家写了同一栋楼，而底数里没有这栋楼：去看一眼，再补进底数。")),
    (gettext_lazy("估计遗漏"), gettext_lazy("由多份名单的重叠推算，只给下限“至少”；按社区，不按网格。")),
    (gettext_lazy("百分比"), gettext_lazy("底数超过 180 天，或未核实超过两成时，不给百分比。")),
    (gettext_lazy("证明"), gettext_lazy("每晚每个网格的全部单元合成一个根，写入留痕；任何人可用一个文件核验某一户的状态没有被改过。")),
)  # fmt: skip


@gate("ledger.view")
def door_ledger(request: HttpRequest) -> HttpResponse:
    """The four numbers of an area and its doors; those nobody confirmed are shown first."""
    here = place(request)
    area, found = _rows_of(request, here), doors.numbers_of(_rows_of(request, here))
    state = request.GET.get("state", "open")
    rows = doors.coverage_in(area)
    rows = rows.exclude(state__in=(*doors.CONFIRMED, *doors.OUTSIDE)) if state == "open" else rows.filter(state=state) if state in STATES else rows  # fmt: skip
    page = cut(request, rows, COLUMNS, sort="place")
    names = names_of({row.grid_code for row in page.items} | {here.code})
    return render(request, "insight/door_ledger.html", {
        "head": {"title": _("户不漏人"), "answer": _("%(area)s 已核实") % {"area": names.get(here.code, here.code)},
                 "number": found["confirmed"], "of": found["frame"], "unit": _("户"), "as_of": timezone.now(), "how_url": "#how",
                 "actions": _acts(here)},
        "cards": _cards(here, found), "how": HOW, "outside": queries.buildings_outside(here.prefix)[:20],
        "ledger": ledger(page, [_line(row, names) for row in page.items], title=_("逐户台账"), id="doors", filters=[
            {"name": "state", "label": _("状态"), "kind": "select", "value": state, "options": _options()}],
            empty={"title": _("没有这样的门"), "text": _("这里每一户都有人到门口核实过。") if state == "open" else ""}),
    })  # fmt: skip


@gate("ledger.view")
def door_history(request: HttpRequest, dwelling_id: str) -> HttpResponse:
    """One door: what the ledger says of it, every row before, and how to check it."""
    unit = _unit(request, dwelling_id)
    history, proof = doors.history_of(dwelling_id), doors.proof_of(dwelling_id)
    return render(request, "insight/door_history.html", {
        "head": {"title": str(unit.dwelling), "answer": STATES[unit.state][0], "as_of": timezone.now()},
        "unit": unit, "where": full_name(unit.grid_code), "proof": proof,
        "rows": [{"row": row, "word": STATES[row.state][0], "tone": STATES[row.state][1], "method": METHODS.get(row.method or "", "")} for row in history],
        "breadcrumb": [{"label": _("户不漏人"), "url": _into(unit.grid_code[:12])}, {"label": str(unit.dwelling)}],
    })  # fmt: skip


@gate("ledger.view")
def door_proof(request: HttpRequest, dwelling_id: str) -> HttpResponse:
    """The proof of one door as a file for `verify.py --door`."""
    proof = _proof(request, dwelling_id)
    response = HttpResponse(json.dumps(proof, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="door.json"'
    return response


@gate("ledger.view")
def door_print(request: HttpRequest, dwelling_id: str) -> HttpResponse:
    """The proof of one door on paper: in words, and as a code that holds the row and its way to the root of the grid."""
    unit, proof = _unit(request, dwelling_id), _proof(request, dwelling_id)
    row = json.loads(proof["entry"])
    short = json.dumps(
        {key: value for key, value in proof.items() if key != "log"}, ensure_ascii=False, separators=(",", ":")
    )
    return render(request, "insight/door_print.html", {
        "unit": unit, "row": row, "word": STATES[row["state"]][0], "where": full_name(unit.grid_code), "root": proof["root"],
        "head": proof.get("log", {}).get("head", ""), "picture": _code(short),
    })  # fmt: skip


@gate("ledger.view")
def roots_print(request: HttpRequest) -> HttpResponse:
    """The newest root of every grid of a community on paper: what is kept where nobody of the installation reaches it."""
    here = place(request)
    if len(here.code) < 12:
        raise Http404
    roots = doors.roots_in(here.code)
    lines = [{"grid": one.grid_code, "on": one.on, "n": one.size, "root": key_text(bytes(one.root))} for one in roots]
    text = "\n".join(f"{one['grid']} {one['on']} {one['n']} {one['root']}" for one in lines)
    return render(request, "insight/door_roots_print.html", {
        "lines": lines, "name": full_name(here.code), "picture": _code(text) if 0 < len(text) < 2000 else "",
    })  # fmt: skip


# ---- parts ------------------------------------------------------------------------------------------------


def _rows_of(request: HttpRequest, here: Place) -> dict[str, str]:
    within = rows_in(request)
    return {"grid_code__startswith": here.prefix} if here.prefix else within


def _unit(request: HttpRequest, dwelling_id: str) -> Any:
    unit = doors.unit_in(rows_in(request), dwelling_id)
    if unit is None:
        raise Http404
    return unit


def _proof(request: HttpRequest, dwelling_id: str) -> dict[str, Any]:
    _unit(request, dwelling_id)
    proof = doors.proof_of(dwelling_id)
    if proof is None:
        raise Http404
    return proof


def _code(text: str) -> Any:
    return mark_safe(segno.make(text, error="l", micro=False).svg_inline(scale=3, border=3))  # noqa: S308 - segno's own SVG of our own text


def _into(code: str, name: str = "door_ledger") -> str:
    return reverse(name) + ("?" + urlencode({"in": code}) if code else "")


def _acts(here: Place) -> list[dict[str, Any]]:
    if len(here.code) < 12:
        return []
    return [{"label": _("打印各网格的根"), "url": _into(here.code, "roots_print"), "icon": "printer"}]


def _options() -> list[dict[str, Any]]:
    named = [{"value": key, "label": word} for key, (word, _tone) in STATES.items()]
    return [{"value": "open", "label": _("还没有核实的")}, {"value": "all", "label": _("全部")}, *named]


def _cards(here: Place, found: dict[str, Any]) -> list[dict[str, Any]]:
    frame, confirmed = found["frame"], found["confirmed"]
    why = feedback.why_no_percentage(frame, confirmed, found["framed_on"], timezone.localdate())
    share = str(WHY[why]) if why else f"{100 * confirmed / frame:.1f}%"
    since = found["framed_on"]
    return [
        {"label": _("应查"), "value": frame, "unit": _("户"),
         "hint": _("最早列入于 %(day)s") % {"day": since.isoformat()} if since else _("没有底数日期"),
         "tone": "warn" if why == "old_frame" else "", "word": _("底数过旧") if why == "old_frame" else ""},
        {"label": _("已核实"), "value": confirmed, "of": frame, "unit": _("户"), "tone": "" if why else "good", "word": share,
         "hint": _("名册已结 %(n)s 户") % {"n": found["closed"]}},
        {"label": _("未核实"), "value": found["unconfirmed"], "of": frame, "unit": _("户"),
         "tone": "warn" if found["unconfirmed"] else "good", "word": _("还要去") if found["unconfirmed"] else _("全部到户"),
         "hint": _("谢绝 %(refused)s，有户未见 %(unreached)s") % found},
        _missed_card(here),
    ]  # fmt: skip


def _missed_card(here: Place) -> dict[str, Any]:
    label, low = _("估计遗漏"), queries.missed_in(here.code, whole=here.prefix == "")
    if low is None:
        return {"label": label, "value": None, "tone": "unknown", "word": _("还不能估计"), "hint": _("按社区，至少三份独立名单")}  # fmt: skip
    return {"label": label, "value": low, "unit": _("人"), "tone": "warn" if low else "", "word": _("至少"),
            "hint": _("各名单都没有的人")}  # fmt: skip


def _line(row: Any, names: dict[str, str]) -> dict[str, Any]:
    url, (word, tone) = reverse("door_history", args=[row.pk]), STATES[row.state]
    return {"id": row.pk, "url": url, "cells": [
        {"kind": "link", "text": str(row.dwelling), "url": url}, names.get(row.grid_code, row.grid_code),
        {"kind": "badge", "word": word, "tone": tone}, row.confirmed_on.isoformat() if row.confirmed_on else _("从未"),
        row.roster_n if row.roster_closed_on else "—", METHODS.get(row.method or "", "—")]}  # fmt: skip
