"""Why, for those who stand before the person: the grade in plain words, a sheet to leave there, an appeal on their behalf."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge import risk
from wangge.base.errors import WanggeError
from wangge_server.base.panel import panel
from wangge_server.dispatch.queries import people_in_hand
from wangge_server.policy.gate import gate, in_area
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may
from wangge_server.registry.queries import people_born, person_in
from wangge_server.resident.appeal_forms import DeskAppealForm, FindForm
from wangge_server.resident.pass_queries import holder_by_slip
from wangge_server.resident.receipts import digest_of_receipt, new_number, shown
from wangge_server.resident.views.posters import _who
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk import appeal_queries as queries
from wangge_server.risk.explained import told


@gate("grade.explain")
def people(request: HttpRequest) -> HttpResponse:
    """Whom to explain to: people in one's own envelopes, or whoever says their name and birth date, or shows their slip."""
    form, missed = FindForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        found = _found(request, form.cleaned_data)
        record_read(request, "why_find", [one.pk for one in found])
        if len(found) == 1:
            return redirect("explain_person", person_id=found[0].pk)
        missed = True
    return render(request, "resident/explain.html", {
        "head": {"title": _("等级说明"), "answer": _("说清楚为什么，怎样申诉")}, "form": form, "missed": missed, "rows": _in_hand(request),
        "assigned": _assigned(request),
    }, status=400 if form.errors else 200)  # fmt: skip


@gate("grade.explain")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person's grade in plain words, and the form of an appeal where this reader may write one down."""
    found = _reached(request, person_id)
    record_read(request, "why", [found.pk])
    return _why(request, found, _form(request))


@gate("grade.explain")
def sheet(request: HttpRequest, person_id: str) -> HttpResponse:
    """The same on one page of paper, to leave with the person. Their name is written by hand where it is not granted."""
    found = _reached(request, person_id)
    record_read(request, "why", [found.pk])
    return render(
        request,
        "resident/explain_sheet.html",
        _facts(request, found) | {"now": timezone.now()} | _address(request, "appeal_start"),
    )


@require_POST
@gate("appeal.file")
def file(request: HttpRequest, person_id: str) -> HttpResponse:
    """Write an appeal down for somebody. -> the receipt on paper, its number shown this once"""
    found, form = _reached(request, person_id), _form(request, request.POST)
    forced = _in_force(found.pk)
    if not form.is_valid():
        return _why(request, found, form, status=400)
    if forced is None:
        raise WanggeError("E6101")
    receipt, given = new_number(), form.cleaned_data
    try:
        appeal = actions.file_appeal(
            person=found, emergency=forced.emergency, channel=given["channel"], words=given["words"], relation=given["relation"],
            receipt_digest=digest_of_receipt(receipt), **_who(request),
        )  # fmt: skip
    except WanggeError as error:
        return _why(request, found, form, error=panel(error, get_language() or "zh-hans"), status=400)
    return render(
        request,
        "resident/appeal_receipt.html",
        {"receipt": shown(receipt), "appeal": appeal, **_address(request, "appeal_status")},
    )


# ---- parts ------------------------------------------------------------------------------------------------


def _assigned(request: HttpRequest) -> bool:
    return request.decision.relation == "assigned"  # type: ignore[attr-defined, no-any-return]


def _found(request: HttpRequest, given: dict[str, Any]) -> list[Any]:
    """Whoever is asked for, as far as they live in the reader's area."""
    area = in_area(request)
    if given["number"]:
        holder = holder_by_slip(given["number"])
        here = person_in(area, holder.person_id) if holder else None
        return [here] if here else []
    return people_born(area, given["name"].strip(), given["birth_date"])


def _in_hand(request: HttpRequest) -> list[dict[str, Any]]:
    """People in the reader's own envelopes. A worker's envelopes are few."""
    if not _assigned(request):
        return []
    leads = {one.person_id: one for one in people_in_hand(request.user)[:1000]}  # type: ignore[arg-type]
    record_read(request, "why_find", leads)
    named = "person.name" in request.decision.elements  # type: ignore[attr-defined]
    return [{"name": one.person.name if named else "", "grade": one.grade, "url": reverse("explain_person", args=[person_id])}
            for person_id, one in leads.items()]  # fmt: skip


def _reached(request: HttpRequest, person_id: str) -> Any:
    """The person, as far as this reader's grant reaches. 404 beyond it."""
    if _assigned(request):
        lead = people_in_hand(request.user).filter(person_id=person_id).first()  # type: ignore[arg-type]
        found = lead.person if lead else None
    else:
        found = person_in(in_area(request), person_id)
    if found is None:
        raise Http404
    return found


def _in_force(person_id: str) -> Any:
    """The grade that counts today, or None."""
    return queries.grade_today(person_id, timezone.now())


def _facts(request: HttpRequest, found: Any) -> dict[str, Any]:
    elements, lang, forced = request.decision.elements, get_language() or "zh-hans", _in_force(found.pk)  # type: ignore[attr-defined]
    return {
        "subject": found.pk, "name": found.name if "person.name" in elements else "", "hours": risk.appeal_terms(), "forced": forced,
        "told": told(forced, lang) if forced and "grade.reason" in elements else None,
        "confirmed": bool(forced and risk.confirmed(tuple(forced.rules))),
    }  # fmt: skip


def _form(request: HttpRequest, given: Any = None) -> DeskAppealForm:
    return DeskAppealForm(given, channels=queries.CHANNELS.get(queries.actor_of(request.user), ()))


def _why(request: HttpRequest, found: Any, form: Any, *, error: Any = None, status: int = 200) -> HttpResponse:
    waiting, lang, files = queries.open_appeal_of(found.pk), get_language() or "zh-hans", may(request, "appeal.file")
    return render(request, "resident/explain_person.html", {
        "head": {"title": _("等级说明"), "answer": _("为什么，到什么时候，不对怎么办"), "as_of": timezone.now()}, **_facts(request, found),
        "error": error, "form": form, "files": files, "proxies": "proxy" in dict(form.fields["channel"].choices), "open": waiting, "state": risk.said("state", lang)[waiting.state] if waiting else "",
        "breadcrumb": [{"label": _("等级说明"), "url": reverse("explain")}, {"label": _("为什么")}],
    }, status=status)  # fmt: skip


def _address(request: HttpRequest, name: str) -> dict[str, Any]:
    """Where to file or to look a receipt up, as text and as a picture. The picture holds the address alone, no number."""
    url = request.build_absolute_uri(reverse(name))
    picture = segno.make(url, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return {"url": url, "picture": mark_safe(picture)}  # noqa: S308 - made here from our own address
