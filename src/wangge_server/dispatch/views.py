"""How envelopes move from signed to closed, and where they are late. Counts only: never a row, never a worker's rank."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.dispatch import queries
from wangge_server.geography.queries import area_names, names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import KINDS, Place, place

COLUMNS = (
    Column("name", gettext_lazy("区域"), order="name"),
    Column("signed", gettext_lazy("签发"), order="signed", numeric=True),
    Column("opened", gettext_lazy("已打开"), order="opened"),
    Column("attempted", gettext_lazy("已上门"), order="attempted"),
    Column("closed", gettext_lazy("已办结"), order="closed"),
    Column("unopened_late", gettext_lazy("未打开且逾期"), order="unopened_late", numeric=True, hide="narrow"),
    Column("late", gettext_lazy("未办结且逾期"), order="late", numeric=True),
    Column("nobody", gettext_lazy("没有人接"), order="nobody", numeric=True),
)
LOAD = (
    Column("name", pgettext_lazy("one", "网格")),
    Column("tasks", gettext_lazy("信封"), numeric=True),
    Column("people", gettext_lazy("要见的人"), numeric=True),
    Column("open", gettext_lazy("未办结"), numeric=True),
)
STEPS = ("signed", "opened", "attempted", "closed")


@gate("flow.view")
def flow(request: HttpRequest) -> HttpResponse:
    """A funnel from signed to closed, each step with its lateness, by area; grids that nobody holds."""
    here, now = place(request), timezone.now()
    names = area_names(KINDS[here.digits], here.prefix)
    rows = [row | {"name": names.get(row["code"], row["code"])} for row in queries.flow(here.prefix, here.digits, now)]
    whole = {key: sum(row[key] for row in rows) for key in (*STEPS, "late", "unopened_late", "nobody")}
    page = cut(request, rows, COLUMNS)
    own = names_of([here.code, *here.steps])
    return render(request, "dispatch/flow.html", {
        "head": {"title": _("派单进度"), "answer": _("已办结信封"), "number": whole["closed"], "of": whole["signed"],
                 "unit": _("个信封"), "as_of": now},
        "cards": _cards(whole), "funnel": _funnel(whole), "empty_grids": _empty_grids(here),
        "ledger": ledger(page, [_line(row) for row in page.items], title=_("按区域"), id="flow", empty={
            "title": _("还没有签发"), "text": _("研判批次签发后，信封会出现在这里。")}),
        "load": _load(here), "how": HOW, "breadcrumb": _crumbs(here, own),
    })  # fmt: skip


def _cards(whole: dict[str, int]) -> list[dict[str, Any]]:
    late, nobody = whole["late"], whole["nobody"]
    return [
        {"label": _("签发"), "value": whole["signed"], "unit": _("个信封"), "hint": _("一户一个信封，交给一名网格员")},
        {"label": _("未办结"), "value": whole["signed"] - whole["closed"], "of": whole["signed"], "unit": _("个信封")},
        {"label": _("未办结且逾期"), "value": late, "of": whole["signed"], "unit": _("个信封"), "tone": "bad" if late else "good",
         "word": _("要督促") if late else _("没有逾期")},
        {"label": _("没有人接"), "value": nobody, "of": whole["signed"], "unit": _("个信封"), "tone": "bad" if nobody else "good",
         "word": _("要指派") if nobody else _("都有人接")},
    ]  # fmt: skip


def _funnel(whole: dict[str, int]) -> dict[str, Any]:
    labels = [_("签发"), _("已打开"), _("已上门"), _("已办结")]
    return {"kind": "bars", "labels": labels, "unit": "",
            "series": [{"name": _("信封"), "values": [whole[step] for step in STEPS]}]}  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    deeper = row["code"] is not None and len(row["code"]) < 15
    share = [{"kind": "share", "value": row[step], "of": row["signed"]} for step in STEPS[1:]]
    return {"id": row["code"] or "", "url": _into(row["code"]) if deeper else "", "tone": "bad" if row["late"] else "",
            "cells": [row["name"] if row["code"] else _("未落格"), row["signed"], *share, row["unopened_late"], row["late"],
                      row["nobody"]]}  # fmt: skip


def _empty_grids(here: Place) -> list[str]:
    """Names of grids in this area that nobody holds."""
    _none, codes = queries.workers_without_grid_and_grids_without_worker()
    inside = [code for code in codes if code.startswith(here.prefix)]
    names = names_of(inside)
    return [names.get(code, code) for code in inside]


def _load(here: Place) -> dict[str, Any]:
    """The fifty grids with most open envelopes."""
    rows = sorted(queries.load_by_worker(here.prefix), key=lambda row: (-row["open"], row["code"]))[:50]
    names = names_of(row["code"] for row in rows)
    lines = [{"id": row["code"], "cells": [names.get(row["code"], row["code"]), row["tasks"], row["people"], row["open"]]}
             for row in rows]  # fmt: skip
    return {"id": "load", "title": _("各网格负荷（未办结最多的在前）"), "columns": [c.as_dict() for c in LOAD], "rows": lines,
            "count": len(lines), "page": 1, "pages": 1, "first": 1 if lines else 0, "last": len(lines),
            "empty": {"title": _("没有信封"), "text": ""}}  # fmt: skip


def _crumbs(here: Place, names: dict[str, str]) -> list[dict[str, Any]]:
    return [{"label": _("派单"), "url": reverse("dispatch")},
            *({"label": names.get(code, code), "url": _into(code)} for code in here.steps if code)]  # fmt: skip


def _into(code: str) -> str:
    return f"{reverse('dispatch')}?{urlencode({'in': code})}"


HOW = (
    (gettext_lazy("信封"), gettext_lazy("一户一个，内有这户要见的人；只有负责的网格员能打开。")),
    (gettext_lazy("逾期"), gettext_lazy("过了方案规定的时限；从签发时刻起算。")),
    (gettext_lazy("没有人接"), gettext_lazy("网格没有负责人，或地址还不知道在哪个网格；由社区或区里的值班席处理。")),
    (gettext_lazy("只有数字"), gettext_lazy("各级只看数量和时限，不看名单，也不给网格员排名。")),
)
