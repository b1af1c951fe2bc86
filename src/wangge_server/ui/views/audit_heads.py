"""The signed heads of the log: what proves it, who can hold it against us, and the proof itself, one click away."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from wangge_server.audit import sealed
from wangge_server.audit.actions import check_log, give_heads
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.policy.gate import gate

COLUMNS = (
    Column("at", gettext_lazy("封存时间"), order="at"), Column("size", gettext_lazy("条数"), order="size", numeric=True),
    Column("root", gettext_lazy("树根（前十六位）"), hide="narrow"), Column("print", gettext_lazy("给见证人")),
)  # fmt: skip
# What does not fit, as the auditor reads it; the codes are those of the verifier.
PROBLEMS = {
    "changed": gettext_lazy("这一条被改过"), "gone": gettext_lazy("这一条不见了"), "place": gettext_lazy("次序有缺口"),
    "node": gettext_lazy("树的中间结点不对"), "head": gettext_lazy("树头的记录与签名文字不一致"),
    "unlisted": gettext_lazy("绕过封存写入的记录"), "waiting": gettext_lazy("待封存的记录不见了"),
    "root": gettext_lazy("树头签名之后，之前的记录被改动"), "short": gettext_lazy("末尾缺少记录"),
    "unsealed": gettext_lazy("有记录不在任何树头之下"), "signature": gettext_lazy("树头签名不对"),
    "key": gettext_lazy("树头不是本机密钥签的"), "no_heads": gettext_lazy("没有树头"), "no_entries": gettext_lazy("还没有封存任何记录"),
}  # fmt: skip


@gate("audit.view")
@require_GET
def heads(request: HttpRequest) -> HttpResponse:
    """Every head, newest first; what waits to be sealed; the ways to give heads away."""
    return _page(request, None)


@gate("audit.verify")
@require_POST
def verify_now(request: HttpRequest) -> HttpResponse:
    """Compute the whole log anew and say what does not fit."""
    report = check_log(by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    if not report.problems:
        messages.success(request, _("全部 %(n)s 条留痕重新计算过，与签名的树头一致。") % {"n": report.entries})
        return redirect("audit_heads")
    return _page(request, report)


@gate("audit.witness")
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """All heads as one file, for another department to keep."""
    lines = sealed.head_lines()
    give_heads(how="file", heads=len(lines), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="heads-{timezone.localtime():%Y%m%d-%H%M}.txt"'
    return response


@gate("audit.witness")
@require_GET
def print_head(request: HttpRequest, size: int) -> HttpResponse:
    """One head on paper: the line as a code and in letters, with room for a signature."""
    found = sealed.head_at(size)
    if found is None:
        raise Http404
    give_heads(how="paper", heads=1, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    picture = segno.make(found.line, error="m").svg_inline(scale=5, border=3)
    return render(request, "ui/audit_head_print.html", {"found": found, "picture": mark_safe(picture)})  # noqa: S308 - segno's own SVG of our own line


def _page(request: HttpRequest, report: Any) -> HttpResponse:
    newest, waits = sealed.newest_head(), sealed.n_waiting()
    page = cut(request, sealed.heads(), COLUMNS, sort="-size")
    return render(request, "ui/audit_heads.html", {
        "head": {"title": _("树头与见证"), "answer": _("已封存"), "number": newest.size if newest else 0, "unit": _("条"),
                 "as_of": newest.at if newest else None, "actions": _acts(newest)},
        "cards": [
            {"label": _("待封存"), "value": waits, "unit": _("条"), "hint": _("每分钟封存一次")},
            {"label": _("树头"), "value": page.count, "unit": _("个"), "hint": _("至少每千条签一个")},
        ],
        "newest": newest, "problems": _problems(report),
        "ledger": ledger(page, [_line(one) for one in page.items], title=_("全部树头"), id="heads",
                         empty={"title": _("还没有树头"), "text": _("作业进程每分钟封存一次。")}),
    })  # fmt: skip


def _acts(newest: Any) -> list[dict[str, Any]]:
    if newest is None:
        return []
    return [
        {"label": _("立即核验"), "url": reverse("audit_verify"), "method": "post", "primary": True, "icon": "check"},
        {"label": _("下载树头"), "url": reverse("audit_heads_file"), "icon": "download"},
        {"label": _("打印最新树头"), "url": reverse("audit_head_print", args=[newest.size]), "icon": "printer"},
    ]


def _problems(report: Any) -> list[dict[str, Any]]:
    """Kinds of problems with how often and where the first is; a cut log has thousands of one kind."""
    kinds: dict[str, list[int]] = {}
    for problem in report.problems if report else ():
        kinds.setdefault(problem.what, []).append(problem.at)
    return [
        {"word": PROBLEMS.get(what, what), "n": len(places), "first": min(places)} for what, places in kinds.items()
    ]


def _line(head: Any) -> dict[str, Any]:
    return {"id": str(head.size), "cells": [
        {"kind": "time", "value": head.at}, head.size, bytes(head.root).hex()[:16],
        {"kind": "link", "text": _("打印"), "url": reverse("audit_head_print", args=[head.size])}]}  # fmt: skip
