"""Codes for walls: make one, print it, print the form as paper, type a paper in, watch what comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wangge.base.errors import WanggeError
from wangge.forms.paper import REPEATED, paper_of
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms.queries import version_by_id
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may
from wangge_server.resident import actions, queries
from wangge_server.resident.forms import PosterForm
from wangge_server.resident.receipts import shown
from wangge_server.resident.views.public import filled_of, purpose_facts

POSTERS = (
    Column("place", gettext_lazy("小区或活动")), Column("form", gettext_lazy("表单"), hide="narrow"),
    Column("state", gettext_lazy("状态")), Column("households", gettext_lazy("已登记"), numeric=True),
    Column("people", gettext_lazy("人数"), numeric=True), Column("closes", gettext_lazy("截止"), hide="narrow"),
)  # fmt: skip


def _area(request: HttpRequest) -> str:
    if request.decision.relation == "all":  # type: ignore[attr-defined]
        return ""
    return request.user.area_code or "-"  # type: ignore[union-attr]


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]


@gate("poster.view")
def posters(request: HttpRequest) -> HttpResponse:
    """All codes of the area with what each brought."""
    page, today = cut(request, queries.posters(_area(request)), POSTERS), timezone.localdate()
    lines = [{"id": str(one.pk), "url": reverse("poster", args=[one.pk]), "cells": [
        {"kind": "link", "text": one.place, "url": reverse("poster", args=[one.pk])}, one.version.title,
        _badge(one, today), one.n_households or one.taken, one.n_people or one.people, one.closes_on.isoformat()]}
        for one in page.items]  # fmt: skip
    acts = [{"label": _("制作登记码"), "url": reverse("poster_open"), "icon": "file-import", "primary": True}]
    return render(request, "resident/posters.html", {
        "head": {"title": _("自主登记"), "answer": _("正在登记的码"), "of": page.count, "as_of": timezone.now(),
                 "number": sum(queries.is_open(one, today) for one in page.items),
                 "actions": acts if may(request, "poster.open") else []},
        "ledger": ledger(page, lines, title=_("登记码"), id="posters", empty={
            "title": _("还没有登记码"), "text": _("选一份已发布的表单，为小区或活动制作一张登记码海报。")}),
    })  # fmt: skip


def _badge(one: Any, today: Any) -> dict[str, Any]:
    if one.forgotten_at:
        return {"kind": "badge", "word": _("已销毁"), "tone": "unknown"}
    tone, word = ("good", _("登记中")) if queries.is_open(one, today) else ("unknown", _("已截止"))
    return {"kind": "badge", "word": word, "tone": tone}


@gate("poster.open")
def open_poster(request: HttpRequest) -> HttpResponse:
    """Make a code. What it will say on the wall is shown before it is printed."""
    area, error = _area(request), None
    form = PosterForm(request.POST or None, area=area, initial={"area_code": area if len(area) >= 12 else ""})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        version = version_by_id(given.pop("version"))
        try:
            return redirect("poster", pk=actions.open_poster(version=version, **given, **_who(request)).pk)
        except WanggeError as why:
            error = panel(why, get_language() or "zh-hans")
    return render(request, "resident/open.html", {
        "head": {"title": _("制作登记码"), "answer": _("一张贴在墙上的码，居民自己填")}, "form": form, "error": error,
    }, status=400 if error or form.errors else 200)  # fmt: skip


@gate("poster.view")
def poster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One code: how many households of how many, doors that were registered twice, and what to print."""
    found = _or_404(request, pk)
    frame = queries.frame_of(found)
    twice = [{"door": one.door, "at": one.at} for one in queries.doubled(found)]
    return render(request, "resident/wall.html", {
        "head": {"title": found.place, "answer": _("已登记"), "number": found.n_households or found.taken, "of": frame or None,
                 "unit": _("户"), "as_of": timezone.now()},
        "poster": found, "frame": frame, "people": found.n_people or found.people, "twice": twice,
        "is_open": queries.is_open(found, timezone.localdate()), "url": _address(request, found),
        "can_open": may(request, "poster.open"), "can_key": may(request, "registration.key"), **purpose_facts(found),
    })  # fmt: skip


@gate("poster.view")
@require_GET
def print_poster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sheet for the wall: the code, its address in letters, purpose, basis, day of destruction, the other ways."""
    found = _or_404(request, pk)
    picture = segno.make(_address(request, found), error="q").svg_inline(scale=7, border=2)
    return render(request, "resident/print_poster.html", {
        "poster": found, "url": _address(request, found), "picture": mark_safe(picture), **purpose_facts(found),  # noqa: S308 - made here from our own address
    })  # fmt: skip


@gate("poster.view")
@require_GET
def print_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same form on paper, for those without a phone."""
    found = _or_404(request, pk)
    lines = paper_of(found.version.xform.encode(), get_language() or "zh-hans")
    return render(
        request, "resident/print_paper.html", {"poster": found, "blocks": _blocks(lines), **purpose_facts(found)}
    )


def _blocks(lines: list[Any]) -> list[dict[str, Any]]:
    """Lines in blocks; what repeats (members of a household) is printed as often as a sheet has room for."""
    blocks: list[dict[str, Any]] = [{"label": "", "lines": [], "times": [0]}]
    for line in lines:
        if line.depth == 0:
            if line.kind in ("group", "repeat"):
                times = list(range(1, REPEATED + 1)) if line.kind == "repeat" else [0]
                blocks.append({"label": line.label, "lines": [], "times": times})
                continue
            if blocks[-1]["label"]:
                blocks.append({"label": "", "lines": [], "times": [0]})
        blocks[-1]["lines"].append(line)
    return [block for block in blocks if block["lines"]]


@gate("registration.key")
def key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Type a paper in: the same form, the same checks; who typed is kept. The receipt goes on the household's slip."""
    found = _or_404(request, pk)
    if request.method == "POST":
        try:
            receipt = actions.key_in(poster=found, filled=filled_of(request, "paper"), **_who(request))
        except WanggeError as error:
            return JsonResponse({"code": error.code, "text": error.text(get_language() or "zh-hans")}, status=422)
        request.session["keyed_receipt"] = receipt
        return JsonResponse({"next": reverse("poster_key", args=[found.pk])}, status=201)
    receipt = request.session.pop("keyed_receipt", "")
    return render(request, "resident/key.html", {
        "head": {"title": _("录入纸质登记表"), "answer": found.place}, "poster": found,
        "receipt": shown(receipt) if receipt else "",
    })  # fmt: skip


@gate("poster.open")
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop taking registrations."""
    actions.close_poster(poster=_or_404(request, pk), **_who(request))
    return redirect("poster", pk=pk)


def _or_404(request: HttpRequest, pk: UUID) -> Any:
    found = queries.poster_by_id(pk, _area(request))
    if found is None:
        raise Http404
    return found


def _address(request: HttpRequest, found: Any) -> str:
    return request.build_absolute_uri(reverse("resident_poster", args=[found.code]))
