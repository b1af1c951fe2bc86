"""Appeals for those who review them: what is due next, and one appeal with its reasons, its history and what may be done now."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge import risk
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.exposure.queries import exposures_of
from wangge_server.exposure.words import category_words, minutes_words, place_words
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk import appeal_queries as queries
from wangge_server.risk.explained import told

HOME = "person__household__grid_code"
DONE = {
    "acknowledge": gettext_lazy("已受理。时限内请作出决定。"), "ask": gettext_lazy("已请申诉人补充；时限仍在走。"),
    "uphold": gettext_lazy("已答复：维持。"), "correct": gettext_lazy("已更正，并通知所有据此行动的一方。"),
}  # fmt: skip


@gate("appeal.view")
def appeals(request: HttpRequest) -> HttpResponse:
    """Open appeals by what is due next, the late ones first and in words; those that are over below them."""
    area, now = rows_in(request, HOME), timezone.now()
    counts = queries.waiting_counts(area, now)
    waiting = sum(counts[state] for state in queries.OPEN)
    return render(request, "risk/appeals.html", {
        "head": {"title": _("申诉"), "answer": _("等待答复"), "number": waiting, "unit": _("件"), "as_of": now},
        "cards": _cards(counts, waiting), "hours": risk.appeal_terms(), "ledger": _list(request, area, now),
    })  # fmt: skip


@gate("appeal.view")
def appeal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One appeal: what the person says, the grade with its facts, the history, and what this reader may do now."""
    found, now = _found(request, pk), timezone.now()
    elements, lang = request.decision.elements, get_language() or "zh-hans"  # type: ignore[attr-defined]
    record_read(request, "appeal", [found.person_id], appeal=str(found.pk))
    forced = queries.grade_now(found.person_id, found.emergency_id)
    return render(request, "risk/appeal.html", {
        "head": {"title": _("申诉复核"), "answer": risk.said("state", lang)[found.state], "as_of": now},
        "appeal": found, "name": found.person.name if "person.name" in elements else "",
        "facts": _facts(found, lang), "clocks": _clocks(found, now),
        "told": told(found.grade, lang) if "grade.reason" in elements else None,
        "forced": forced, "lowered": forced is None or forced.grade != found.grade.grade,
        "exposures": _exposures(found) if "exposure" in elements else None,
        "history": queries.told_moves(found, lang), "receipts": _receipts(found, lang), **_acts(request, found, forced, lang),
        "breadcrumb": [{"label": _("申诉"), "url": reverse("appeals")}, {"label": _("申诉复核")}],
    })  # fmt: skip


@require_POST
@gate("appeal.decide")
def act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """A reviewer takes it up, asks, upholds or corrects. Whatever is not possible now is refused with its number."""
    found = _found(request, pk)
    same: dict[str, Any] = {"appeal_id": found.pk, "by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]
    said: dict[str, Any] = {key: request.POST.get(key, "") for key in ("reason", "words")}
    if act == "acknowledge":
        actions.acknowledge_appeal(**same)
    elif act == "ask":
        actions.ask_about_appeal(words=said["words"], **same)
    elif act == "uphold":
        actions.uphold_appeal(**said, **same)
    elif act == "correct":
        actions.correct_appeal(**said, left=request.POST.get("left", ""), **same)
    else:
        raise Http404
    messages.success(request, DONE[act])
    return redirect("appeal", pk=pk)


# ---- parts ------------------------------------------------------------------------------------------------


def _found(request: HttpRequest, pk: UUID) -> Any:
    found = queries.appeal_in(rows_in(request, HOME), pk)
    if found is None:
        raise Http404
    return found


def _cards(counts: dict[str, int], waiting: int) -> list[dict[str, Any]]:
    words = (("submitted", _("等待受理")), ("acknowledged", _("复核中")), ("in_favour", _("已先行降级，仍待决定")))
    unit = _("件")
    return [{"label": _("已逾期"), "value": counts["late"], "of": waiting, "unit": unit, "tone": "bad" if counts["late"] else "",
             "word": _("请立即处理") if counts["late"] else ""},
            *({"label": word, "value": counts[state], "of": waiting, "unit": unit} for state, word in words)]  # fmt: skip


def _list(request: HttpRequest, area: dict[str, str], now: dt.datetime) -> dict[str, Any]:
    elements, lang = request.decision.elements, get_language() or "zh-hans"  # type: ignore[attr-defined]
    named, waiting = "person.name" in elements, request.GET.get("show", "open") != "all"
    columns = [
        Column("due", gettext_lazy("下一个时限"), width="200px"), Column("state", gettext_lazy("到了哪一步")),
        *([Column("name", gettext_lazy("姓名"), width="96px")] if named else []), Column("grade", gettext_lazy("申诉的等级")),
        Column("channel", gettext_lazy("方式"), hide="narrow"), Column("filed", gettext_lazy("提出时间"), order="filed_at", hide="narrow"),
    ]  # fmt: skip
    rows = queries.appeals_in(area)
    page = cut(request, rows.filter(state__in=queries.OPEN) if waiting else rows, columns)
    record_read(request, "appeal_list", [row.person_id for row in page.items])
    lines = [_line(row, named, now, lang) for row in page.items]
    options = [{"value": "open", "label": _("等待答复的")}, {"value": "all", "label": _("全部")}]
    return ledger(page, lines, title=_("申诉台账"), id="appeals", filters=[
        {"name": "show", "label": _("范围"), "kind": "select", "value": "open" if waiting else "all", "options": options}],
        empty={"title": _("没有等待答复的申诉"), "text": _("有人申诉时会出现在这里，先到期的在前。")})  # fmt: skip


def _line(row: Any, named: bool, now: dt.datetime, lang: str) -> dict[str, Any]:
    url, late = reverse("appeal", args=[row.pk]), risk.late(row.state, queries.facts_for(row, now))
    tone = risk.appeal_terms()["state"][row.state]["tone"]
    due = {"kind": "time", "value": row.next_due, "late": bool(late)} if row.next_due else _no_clock(row, bool(late))
    return {"id": str(row.pk), "url": url, "tone": "bad" if late else "", "cells": [
        due, {"kind": "badge", "word": risk.said("state", lang)[row.state], "tone": tone},
        *([{"kind": "link", "text": row.person.name, "url": url}] if named else []),
        {"kind": "grade", "grade": row.grade.grade}, risk.said("channel", lang)[row.channel],
        {"kind": "time", "value": row.filed_at}]}  # fmt: skip


def _no_clock(row: Any, late: bool) -> dict[str, Any]:
    word = _("时限已过，已先行降级") if late else _("已结束")
    return {"kind": "badge", "word": word, "tone": "bad" if late else ""}


def _facts(found: Any, lang: str) -> list[tuple[str, Any]]:
    channel = risk.said("channel", lang)[found.channel]
    if found.relation:
        channel = f"{channel} · {risk.said('relation', lang)[found.relation]}"
    return [(_("提出时间"), found.filed_at), (_("方式"), channel)]


def _clocks(found: Any, now: dt.datetime) -> list[dict[str, Any]]:
    """Both clocks, with what is left of each in words; a clock that was met says so."""
    late = risk.late(found.state, queries.facts_for(found, now))
    done = {one.act: one.at for one in queries.moves_of(found)}
    decided = done.get("uphold") or done.get("correct")
    over = not risk.is_open(found.state)
    return [_clock(_("受理"), found.acknowledge_due, done.get("acknowledge"), now, over and "acknowledge" not in done),
            _clock(_("决定"), found.decide_due, decided, now, over and decided is None) | {"late": late == "decide"}]  # fmt: skip


def _clock(label: str, due: dt.datetime, done: dt.datetime | None, now: dt.datetime, idle: bool) -> dict[str, Any]:
    if done is not None:
        word, tone = (_("按时"), "good") if done < due else (_("晚于时限"), "bad")
    elif idle:
        word, tone = _("不再需要"), ""
    elif now >= due:
        word, tone = _("已逾期 %(time)s") % {"time": _span(now - due)}, "bad"
    else:
        word, tone = _("还剩 %(time)s") % {"time": _span(due - now)}, "warn"
    return {"label": label, "due": due, "done": done, "word": word, "tone": tone}


def _span(length: dt.timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
    return minutes_words(minutes)


def _exposures(found: Any) -> list[dict[str, Any]]:
    rows = exposures_of([found.person_id])[:50]
    return [{"category": category_words(row.category), "place": place_words(row.place_kind), "minutes": minutes_words(row.overlap_minutes),
             "first_at": row.first_at, "last_at": row.last_at, "degree": row.degree} for row in rows]  # fmt: skip


def _receipts(found: Any, lang: str) -> list[dict[str, Any]]:
    words = risk.said("receiver", lang)
    return [{"label": words.get(one.receiver, one.receiver), "at": one.confirmed_at, "tries": one.tries, "n": sum(one.effect.values())}
            for one in queries.receipts_of(found)]  # fmt: skip


def _acts(request: HttpRequest, found: Any, forced: Any, lang: str) -> dict[str, Any]:
    """What this reader may do now, and in words why a button is absent. The actions ask again."""
    decides, apart = may(request, "appeal.decide"), queries.is_apart(found, request.user)
    acts = risk.possible(found.state, "reviewer") if decides and apart else ()
    weaker = risk.GRADES[risk.GRADES.index(forced.grade) + 1 :] if forced else ()
    return {"acts": acts, "weaker": weaker, "absent": _absent(found, decides, apart),
            "correct_reasons": risk.said("reason.correct", lang), "uphold_reasons": risk.said("reason.uphold", lang)}  # fmt: skip


def _absent(found: Any, decides: bool, apart: bool) -> str:
    if not risk.is_open(found.state):
        return _("这件申诉已经结束，没有要做的事。")
    if not decides:
        return _("您的角色可以查看申诉，不能决定。")
    if not apart:
        return _("这个等级由您签署或作答，或这件申诉由您代记：须由另一个人复核，所以没有按钮。时限仍在走。")
    return _("先受理，才能作出决定。") if found.state == "submitted" else ""
