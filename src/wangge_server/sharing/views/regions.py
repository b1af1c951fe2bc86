"""Regions we trust, people we hand over, people handed over to us, and the inbox other installations post to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.base.system import AS_SYSTEM
from wangge_server.emergency.queries import current_emergency
from wangge_server.policy.gate import gate, in_area, open_to_all
from wangge_server.policy.queries import label
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may
from wangge_server.registry.queries import people_born
from wangge_server.sharing import region_actions as actions
from wangge_server.sharing import region_queries as queries
from wangge_server.sharing.bundle import can_step, handover_terms, handover_words
from wangge_server.sharing.carry import MOST_BYTES, carry
from wangge_server.sharing.words import element_word


@gate("region.view")
def regions(request: HttpRequest) -> HttpResponse:
    """Whom we trust, by which key, where they are; and our own key, to be handed over by another way."""
    return render(request, "sharing/regions.html", {
        "head": {"title": _("互认地区"), "answer": _("互认的地区"), "number": queries.regions().filter(ended_at=None).count(),
                 "unit": _("个地区"), "as_of": timezone.now()},
        "regions": queries.regions(), "own": queries.own_key(), "can_trust": may(request, "region.trust"),
    })  # fmt: skip


@require_POST
@gate("region.trust")
def region_trust(request: HttpRequest) -> HttpResponse:
    """Trust a region, or end it (`end` names it)."""
    same: dict[str, Any] = {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]
    if "end" in request.POST:
        found = queries.trusted(name=request.POST["end"])
        if found is None:
            raise Http404
        actions.end_trust(region=found, **same)
    else:
        given = {key: request.POST.get(key, "").strip() for key in ("name", "public_key", "address")}
        actions.trust_region(**given, **same)
    messages.success(request, _("已记录。"))
    return redirect("regions")


@gate("handover.view")
def handovers(request: HttpRequest) -> HttpResponse:
    """People under way in both directions; what is still our task stands first. Nobody's name stands in the list."""
    within, lang = _within(request), get_language() or "zh-hans"
    words, tones = handover_words(lang), {code: row["tone"] for code, row in handover_terms()["state"].items()}
    arrived = list(queries.arrivals()[:200]) if _is_whole(request) else []
    acts = (
        [{"label": _("移交一个人"), "url": reverse("handover_new"), "icon": "send", "primary": True}]
        if may(request, "handover.send")
        else []
    )
    return render(request, "sharing/handovers.html", {
        "head": {"title": _("跨区移交"), "answer": _("我方尚未了结"), "number": queries.n_open(within), "unit": _("件"),
                 "as_of": timezone.now(), "actions": acts},
        "sent": [(one, words[one.state], tones[one.state]) for one in queries.handovers(within)[:200]],
        "arrived": [(one, words[one.state] if one.state != "refused" else _("我方不接收"), tones[one.state]) for one in arrived],
    })  # fmt: skip


@gate("handover.send")
def handover_new(request: HttpRequest) -> HttpResponse:
    """Hand somebody over: their whole name and birth date, to whom, on which basis. A list is never shown."""
    if request.method == "POST":
        made = _send(request)
        carry(made.pk, timezone.now())
        messages.success(request, _("已提出移交。对方有人接收之前，这件事仍由我方负责。"))
        return redirect("handover", pk=made.pk)
    lang = get_language() or "zh-hans"
    granted = request.decision.elements  # type: ignore[attr-defined]
    return render(request, "sharing/handover_new.html", {
        "head": {"title": _("移交一个人"), "answer": _("只移交必需的数据项")},
        "regions": queries.regions().filter(ended_at=None),
        "elements": [element_word(name, lang) for name in handover_terms()["elements"] if name in granted],
        "breadcrumb": [{"label": _("跨区移交"), "url": reverse("handovers")}, {"label": _("移交一个人")}],
    })  # fmt: skip


def _send(request: HttpRequest) -> Any:
    day = parse_date(request.POST.get("birth_date", "") or "-")
    found = people_born(in_area(request), request.POST.get("name", "").strip(), day) if day else []
    emergency, region = current_emergency(), queries.trusted(name=request.POST.get("region", ""))
    if len(found) != 1:
        raise WanggeError("E8251", n=len(found))
    if region is None or emergency is None:
        raise WanggeError("E8253")
    record_read(request, "handover", [found[0].pk])
    given = {key: request.POST.get(key, "") for key in ("place", "basis", "reason")}
    return actions.send_handover(
        person=found[0], emergency=emergency, region=region, **given, granted=request.decision.elements,  # type: ignore[attr-defined]
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip


@gate("handover.view")
def handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One we send: how often it was tried, what the other side answered, and what can be done."""
    found = queries.handover_in(_within(request), pk)
    if found is None:
        raise Http404
    record_read(request, "handover", [found.person_id])
    can = may(request, "handover.send")
    return _page(request, found, can_try=can and found.state in ("waiting", "arrived", "undelivered"),
                 can_keep=can and bool(can_step("out", found.state, "keep")))  # fmt: skip


@require_POST
@gate("handover.send")
def handover_try(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send it now, without waiting for the job."""
    if queries.handover_in(_within(request), pk) is None:
        raise Http404
    carry(pk, timezone.now())
    return redirect("handover", pk=pk)


@require_POST
@gate("handover.send")
def handover_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person stays ours."""
    if queries.handover_in(_within(request), pk) is None:
        raise Http404
    actions.keep_here(handover_id=pk, words=request.POST.get("words", ""), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    return redirect("handover", pk=pk)


@gate("handover.view")
def arrival(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One handed over to us: what came, as far as this reader may see it, and the choice."""
    found = _arrival(request, pk)
    record_read(request, "arrival", [str(found.pk)])
    return _page(request, found, can_decide=may(request, "handover.decide") and found.state == "arrived")


def _view_of(do: Callable[..., Any]) -> Callable[..., HttpResponse]:
    @require_POST
    @gate("handover.decide")
    def run(request: HttpRequest, pk: UUID) -> HttpResponse:
        found = _arrival(request, pk)
        purpose: str = request.purpose  # type: ignore[attr-defined]
        do(request, arrival_id=found.pk, by=request.user, purpose=purpose)
        messages.success(request, _("已记录。对方下一次来问时得知。"))
        return redirect("arrival", pk=pk)

    return run


arrival_accept = _view_of(lambda _request, **given: actions.accept_arrival(**given))
arrival_refuse = _view_of(lambda request, **given: actions.refuse_arrival(words=request.POST.get("words", ""), **given))


@csrf_exempt
@open_to_all
@require_POST
def inbox(request: HttpRequest) -> HttpResponse:
    """Where other regions post. Who they are is said by a signature, not by an account; the answer is a signed receipt."""
    now = timezone.now()
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise WanggeError("E8253")
        found = actions.receive_bundle(raw=request.body, now=now, by=system_user(), purpose=AS_SYSTEM)
    except WanggeError as error:
        return JsonResponse({"code": error.code, "text": error.text("zh-hans")}, status=400)
    return HttpResponse(actions.receipt_of(found, now), content_type="application/json; charset=utf-8")


# ---- parts ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, found: Any, **can: bool) -> HttpResponse:
    lang, said = get_language() or "zh-hans", queries.said_in(found)
    granted = request.decision.elements  # type: ignore[attr-defined]
    known = [(element_word(name, lang), value) for name, value in said["person"].items() if name in granted]
    facts = [
        (_("地区"), found.region.name), (_("用途"), label("purpose", said["purpose"], lang)), (_("依据（文件名与文号）"), said["basis"]),
        (_("理由"), said["reason"]), (_("去哪里"), said["place"] or "—"), (_("提出时间"), _stamp(said["issued_at"])),
    ]  # fmt: skip
    return render(request, "sharing/handover.html", {
        "head": {"title": _("跨区移交"), "answer": handover_words(lang)[found.state], "as_of": timezone.now()},
        "one": found, "facts": facts, "known": known, "can": can, "fault": WanggeError(found.fault, reason="—").text(lang) if getattr(found, "fault", "") else "",
        "is_ours": hasattr(found, "tries"), "breadcrumb": [{"label": _("跨区移交"), "url": reverse("handovers")}, {"label": found.region.name}],
    })  # fmt: skip


def _stamp(said: str) -> str:
    return timezone.localtime(dt.datetime.fromisoformat(said)).strftime("%Y-%m-%d %H:%M")


def _within(request: HttpRequest) -> dict[str, Any]:
    return in_area(request, "person__household__grid_code")


def _is_whole(request: HttpRequest) -> bool:
    """Arrivals stand in no area of ours yet: who answers for the whole sees them."""
    emergency, user = current_emergency(), request.user
    return request.decision.relation == "all" or (emergency is not None and user.area_code == emergency.area_code)  # type: ignore[attr-defined, union-attr]


def _arrival(request: HttpRequest, pk: UUID) -> Any:
    found = queries.arrivals().filter(pk=pk).first() if _is_whole(request) else None
    if found is None:
        raise Http404
    return found
