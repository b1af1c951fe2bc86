"""Shares: the ledger, one with its terms, history and receipts, a request, the acts of both sides, and the reading itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
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

from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.emergency.queries import current_emergency
from wangge_server.geography.queries import full_name, names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.scope import may
from wangge_server.sharing import actions, queries
from wangge_server.sharing.forms import ShareForm
from wangge_server.sharing.life import share_words
from wangge_server.sharing.rows import count_of
from wangge_server.sharing.words import element_word, element_words, officer_word, state_badge

COLUMNS = (
    Column("at", gettext_lazy("申请时间"), order="requested_at"), Column("dataset", gettext_lazy("数据集"), order="dataset"),
    Column("purpose", gettext_lazy("用途")), Column("state", gettext_lazy("状态"), order="state"),
    Column("grantee", gettext_lazy("使用责任人")), Column("grantor", gettext_lazy("数据责任人"), hide="narrow"),
    Column("reads", gettext_lazy("已读 / 约定"), order="n_reads", numeric=True),
    Column("until", gettext_lazy("到哪天"), order="ends_on"),
)  # fmt: skip
WAITING = ("requested", "granted")
HOW = (
    (gettext_lazy("两个人同意"), gettext_lazy("先由数据责任人同意，再由第三个部门的人批准；申请单位的人都不行。")),
    (gettext_lazy("只给约定的"), gettext_lazy("没有约定或策略表没有授予的数据项不出现，也不以星号代替。")),
    (
        gettext_lazy("每次都有回执"),
        gettext_lazy("谁、何时、几行、哪些数据项，双方和审计员都看得到；本人在自己的账页上看得到。"),
    ),
    (gettext_lazy("自行结束"), gettext_lazy("到期、次数用完或应急结束，自行停止；责任人和审计员可随时撤销。")),
)


@gate("share.view")
def shares(request: HttpRequest) -> HttpResponse:
    """Who answers for each use, until when; what waits for somebody stands first."""
    within, lang = _within(request), get_language() or "zh-hans"
    counts, show = queries.counts_of(within), request.GET.get("show", "")
    rows = queries.shares_in(within)
    rows = rows.filter(state=show) if show in share_words("state") else rows
    page = cut(request, rows, COLUMNS, sort="-at")
    acts = (
        [{"label": _("申请共享"), "url": reverse("share_new"), "icon": "send", "primary": True}]
        if may(request, "share.request")
        else []
    )
    return render(request, "sharing/shares.html", {
        "head": {"title": _("共享"), "answer": _("在用的共享"), "number": counts.get("active", 0), "of": sum(counts.values()),
                 "unit": _("项"), "as_of": timezone.now(), "actions": acts},
        "cards": _cards(counts, queries.n_notices(within)),
        "ledger": ledger(page, [_line(one, lang) for one in page.items], title=_("共享台账"), id="shares",
            filters=[{"name": "show", "label": _("状态"), "kind": "select", "value": show, "options": [
                {"value": "", "label": _("全部")}, *({"value": k, "label": w} for k, w in share_words("state", lang).items())]}],
            empty={"title": _("没有共享"), "text": _("申请过的共享会出现在这里，连同谁负责、用了几次、到哪天。")}),
        "how": HOW,
    })  # fmt: skip


@gate("share.view")
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One share: what was agreed to, who answers, every use, and what this reader may do now."""
    found, lang, user = _found(request, pk), get_language() or "zh-hans", request.user
    purpose: str = request.purpose  # type: ignore[attr-defined]
    verbs = [verb for verb in ("request", "approve", "revoke", "read") if may(request, f"share.{verb}")]
    facts = queries.facts_for(found, user, timezone.localdate(), purpose=purpose)
    acts = queries.acts_for(found, verbs, facts)
    words = share_words("act", lang)
    return render(request, "sharing/share.html", {
        "head": {"title": share_words("dataset", lang)[found.dataset], "answer": share_words("state", lang)[found.state],
                 "as_of": timezone.now()},
        "share": found, "facts": _facts(found, lang), "history": _history(found, lang), "badge": state_badge(found.state, lang),
        "acts": [{"act": m.act, "word": words[m.act], "needs": m.needs, "url": reverse(f"share_{m.who}", args=[found.pk, m.act])}
                 for m, against in acts if not against and m.act != "read"],
        "absent": [{"word": words[m.act], "why": WanggeError(n, state="", act="").text(lang)} for m, n in acts if n],
        "can_read": any(m.act == "read" and not against for m, against in acts),
        "n_now": count_of(found, timezone.localdate()) if found.state in WAITING else None,
        "receipts": [(one, element_words(one.elements, lang)) for one in queries.receipts_of(found)[:50]],
        "notices": queries.notices_of(found)[:50], "can_confirm": "read" in verbs and facts.grantee and queries.open_notices(found).exists(),
        "breadcrumb": [{"label": _("共享"), "url": reverse("shares")}, {"label": share_words("dataset", lang)[found.dataset]}],
    })  # fmt: skip


@gate("share.request")
def share_new(request: HttpRequest) -> HttpResponse:
    """Ask for a share, for the purpose of this session."""
    user: Any = request.user
    purpose, emergency = request.purpose, current_emergency()  # type: ignore[attr-defined]
    officers = queries.officers_of(user.unit_code)
    given: dict[str, Any] = {"role": user.role, "purpose": purpose, "officers": officers}
    form = ShareForm(request.POST or None, initial=_usual(user, emergency), **given)
    if request.method == "POST" and form.is_valid():
        officer = next((one for one in officers if str(one.pk) == form.cleaned_data["officer"]), None)
        made = actions.request_share(terms=form.terms(emergency), officer=officer, by=user, purpose=purpose)
        messages.success(request, _("已提出。等数据责任人同意、再由第三个部门批准。"))
        return redirect("share", pk=made.pk)
    return render(request, "sharing/share_new.html", {
        "head": {"title": _("申请共享"), "answer": _("只要必需的数据项、行和天数")}, "form": form,
        "purpose_word": label("purpose", purpose, get_language() or "zh-hans"),
        "breadcrumb": [{"label": _("共享"), "url": reverse("shares")}, {"label": _("申请共享")}],
    })  # fmt: skip


@require_POST
@gate("share.read")
def share_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Use it once: a page, or a file that says whose it is and until when. Both leave the same receipt."""
    found, lang = _found(request, pk), get_language() or "zh-hans"
    kind = "changes" if request.POST.get("kind") == "changes" else "whole"
    granted: frozenset[str] = request.decision.elements  # type: ignore[attr-defined]
    given = actions.read_share(share_id=found.pk, kind=kind, granted=granted, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    if request.POST.get("format") == "file":
        body = json.dumps(given, ensure_ascii=False, indent=1) + "\n"
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="share-{given["receipt"]}.json"'
        return response
    names = given["elements"]
    return render(request, "sharing/share_rows.html", {
        "head": {"title": share_words("dataset", lang)[found.dataset], "answer": _("这次读到"), "number": len(given["rows"]),
                 "unit": _("行"), "as_of": timezone.now()},
        "share": found, "given": given, "columns": [element_word(name, lang) for name in names],
        "lines": [(row["ref"], [row[name] for name in names]) for row in given["rows"]],
        "breadcrumb": [{"label": _("共享"), "url": reverse("shares")}, {"label": _("读取"), "url": reverse("share", args=[pk])}],
    })  # fmt: skip


@require_POST
@gate("share.read")
def share_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receiving unit says that it carried the corrections out."""
    actions.confirm_notices(share_id=_found(request, pk).pk, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已确认更正。"))
    return redirect("share", pk=pk)


def _view_of(verb: str, acts: dict[str, Callable[..., Any]]) -> Callable[..., HttpResponse]:
    """The address behind the buttons of one verb. What is not possible now is refused with its number."""

    @require_POST
    @gate(f"share.{verb}")
    def run(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        found = _found(request, pk)
        if act not in acts:
            raise Http404
        purpose: str = request.purpose  # type: ignore[attr-defined]
        words = request.POST.get("words", "").strip()
        acts[act](share_id=found.pk, words=words, by=request.user, purpose=purpose)
        messages.success(request, _("已记录。"))
        return redirect("share", pk=pk) if queries.share_in(_within(request), pk) else redirect("shares")

    return run


share_request = _view_of("request", {"withdraw": actions.withdraw_share})
share_approve = _view_of(
    "approve", {"grant": actions.grant_share, "approve": actions.approve_share, "refuse": actions.refuse_share}
)
share_revoke = _view_of("revoke", {"revoke": actions.revoke_share})


# ---- parts ------------------------------------------------------------------------------------------------


def _within(request: HttpRequest) -> Any:
    """The page's own reach is that of looking at shares, whatever the act."""
    return queries.reach_of(request.user, request.decision.relation)  # type: ignore[attr-defined]


def _found(request: HttpRequest, pk: UUID) -> Any:
    found = queries.share_in(_within(request), pk)
    if found is None:
        raise Http404
    return found


def _usual(user: Any, emergency: Any) -> dict[str, Any]:
    today = timezone.localdate()
    last = min(emergency.ends_on or emergency.review_on, today + dt.timedelta(days=14)) if emergency else today
    return {"area_code": user.area_code, "begins_on": today, "ends_on": max(last, today), "officer": str(user.pk)}


def _cards(counts: dict[str, int], notices: int) -> list[dict[str, Any]]:
    total, waiting = sum(counts.values()), sum(counts.get(state, 0) for state in WAITING)
    over = sum(counts.get(state, 0) for state in ("expired", "exhausted", "revoked"))
    return [
        {"label": _("等人同意"), "value": waiting, "of": total, "unit": _("项"), "tone": "warn" if waiting else "",
         "href": "?show=requested"},
        {"label": _("待确认的更正"), "value": notices, "unit": _("条"), "tone": "bad" if notices else "good",
         "word": _("请接收单位确认") if notices else _("都已确认")},
        {"label": _("已自行结束或撤销"), "value": over, "of": total, "unit": _("项")},
        {"label": _("公开登记"), "value": total, "unit": _("项"), "href": reverse("share_register"), "word": _("任何人都能看到合计")},
    ]  # fmt: skip


def _line(one: Any, lang: str) -> dict[str, Any]:
    url = reverse("share", args=[one.pk])
    return {"id": str(one.pk), "url": url, "cells": [
        {"kind": "link", "text": timezone.localtime(one.requested_at).strftime("%Y-%m-%d %H:%M"), "url": url},
        share_words("dataset", lang)[one.dataset], label("purpose", one.purpose, lang), state_badge(one.state, lang),
        one.grantee_officer.name, one.grantor_officer.name if one.grantor_officer else "—",
        f"{one.n_reads} / {one.max_reads}", one.ends_on.isoformat()]}  # fmt: skip


def _facts(one: Any, lang: str) -> list[tuple[Any, Any]]:
    rows = [full_name(one.area_code) or names_of([one.area_code]).get(one.area_code, one.area_code), *([_("等级：%(g)s") % {"g": _grades(one)}] if one.grades else []),
            *([_("%(d)s 以后确认") % {"d": one.since}] if one.since else [])]  # fmt: skip
    return [
        (_("用途"), label("purpose", one.purpose, lang)), (_("依据（文件名与文号）"), one.basis), (_("理由"), one.reason),
        (_("数据项"), element_words([n for n in one.fields if n not in one.pseudonymised], lang) or "—"),
        (_("只要代号的数据项"), element_words(one.pseudonymised, lang) or "—"),
        (_("哪些行"), " · ".join(map(str, rows))), (_("最多行数"), one.max_rows),
        (_("已读 / 约定"), f"{one.n_reads} / {one.max_reads}"), (_("起止"), f"{one.begins_on} — {one.ends_on}"),
        (_("使用责任人"), officer_word(one.grantee_officer)), (_("数据责任人"), officer_word(one.grantor_officer)),
        (_("第二批准人"), officer_word(one.approved_by)), (_("能否转给他人"), _("不能")),
    ]  # fmt: skip


def _grades(one: Any) -> str:
    words = {"red": _("红"), "yellow": _("黄"), "blue": _("蓝")}
    return " ".join(words[grade] for grade in one.grades)


def _history(one: Any, lang: str) -> list[dict[str, Any]]:
    words = share_words("act", lang)
    return [
        {"word": words[m.act], "at": m.at, "by": m.by.name, "words": m.words} for m in one.moves.select_related("by")
    ]
