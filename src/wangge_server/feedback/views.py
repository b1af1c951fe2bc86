"""Supervision: what others call done, how much of it was looked at a second time, and how often both agree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.feedback import queries
from wangge_server.feedback.actions import draw_rechecks
from wangge_server.feedback.words import outcome_words
from wangge_server.geography.queries import area_names
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may, place

COLUMNS = (
    Column("name", gettext_lazy("社区"), order="name"),
    Column("outcomes", gettext_lazy("已有结果"), order="outcomes", numeric=True),
    Column("drawn", gettext_lazy("抽中 / 已有结果"), order="drawn"),
    Column("done", gettext_lazy("已复核 / 抽中"), order="done"),
    Column("agree", gettext_lazy("一致 / 已复核"), order="agree"),
    Column("unseen", gettext_lazy("说办结而无人复核"), order="unseen", numeric=True),
)
COUNTED = ("outcomes", "drawn", "done", "agree", "unseen")


@gate("recheck.list")
def supervision(request: HttpRequest) -> HttpResponse:
    """Sample drawn, done and agreeing by community; what nobody has checked. Units, never workers."""
    here = place(request)
    names = area_names("community", here.prefix)
    rows = [row | {"name": names.get(row["code"], row["code"]), "unseen": max(row["outcomes"] - row["done"], 0)}
            for row in queries.verification_rows(here.prefix)]  # fmt: skip
    whole = {key: sum(row[key] for row in rows) for key in COUNTED}
    page = cut(request, rows, COLUMNS)
    return render(request, "feedback/supervision.html", {
        "head": {"title": _("复核"), "answer": _("盲样复核已完成"), "number": whole["done"], "of": whole["drawn"], "unit": _("条"),
                 "as_of": timezone.now(), "actions": _acts(request)},
        "cards": [*_cards(whole), doubt_card(queries.doubted(here.prefix))], "outcomes": [(outcome_words(k), n) for k, n in queries.outcomes_in(here.prefix).items()],
        "whole": whole, "how": HOW,
        "ledger": ledger(page, [_line(row) for row in page.items], title=_("按社区"), id="rechecks", empty={
            "title": _("还没有已办结的线索"), "text": _("有结果之后才能抽取复核。")}),
    })  # fmt: skip


@require_POST
@gate("recheck.draw")
def draw(request: HttpRequest) -> HttpResponse:
    """Draw today's blind sample. The same day draws the same leads, so a second click adds only what is new."""
    fresh = draw_rechecks(seed=int(timezone.localdate().strftime("%Y%m%d")), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("新抽中 %(n)s 条，已进入监督员的手机。") % {"n": fresh})
    return redirect("supervision")


def _acts(request: HttpRequest) -> list[dict[str, Any]]:
    if not may(request, "recheck.draw"):
        return []
    return [
        {"label": _("抽取复核"), "url": reverse("recheck_draw"), "icon": "eye-check", "primary": True, "method": "post"}
    ]


def _cards(whole: dict[str, int]) -> list[dict[str, Any]]:
    done, agree, unseen = whole["done"], whole["agree"], whole["unseen"]
    differ = done - agree
    return [
        {"label": _("抽中"), "value": whole["drawn"], "of": whole["outcomes"], "unit": _("条"),
         "hint": _("每次至少 30 条或 2%，取多者")},
        {"label": _("已复核"), "value": done, "of": whole["drawn"], "unit": _("条")},
        {"label": _("一致"), "value": agree if done else None, "of": done if done else None, "unit": _("条"),
         "tone": "unknown" if not done else "bad" if differ else "good",
         "word": _("还没有复核") if not done else _("不一致 %(n)s") % {"n": differ} if differ else _("全部一致")},
        {"label": _("说办结而无人复核"), "value": unseen, "of": whole["outcomes"], "unit": _("条"), "tone": "unknown",
         "word": _("未知真假")},
    ]  # fmt: skip


def doubt_card(found: dict[str, Any]) -> dict[str, Any]:
    """How often a second look differs, and what that says of all outcomes, as an interval. The board shows the same card."""
    label = _("复核不一致")
    if found["low"] is None:
        return {"label": label, "value": None, "tone": "unknown", "word": _("还没有复核")}
    return {"label": label, "value": found["differ"], "of": found["done"], "unit": _("条"), "tone": "bad" if found["differ"] else "good",
            "word": _("不一致") if found["differ"] else _("全部一致"),
            "hint": _("由此推算，全部 %(n)s 条结果中有 %(low)s 至 %(high)s 条不实（95%%）") % {"n": found["outcomes"], **found}}  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    differ = row["done"] - row["agree"]
    return {"id": row["code"] or "", "tone": "bad" if differ else "", "cells": [
        row["name"] if row["code"] else _("未落格"), row["outcomes"],
        {"kind": "share", "value": row["drawn"], "of": row["outcomes"]},
        {"kind": "share", "value": row["done"], "of": row["drawn"]} if row["drawn"] else "—",
        {"kind": "share", "value": row["agree"], "of": row["done"]} if row["done"] else "—", row["unseen"]]}  # fmt: skip


HOW = (
    (gettext_lazy("谁来复核"), gettext_lazy("不是上门的人，也不是同单位、同一条线上的人；看不到第一次的结果。")),
    (gettext_lazy("怎样抽"), gettext_lazy("每条已有结果的线索机会均等；同一天再按一次，只补抽新的。")),
    (gettext_lazy("一致"), gettext_lazy("两次“是否见到人”相同，且结果相同。")),
    (gettext_lazy("只比单位"), gettext_lazy("按社区看，不给网格员排名；抽中不是怀疑谁。")),
)
