"""What may leave the house: proposed by one, examined by the gate, let out by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.publish import explain
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.geography.queries import names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may
from wangge_server.policy.second import is_second
from wangge_server.publish import queries
from wangge_server.publish.actions import approve_release, propose_release

LEVELS = (("district", gettext_lazy("区")), ("street", gettext_lazy("街道")), ("community", gettext_lazy("社区")))
STATES: dict[str, tuple[str, Any]] = {
    "proposed": ("warn", gettext_lazy("待第二人批准")), "published": ("good", gettext_lazy("已发布")),
    "refused": ("bad", gettext_lazy("不得发布")),
}  # fmt: skip
MEASURES = (
    ("frame", gettext_lazy("应查")), ("confirmed", gettext_lazy("已核实")), ("unconfirmed", gettext_lazy("未核实")),
    ("people", gettext_lazy("在册人数")), ("leads", gettext_lazy("线索")), ("outcomes", gettext_lazy("已有结果")),
    ("open", gettext_lazy("未结")), ("overdue", gettext_lazy("逾期")),
)  # fmt: skip
COLUMNS = (
    Column("at", gettext_lazy("提出时间"), order="proposed_at"), Column("level", gettext_lazy("细到"), order="level"),
    Column("state", gettext_lazy("状态"), order="state"), Column("by", gettext_lazy("提出人"), hide="narrow"),
    Column("approved", gettext_lazy("批准人"), hide="narrow"), Column("reasons", gettext_lazy("结论")),
)  # fmt: skip


@gate("release.view")
def releases(request: HttpRequest) -> HttpResponse:
    """The ledger of what went out, what waits for a second person, and what was refused and why."""
    page = cut(request, queries.releases(), COLUMNS, sort="-at")
    acts = [{"label": _("拟发布"), "url": reverse("release_propose"), "icon": "speakerphone", "primary": True}]
    return render(request, "publish/releases.html", {
        "head": {"title": _("发布"), "answer": _("提出过的发布"), "number": page.count, "unit": "", "as_of": timezone.now(),
                 "actions": acts if may(request, "release.propose") else []},
        "ledger": ledger(page, [_line(one) for one in page.items], title=_("发布台账"), id="releases", empty={
            "title": _("还没有发布过"), "text": _("拟一份：先看结论，再由第二人批准。")}),
    })  # fmt: skip


@gate("release.propose")
def propose(request: HttpRequest) -> HttpResponse:
    """What would go out at a level, and the gate's verdict, before anything is proposed; POST proposes it."""
    level = (request.POST if request.method == "POST" else request.GET).get("level", "street")
    if level not in queries.LEVELS:
        raise Http404
    table = queries.cells_down_to(level, timezone.now())
    if request.method == "POST":
        made = propose_release(cells=table, level=level, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        messages.info(
            request, _("已提出，等待第二人批准。") if made.state == "proposed" else _("不得发布，理由已留痕。")
        )
        return redirect("release", pk=made.pk)
    found = queries.verdict(table)
    return render(request, "publish/propose.html", {
        "head": {"title": _("拟发布"), "answer": _verdict_words(found.verdict), "as_of": timezone.now()},
        "levels": LEVELS, "level": level, "verdict": found.verdict, "reasons": _reasons(found.reasons),
        "table": _table(found.rows.to_pylist()), "measures": MEASURES, "how": HOW,
        "breadcrumb": [{"label": _("发布"), "url": reverse("publishing")}, {"label": _("拟发布")}],
    })  # fmt: skip


@gate("release.view")
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One release: verdict, reasons, the protected table, who proposed and who let it out."""
    found = _release(pk)
    tone, word = STATES[found.state]
    mine = found.proposed_by_id == request.user.pk
    second = is_second("release.approve", found.proposed_by, request.user)
    return render(request, "publish/release.html", {
        "head": {"title": _("发布：细到%(level)s") % {"level": dict(LEVELS)[found.level]}, "answer": word, "as_of": found.proposed_at},
        "release": found, "tone": tone, "word": word, "reasons": _reasons(found.reasons), "table": _table(found.rows),
        "measures": MEASURES, "can_approve": found.state == "proposed" and may(request, "release.approve") and second,
        "is_mine": mine and found.state == "proposed",
        "breadcrumb": [{"label": _("发布"), "url": reverse("publishing")}, {"label": word}],
    })  # fmt: skip


@require_POST
@gate("release.approve")
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person lets it out; the proposer may not (E8004)."""
    approve_release(release=_release(pk), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已批准发布。此后的每一份都会与它一起接受检查。"))
    return redirect("release", pk=pk)


def _release(pk: UUID) -> Any:
    found = queries.release_by_id(pk)
    if found is None:
        raise Http404
    return found


def _verdict_words(verdict: str) -> str:
    return _("可以发布：小数已保护") if verdict == "released" else _("不得发布")


def _reasons(reasons: Sequence[str]) -> str:
    return explain(tuple(reasons), get_language() or "zh-hans") if reasons else ""


def _line(one: Any) -> dict[str, Any]:
    tone, word = STATES[one.state]
    url = reverse("release", args=[one.pk])
    return {"id": str(one.pk), "url": url, "cells": [
        {"kind": "link", "text": timezone.localtime(one.proposed_at).strftime("%Y-%m-%d %H:%M"), "url": url},
        str(dict(LEVELS).get(one.level, one.level)), {"kind": "badge", "tone": tone, "word": word}, one.proposed_by.name,
        one.approved_by.name if one.approved_by else "—",
        _reasons(one.reasons) or _verdict_words(one.verdict)]}  # fmt: skip


def _table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Release rows as one line an area, one cell a measure: exactly what a reader would see."""
    names, lines = names_of({row["area_code"] for row in rows}), dict[str, dict[str, str]]()
    for row in rows:
        lines.setdefault(row["area_code"], {})[row["measure"]] = row["shown"]
    return [{"name": names.get(code, code), "level": len(code), "cells": [shown.get(key, "—") for key, _word in MEASURES]}
            for code, shown in sorted(lines.items())]  # fmt: skip


HOW = (
    (gettext_lazy("小数怎样保护"), gettext_lazy("7 及以下写作“<8”，其余取整到 5；合计由取整后的数相加，不能倒推。")),
    (gettext_lazy("和以前一起查"), gettext_lazy("新的一份与所有已发布的放在一起试着倒推；推得出来就不得发布。")),
    (gettext_lazy("细到哪里"), gettext_lazy("公开发布最细到社区；网格不公开。")),
    (gettext_lazy("两个人"), gettext_lazy("提出的人不能批准。")),
)
