"""Runs of the way: how far, how long, and a summary that adds up. One can leave the page and come back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app

from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.emergency.queries import current_emergency
from wangge_server.jobs import queries
from wangge_server.jobs.actions import start_run
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may

STAGES = (
    ("link", gettext_lazy("合并：一人一条")), ("locate", gettext_lazy("落格：地址到门牌")), ("trace", gettext_lazy("接触：同时同地")),
    ("grade", gettext_lazy("分级：按方案")), ("plan", gettext_lazy("派单：一户一信封")), ("verify", gettext_lazy("核实：结果")),
    ("count", gettext_lazy("计数：带分母")), ("release", gettext_lazy("发布检查")), ("store", gettext_lazy("入库")),
)  # fmt: skip
STATES: dict[str, tuple[str, Any]] = {
    "waiting": ("", gettext_lazy("等待")), "running": ("", gettext_lazy("进行中")), "done": ("good", gettext_lazy("完成")),
    "failed": ("bad", gettext_lazy("失败")),
}  # fmt: skip
COLUMNS = (
    Column("at", gettext_lazy("提出时间"), order="asked_at"), Column("by", gettext_lazy("提出人"), hide="narrow"),
    Column("state", gettext_lazy("状态"), order="state"), Column("seconds", gettext_lazy("用时（秒）"), numeric=True),
    Column("people", gettext_lazy("人数"), numeric=True), Column("leads", gettext_lazy("线索"), numeric=True),
)  # fmt: skip


@gate("run.view")
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, newest first."""
    page = cut(request, queries.runs(), COLUMNS, sort="-at")
    acts = [{"label": _("开始运算"), "url": reverse("run_start"), "icon": "refresh", "primary": True, "method": "post"}]
    return render(request, "jobs/runs.html", {
        "head": {"title": _("运算"), "answer": _("从名单到线索，已运算次数"), "number": page.count, "unit": "", "as_of": timezone.now(),
                 "actions": acts if may(request, "run.start") else []},
        "ledger": ledger(page, [_line(one) for one in page.items], title=_("运算台账"), id="runs", empty={
            "title": _("还没有运算过"), "text": _("清单读取完毕后，开始一次运算。")}),
    })  # fmt: skip


@require_POST
@gate("run.start")
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a run; the job worker carries it out."""
    emergency = current_emergency()
    if emergency is None:
        raise WanggeError("E9004")
    with transaction.atomic():  # asked for and in the queue, or neither
        made = start_run(emergency=emergency, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        app.configure_task("run_way").defer(run_id=str(made.pk))
    messages.success(request, _("已排队。可以离开本页，回来再看。"))
    return redirect("run", pk=made.pk)


@gate("run.view")
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run: progress by stage, then the summary, added up before the reader's eyes."""
    found = _run(pk)
    word = STATES[found.state][1]
    return render(request, "jobs/run.html", {
        "head": {"title": _("运算"), "answer": word, "as_of": found.finished_at or found.asked_at},
        "stages": _stages(found), "poll_url": _poll(found), "sums": _sums(found.summary), "facts": _facts(found.summary),
        "error": panel(WanggeError(found.error_code)) if found.error_code else None,
        "breadcrumb": [{"label": _("运算"), "url": reverse("runs")}, {"label": word}],
    })  # fmt: skip


@gate("run.view")
def state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part the page asks for every two seconds while the run goes on."""
    found = _run(pk)
    response = render(
        request,
        "ui/parts/progress_stages.html",
        {"stages": _stages(found), "poll_url": _poll(found), "title": _("运算进度")},
    )
    if not _poll(found):
        response["HX-Refresh"] = "true"
    return response


# ---- parts ------------------------------------------------------------------------------------------------


def _run(pk: UUID) -> Any:
    found = queries.run_by_id(str(pk))
    if found is None:
        raise Http404
    return found


def _poll(found: Any) -> str:
    return reverse("run_state", args=[found.pk]) if found.state in ("waiting", "running") else ""


def _line(one: Any) -> dict[str, Any]:
    tone, word = STATES[one.state]
    url = reverse("run", args=[one.pk])
    return {"id": str(one.pk), "url": url, "tone": "bad" if one.state == "failed" else "", "cells": [
        {"kind": "link", "text": timezone.localtime(one.asked_at).strftime("%Y-%m-%d %H:%M"), "url": url},
        one.asked_by.name or one.asked_by.username, {"kind": "badge", "tone": tone, "word": word},
        round(sum(_seconds(one).values()), 1) if _seconds(one) else None, one.summary.get("people"), one.summary.get("leads")]}  # fmt: skip


def _stages(found: Any) -> list[dict[str, Any]]:
    spent = _seconds(found)
    return [
        {"key": key, "label": word, "state": _stage_state(found, key), "seconds": spent.get(key)}
        for key, word in STAGES
    ]


def _seconds(found: Any) -> dict[str, float]:
    """Seconds by stage: as reported while it runs, as summed up when it is done."""
    return dict(found.summary.get("seconds") or {}) | dict(found.seconds)


def _stage_state(found: Any, key: str) -> str:
    if found.state == "done" or key in found.seconds:
        return "done"
    if key != found.stage:
        return "cancelled" if found.state == "failed" else "waiting"
    return "failed" if found.state == "failed" else "running"


def _sums(s: dict[str, Any]) -> list[dict[str, Any]]:
    """Each whole with its parts, and whether they add up."""
    if not s:
        return []
    outcomes = sum((s.get("outcomes") or {}).values())
    lines = [
        (_("收到的行"), s["rows_in"], [(_("合格"), s["rows_good"]), (_("暂存"), s["rows_held"])]),
        (_("线索"), s["leads"], [(_("已有结果"), outcomes), (_("未结"), s["open"])]),
        (
            _("建议分级"),
            s["leads"],
            [
                (_("红"), s["grades"].get("red", 0)),
                (_("黄"), s["grades"].get("yellow", 0)),
                (_("蓝"), s["grades"].get("blue", 0)),
            ],
        ),
    ]
    return [{"whole": name, "n": n, "parts": parts, "difference": n - sum(part for _word, part in parts)}
            for name, n, parts in lines]  # fmt: skip


def _facts(s: dict[str, Any]) -> list[tuple[str, Any]]:
    if not s:
        return []
    return [
        (_("合并成的人"), s.get("people")), (_("家庭"), s.get("households")), (_("未落格的家庭"), s.get("unlocated_households")),
        (_("待人工判断的同名组"), s.get("review_groups")), (_("信封"), s.get("tasks")),
        (_("搁置的行程和接触"), sum((s.get("set_aside") or {}).values())), (_("最高内存（MB）"), s.get("peak_rss_mb")),
    ]  # fmt: skip
