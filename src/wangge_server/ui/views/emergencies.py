"""Emergencies: drafted by one, signed into force by another department, wound down and ended the same way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.base.errors import WanggeError
from wangge.exposure import protocols
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.emergency import actions, life, queries
from wangge_server.geography.queries import children, names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may
from wangge_server.ui.templatetags.vite import stamp

COLUMNS = (
    Column("name", gettext_lazy("名称")), Column("phase", gettext_lazy("阶段"), order="phase"),
    Column("starts", gettext_lazy("开始"), order="starts_on"), Column("review", gettext_lazy("复审日"), order="review_on"),
    Column("ends", gettext_lazy("结束"), order="ends_on", hide="narrow"), Column("by", gettext_lazy("起草与签署"), hide="narrow"),
)  # fmt: skip
DATES = ("starts_on", "review_on", "ends_on")
TEXTS = ("name", "kind", "hazard", "level", "area_code", "legal_basis", "document_no", "protocol")
# Why a button is absent is said where somebody else could do it; not where it is simply not one's own.
WHY_SHOWN = ("E5102", "E5104", "E8004", "E8005")


@gate("emergency.view")
def emergencies(request: HttpRequest) -> HttpResponse:
    """All emergencies with phase, dates and who signed; a review that is late stands in words."""
    page = cut(request, queries.emergencies(), COLUMNS)
    signed, today, now = (
        queries.signatures([one.pk for one in page.items]),
        timezone.localdate(),
        queries.current_emergency(),
    )
    stands = now is not None and life.in_force(now.phase)
    acts = [{"label": _("起草宣布书"), "url": reverse("emergency_new"), "icon": "notes", "primary": True}]
    return render(request, "ui/emergencies.html", {
        "head": {"title": _("应急响应"), "answer": now.name if now and stands else _("平时：没有生效的应急响应"), "as_of": timezone.now(),
                 "stale": _late_words(now, today) if now and stands else "", "actions": acts if may(request, "emergency.draft") else []},
        "ledger": ledger(page, [_line(one, signed[one.pk], today) for one in page.items], title=_("应急响应台账"), id="emergencies",
            empty={"title": _("从未宣布过应急响应"), "text": _("没有生效的应急响应，就没有研判、任务、共享和颜色。")}),
        "how": HOW,
    })  # fmt: skip


@gate("emergency.view")
def emergency(request: HttpRequest, code: str) -> HttpResponse:
    """One emergency: what is declared, what was done by whom, and what this reader may do now."""
    found, lang, today = _found(code), _lang(), timezone.localdate()
    verbs = frozenset(verb for verb in queries.VERBS if may(request, f"emergency.{verb}"))
    acts, word = queries.acts_for(found, request.user, verbs, today), life.words("act", lang)
    return render(request, "ui/emergency.html", {
        "head": {"title": found.name, "answer": life.words("phase", lang)[found.phase], "as_of": timezone.now(), "stale": _late_words(found, today)},
        "found": found, "facts": _facts(found, lang), "history": _history(found, lang), "asked": _asked(found, lang),
        "acts": [_act_of(found, move, word[move.act]) for move, against in acts if not against and move.act != "change"],
        "can_change": any(move.act == "change" and not against for move, against in acts),
        "absent": _absent(acts, word, lang),
        "breadcrumb": [{"label": _("应急响应"), "url": reverse("emergencies")}, {"label": found.name}],
    })  # fmt: skip


@gate("emergency.draft")
def emergency_new(request: HttpRequest) -> HttpResponse:
    """The form of a declaration."""
    return _form(request, None)


@gate("emergency.draft")
def emergency_change(request: HttpRequest, code: str) -> HttpResponse:
    """The same form over a draft."""
    return _form(request, _found(code))


def _view_of(verb: str, do: Callable[..., Any], who: str) -> Callable[..., HttpResponse]:
    """The address behind the buttons of one verb. What is not possible now is refused with its number."""
    acts = {move.act for move in life.moves() if move.who == who} - {"draft", "change"}

    @require_POST
    @gate(f"emergency.{verb}")
    def run(request: HttpRequest, code: str, act: str) -> HttpResponse:
        found = _found(code)
        if act not in acts:
            raise Http404
        said = {"words": request.POST.get("words", "").strip(), "until": _date(request, "until")}
        after = do(code=found.pk, act=act, said=said, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        messages.success(request, _("已生效，从现在起可以研判和派单。") if act == "sign" else _("已记录。"))
        return redirect("emergency", code=after.pk)

    return run


emergency_ask = _view_of("draft", actions.ask_of_emergency, "draft")
emergency_sign = _view_of("sign", actions.sign_emergency, "sign")


# ---- parts ------------------------------------------------------------------------------------------------


def _lang() -> str:
    return get_language() or "zh-hans"


def _found(code: str) -> Any:
    found = queries.emergency_by_code(code)
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, found: Any) -> HttpResponse:
    """The form, filled with what stands or with what was just refused; on a refusal nothing typed is lost."""
    said: dict[str, Any] = queries.declaration(found) if found else _fresh(request)
    error, same = None, {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]
    if request.method == "POST":
        said = {key: request.POST.get(key, "").strip() for key in TEXTS} | {key: _date(request, key) for key in DATES}
        try:
            if said["area_code"] not in _areas(request):
                raise WanggeError("E5101")
            made = (
                actions.change_draft(code=found.pk, said=said, **same)
                if found
                else actions.draft_emergency(said=said, **same)
            )
            messages.success(request, _("草稿已保存，等另一部门的人签署后才生效。"))
            return redirect("emergency", code=made.pk)
        except WanggeError as why:
            error = panel(why)
    lang = _lang()
    return render(request, "ui/emergency_form.html", {
        "head": {"title": _("宣布书"), "answer": _("一人起草，另一部门的人签署后生效")}, "error": error,
        "lists": [(*one, said.get(one[0])) for one in (
            ("kind", _("性质"), life.words("kind", lang)), ("hazard", _("类别"), life.words("hazard", lang)),
            ("level", _("级别"), life.words("level", lang)), ("area_code", _("区域"), _areas(request)),
            ("protocol", _("依据的方案"), {p.label: p.label for p in protocols().values() if not p.example}))],
        "texts": [(*one, said.get(one[0]) or "") for one in (
            ("name", _("名称"), 80), ("legal_basis", _("法律依据"), 200), ("document_no", _("文号"), 80))],
        "dates": [(*one, stamp(said.get(one[0])) if said.get(one[0]) else "") for one in (
            ("starts_on", _("开始日期"), True), ("review_on", _("复审日期"), True), ("ends_on", _("结束日期（没有就空着）"), False))],
        "breadcrumb": [{"label": _("应急响应"), "url": reverse("emergencies")}, {"label": _("宣布书")}],
    }, status=400 if error else 200)  # fmt: skip


def _fresh(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    return {"kind": "declared", "area_code": request.user.area_code, "starts_on": today, "review_on": today + dt.timedelta(days=30),  # type: ignore[union-attr]
            "legal_basis": "《中华人民共和国突发公共卫生事件应对法》"}  # fmt: skip


def _date(request: HttpRequest, key: str) -> dt.date | None:
    try:
        return parse_date(request.POST.get(key, ""))
    except ValueError:
        return None


def _areas(request: HttpRequest) -> dict[str, str]:
    """The reader's own area and those right below it."""
    own = request.user.area_code  # type: ignore[union-attr]
    return {own: names_of([own]).get(own, own)} | {row["code"]: row["name"] for row in children(own)} if own else {}


def _late_words(found: Any, today: dt.date) -> str:
    """Plainly, where the day on which somebody had to look at it again is over."""
    if not queries.late_review(found, today):
        return ""
    days = (today - min(found.review_on, found.ends_on or found.review_on)).days
    return _("复审日（或结束日）已过 %(n)s 天，须由两人延期、收尾或结束") % {"n": days}


def _line(one: Any, signed: list[Any], today: dt.date) -> dict[str, Any]:
    url, lang = reverse("emergency", args=[one.pk]), _lang()
    phase = life.terms()["phase"][one.phase]
    names = "；".join(f"{life.words('act', lang)[move.act]} {move.by.name or move.by.username}" for move in signed)
    late = queries.late_review(one, today)
    return {"id": one.pk, "url": url, "tone": "bad" if late else "", "cells": [
        {"kind": "link", "text": one.name, "url": url}, {"kind": "badge", "word": phase["label"][lang], "tone": phase["tone"]},
        {"kind": "time", "value": one.starts_on}, {"kind": "time", "value": one.review_on, "late": late},
        {"kind": "time", "value": one.ends_on} if one.ends_on else "—", names or "—"]}  # fmt: skip


def _facts(found: Any, lang: str) -> list[tuple[str, Any]]:
    area = names_of([found.area_code]).get(found.area_code, found.area_code)
    chosen = {key: life.words(key, lang).get(getattr(found, key), getattr(found, key)) for key in life.CHOSEN}
    return [(_("性质"), chosen["kind"]), (_("类别"), chosen["hazard"]), (_("级别"), chosen["level"]), (_("区域"), area),
            (_("法律依据"), found.legal_basis), (_("文号"), found.document_no), (_("依据的方案"), found.protocol),
            (_("开始"), found.starts_on), (_("复审日"), found.review_on), (_("结束"), found.ends_on or _("未定，由复审决定"))]  # fmt: skip


def _history(found: Any, lang: str) -> list[dict[str, Any]]:
    acts = life.words("act", lang)
    return [{"word": acts[one.act], "what": _asks_words(one.asked, one.until, lang) if one.asked else "", "at": one.at, "by": one.by,
             "unit": one.unit_code, "words": one.words} for one in queries.moves_of(found)]  # fmt: skip


def _asks_words(asked: str, until: dt.date | None, lang: str) -> str:
    """What was asked for, in words."""
    if asked == "review":
        return _("复审日延到 %(day)s") % {"day": until}
    return _("转为：%(phase)s") % {"phase": life.words("phase", lang)[asked]}


def _asked(found: Any, lang: str) -> dict[str, Any] | None:
    """What waits for the second of two, and what will follow from it."""
    if not found.asked:
        return None
    return {
        "what": _asks_words(found.asked, found.asked_until, lang),
        "by": found.asked_by,
        "then": THEN.get(found.asked, ""),
    }


def _act_of(found: Any, move: life.Move, word: str) -> dict[str, Any]:
    name = "emergency_sign" if move.who == "sign" else "emergency_ask"
    return {"act": move.act, "word": word, "needs": move.needs, "url": reverse(name, args=[found.pk, move.act])}


def _absent(acts: list[tuple[life.Move, str]], word: dict[str, str], lang: str) -> list[dict[str, str]]:
    return [
        {"word": word[move.act], "why": WanggeError(against).text(lang)}
        for move, against in acts
        if against in WHY_SHOWN
    ]


THEN = {
    "wind_down": gettext_lazy("签署后：不再扩大，已有的研判和任务做完为止。"),
    "active": gettext_lazy("签署后：恢复为生效中。"),
    "ended": gettext_lazy("签署后：研判、任务、颜色立即停止；随后在“数据销毁”中由两人销毁应急数据。"),
    "review": gettext_lazy("签署后：只改复审日，其余不变。"),
}
HOW = (
    (gettext_lazy("两个人"), gettext_lazy("一人起草，另一部门的人签署后才生效；收尾、结束、延期也都由两人。")),
    (gettext_lazy("没有生效就没有"), gettext_lazy("草稿和已结束的响应下，不能研判、派单、共享或给出颜色（E5105）。")),
    (gettext_lazy("复审日"), gettext_lazy("每次响应都有复审日；过了没有复审，每一页的顶栏都会写明。")),
)  # fmt: skip
