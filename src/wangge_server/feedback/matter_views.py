"""Things found: by what is due next; one with its history and what this reader may do now; a form to report one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge import feedback
from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.emergency.queries import current_phase
from wangge_server.feedback import matter_actions as actions
from wangge_server.feedback import matter_queries as queries
from wangge_server.geography.queries import area_names, full_name, names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may, rows_in

COLUMNS = (
    Column("due", gettext_lazy("下一个时限"), width="200px"), Column("kind", gettext_lazy("什么事")),
    Column("place", gettext_lazy("在哪里")), Column("state", gettext_lazy("到了哪一步")),
    Column("unit", gettext_lazy("处置单位"), hide="narrow"), Column("source", gettext_lazy("来源"), hide="narrow"),
)  # fmt: skip
SHOWN = (
    ("open", gettext_lazy("未结的")), ("late", gettext_lazy("逾期的")), ("to_verify", gettext_lazy("说办好了、还没人看过的")),
    ("hung_up", gettext_lazy("挂账清单")), ("all", gettext_lazy("全部")),
)  # fmt: skip
PUBLIC_FROM_DESK = ("hotline", "resident", "patrol")


def reach(request: HttpRequest) -> Q:
    """The matters this reader may see: of the area; where only one's own, those of one's unit and those one reported."""
    if request.decision.relation != "own":  # type: ignore[attr-defined]
        return Q(**rows_in(request))
    user: Any = request.user
    return Q(reported_by=user) | (Q(unit=user.unit_code) if user.unit_code else Q(pk=None))


@gate("matter.view")
def matters(request: HttpRequest) -> HttpResponse:
    """Matters by what is due next; late ones in words. What others call done and nobody has seen has its own line."""
    within, now = reach(request), timezone.now()
    counts, lang = queries.counts_of(within, now), get_language() or "zh-hans"
    show = request.GET.get("show", "open")
    rows = queries.matters_in(within)
    picked = {"open": Q(state__in=queries.OPEN), "late": Q(state__in=queries.OPEN, due_at__lt=now),
              "to_verify": Q(state="feedback"), "hung_up": Q(state="hung_up")}.get(show, Q())  # fmt: skip
    page = cut(request, rows.filter(picked), COLUMNS)
    return render(request, "feedback/matters.html", {
        "head": {"title": _("事项"), "answer": _("还没有结案"), "number": counts["open"], "unit": _("件"), "as_of": now,
                 "actions": _acts(request)},
        "cards": _cards(counts), "ledger": ledger(page, [_line(row, now, lang) for row in page.items], title=_("事项台账"), id="matters",
            filters=[{"name": "show", "label": _("范围"), "kind": "select", "value": show,
                      "options": [{"value": key, "label": word} for key, word in SHOWN]}],
            empty={"title": _("这里没有事项"), "text": _("巡查、居民或 12345 报来的事会出现在这里，先到期的在前。")}),
        "how": HOW,
    })  # fmt: skip


@gate("matter.view")
def matter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One matter: where it stands, its clocks, everything said and done, and what this reader may do now."""
    found, now, lang = _found(request, pk), timezone.now(), get_language() or "zh-hans"
    states, user, purpose = feedback.matter_words("state", lang), request.user, request.purpose  # type: ignore[attr-defined]
    verbs = queries.verbs_of(user.role, purpose, current_phase())  # type: ignore[union-attr]
    acts = queries.acts_for(found, user, verbs, now)
    return render(request, "feedback/matter.html", {
        "head": {"title": feedback.matter_words("kind", lang)[found.kind], "answer": states[found.state], "as_of": now},
        "matter": found, "facts": _facts(found, lang), "late": _late(found, now), "where": full_name(found.grid_code),
        "history": _history(found, lang), "alike": queries.alike(found) if found.state == "reported" else [],
        "acts": [_act_of(found, move, lang) for move, against in acts if not against],
        "absent": [{"word": feedback.matter_words("act", lang)[move.act], "why": WanggeError(against, act=feedback.matter_words("act", lang)[move.act]).text(lang)}
                   for move, against in acts if against in WHY_SHOWN],
        "breadcrumb": [{"label": _("事项"), "url": reverse("matters")}, {"label": feedback.matter_words("kind", lang)[found.kind]}],
    })  # fmt: skip


@gate("matter.report")
def matter_new(request: HttpRequest) -> HttpResponse:
    """A form to report something found, or told by a resident or 12345."""
    lang, user = get_language() or "zh-hans", request.user
    if request.method == "POST":
        given = {
            key: request.POST.get(key, "").strip()
            for key in ("kind", "place", "words", "grid_code", "source", "external_id")
        }
        if not given["grid_code"].startswith(user.area_code or "-"):  # type: ignore[union-attr]
            raise Http404
        made = actions.report_matter(what=given, by=user, purpose=request.purpose)  # type: ignore[attr-defined]
        messages.success(request, _("已报告。请记下编号，凭它可以查询和重开。"))
        return redirect("matter", pk=made.pk)
    return render(request, "feedback/matter_new.html", {
        "head": {"title": _("报告一件事"), "answer": _("写事，不写人")},
        "kinds": feedback.matter_words("kind", lang), "grids": sorted(area_names("grid", user.area_code or "-").items()),  # type: ignore[union-attr]
        "sources": {key: word for key, word in feedback.matter_words("source", lang).items() if key in PUBLIC_FROM_DESK},
        "breadcrumb": [{"label": _("事项"), "url": reverse("matters")}, {"label": _("报告一件事")}],
    })  # fmt: skip


def _view_of(verb: str, do: Callable[..., Any], acts: tuple[str, ...]) -> Callable[..., HttpResponse]:
    """The address behind the buttons of one verb. What is not possible now is refused with its number."""

    @require_POST
    @gate(f"matter.{verb}")
    def run(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        found = _found(request, pk)
        if act not in acts:
            raise Http404
        do(matter_id=found.pk, act=act, said=_said(request), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        messages.success(request, _("已记录。"))
        # A unit that returned a matter sees it no longer.
        return redirect("matter", pk=pk) if queries.matter_in(reach(request), pk) else redirect("matters")

    return run


def _withdraw(*, matter_id: UUID, act: str, said: Any, by: Any, purpose: str) -> Any:
    return actions.withdraw_matter(matter_id=matter_id, by=by, purpose=purpose)


matter_report = _view_of("report", _withdraw, ("withdraw",))
matter_accept = _view_of("accept", actions.take_in_matter, ("accept", "reject", "merge"))
matter_dispatch = _view_of("dispatch", actions.dispatch_matter, ("dispatch",))
matter_handle = _view_of("handle", actions.handle_matter, ("acknowledge", "return", "ask_extension", "feed_back"))
matter_decide = _view_of("decide", actions.decide_matter, ("arbitrate", "grant", "refuse", "hang_up"))
matter_verify = _view_of("verify", actions.verify_matter, ("confirm", "send_back"))
matter_close = _view_of("close", actions.close_matter, ("close", "doubt", "ask_satisfaction"))
matter_reopen = _view_of("reopen", actions.reopen_matter, ("reopen",))


# ---- parts ------------------------------------------------------------------------------------------------

# Why a button is absent is said where somebody else could do it, or it is too late; not where it is simply not one's own.
WHY_SHOWN = ("E7101", "E7104", "E7105", "E7109")


def _found(request: HttpRequest, pk: UUID) -> Any:
    found = queries.matter_in(reach(request), pk)
    if found is None:
        raise Http404
    return found


def _said(request: HttpRequest) -> dict[str, Any]:
    said: dict[str, Any] = {key: request.POST.get(key, "").strip() for key in ("words", "unit", "satisfaction")}
    day = parse_date(request.POST.get("until", "") or "-")
    said["until"] = timezone.make_aware(dt.datetime.combine(day, dt.time(18))) if day else None
    try:
        said["merge_into"] = str(UUID(request.POST.get("merge_into", "")))
    except ValueError:
        said["merge_into"] = ""
    return said


def _acts(request: HttpRequest) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = []
    if may(request, "matter.exchange"):
        acts.append({"label": "CSV", "url": reverse("matters_csv"), "icon": "file-import"})
    if may(request, "matter.report"):
        acts.append({"label": _("报告一件事"), "url": reverse("matter_new"), "icon": "notes", "primary": True})
    return acts


def _cards(counts: dict[str, int]) -> list[dict[str, Any]]:
    unit = _("件")
    return [
        {"label": _("逾期"), "value": counts["late"], "of": counts["open"], "unit": unit, "href": "?show=late",
         "tone": "bad" if counts["late"] else "good", "word": _("请催办") if counts["late"] else _("都在时限内")},
        {"label": _("说办好了、还没人看过"), "value": counts["to_verify"], "of": counts["open"], "unit": unit, "href": "?show=to_verify",
         "tone": "unknown" if counts["to_verify"] else "", "word": _("未知真假") if counts["to_verify"] else ""},
        {"label": _("挂账"), "value": counts["hung_up"], "of": counts["open"], "unit": unit, "href": "?show=hung_up"},
        {"label": _("满意"), "value": counts["satisfied"] if counts["asked"] else None, "of": counts["asked"] or None, "unit": unit,
         "tone": "" if counts["asked"] else "unknown", "word": "" if counts["asked"] else _("还没有回访"),
         "hint": _("返工过 %(n)s 件") % {"n": counts["reworked"]}},
    ]  # fmt: skip


def _late(found: Any, now: dt.datetime) -> bool:
    return found.state in queries.OPEN and found.due_at is not None and found.due_at < now


def _line(row: Any, now: dt.datetime, lang: str) -> dict[str, Any]:
    url, late = reverse("matter", args=[row.pk]), _late(row, now)
    due: Any = {"kind": "time", "value": row.due_at, "late": late} if row.due_at and row.state in queries.OPEN else "—"
    state = feedback.matter_terms()["state"][row.state]
    return {"id": str(row.pk), "url": url, "tone": "bad" if late else "", "cells": [
        due, {"kind": "link", "text": feedback.matter_words("kind", lang)[row.kind], "url": url}, row.place,
        {"kind": "badge", "word": state["label"][lang], "tone": state["tone"]}, unit_words(row.unit) or "—",
        feedback.matter_words("source", lang)[row.source]]}  # fmt: skip


def unit_words(unit: str) -> str:
    """A unit as people read it: the name of its area where it is one."""
    return names_of([unit]).get(unit, unit)


def _facts(found: Any, lang: str) -> list[tuple[str, Any]]:
    limit = feedback.matter_words("class", lang)[feedback.matter_terms()["kind"][found.kind]["class"]]
    rows = [(_("编号"), str(found.pk)), (_("在哪里"), found.place), (_("来源"), feedback.matter_words("source", lang)[found.source]),
            (_("时限类别"), limit), (_("处置单位"), unit_words(found.unit) or "—")]  # fmt: skip
    if found.external_id:
        rows.append((_("来源编号"), found.external_id))
    if found.satisfaction:
        rows.append((_("回访"), feedback.matter_words("satisfaction", lang)[found.satisfaction]))
    counted = (
        (_("退回"), found.n_returns),
        (_("延期"), found.n_extensions),
        (_("返工"), found.n_reworks),
        (_("重开"), found.n_reopens),
    )
    return rows + [(label, _("%(n)s 次") % {"n": n}) for label, n in counted if n]


def _history(found: Any, lang: str) -> list[dict[str, Any]]:
    acts = feedback.matter_words("act", lang)
    return [{"word": acts[one.act], "at": one.at, "by": one.by, "words": one.words, "unit": unit_words(one.unit), "until": one.until}
            for one in queries.moves_of(found)]  # fmt: skip


def _act_of(found: Any, move: feedback.MatterMove, lang: str) -> dict[str, Any]:
    """A button with the fields its act asks for."""
    return {
        "act": move.act, "word": feedback.matter_words("act", lang)[move.act], "needs": move.needs,
        "url": reverse(f"matter_{move.who}", args=[found.pk, move.act]),
        "units": [(unit, unit_words(unit)) for unit in queries.units()] if "unit" in move.needs else [],
        "values": feedback.matter_words("satisfaction", lang) if "satisfaction" in move.needs else {},
    }  # fmt: skip


HOW = (
    (gettext_lazy("监督与处置分离"), gettext_lazy("办的人不受理、不核查、不结案；核查的人不结案；同单位、同一条线上的人也不行。")),
    (gettext_lazy("时限"), gettext_lazy("受理 30 分钟；处置按类别：紧急 4 小时，一般 3 天，需施工 15 天；只能延期一次，原时限照样统计。")),
    (gettext_lazy("退回"), gettext_lazy("不归自己管的，时限过半之前可以退回一次；第二次退回由上级裁定，裁定后不得再退。")),
    (gettext_lazy("挂账"), gettext_lazy("确实办不了的写明原因和复审日，公开列出；到日自动恢复。")),
    (gettext_lazy("重开"), gettext_lazy("结案后 15 天内居民可以重开，第一次不用说理由；重开算处置单位的，不算发现人的。")),
)  # fmt: skip
