"""Matters in and out: a CSV both ways for people, Open311 GeoReport v2 for the city platform and 12345."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge import feedback
from wangge.base.errors import WanggeError
from wangge.feedback import exchange
from wangge_server.base.export import exported
from wangge_server.feedback import matter_actions as actions
from wangge_server.feedback import matter_queries as queries
from wangge_server.forms.machine import machine
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import rows_in

MOST_BYTES = 10_000_000
SPAN, MOST = dt.timedelta(days=90), 1000  # GeoReport's own: at most 90 days or 1,000 requests
ENDED = {"closed", "rejected", "merged", "withdrawn"}


@gate("matter.exchange")
def matters_csv(request: HttpRequest) -> HttpResponse:
    """Take a file of matters and say of every row whether it was taken; or offer the file of those that stand."""
    report = _take(request) if request.method == "POST" else None
    return render(request, "feedback/matters_csv.html", {
        "head": {"title": _("事项进出"), "answer": _("与城市平台和 12345 交换")},
        "report": report, "columns": exchange.COLUMNS, "must": exchange.MUST, "kinds": feedback.matter_words("kind"),
        "breadcrumb": [{"label": _("事项"), "url": reverse("matters")}, {"label": _("事项进出")}],
    })  # fmt: skip


@gate("matter.exchange")
def matters_export(request: HttpRequest) -> HttpResponse:
    """Every matter of the reader's ground as CSV: the columns an import reads, and how each stands."""
    within = Q(**rows_in(request))
    rows = [_row(one) for one in queries.matters_in(within)]
    record_read(request, "export", [], rows=len(rows))
    return exported(request, "csv", "matters", (*exchange.COLUMNS, *exchange.STANDING), rows)


def _take(request: HttpRequest) -> dict[str, Any]:
    """-> rows, accepted, refused [(row, words)]; rows = accepted + refused."""
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > MOST_BYTES:
        raise WanggeError("E7110", row=1, reason="file")
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WanggeError("E7110", row=1, reason="UTF-8") from None
    taken, faults = exchange.read_matters(text)
    own = request.user.area_code or "-"  # type: ignore[union-attr]
    for number, values in taken:
        if values["grid_code"].startswith(own):
            actions.report_matter(what=values, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        else:
            faults.append((number, "grid_code"))
    lang = get_language() or "zh-hans"
    told = [(number, WanggeError("E7110", row=number, reason=reason).text(lang)) for number, reason in sorted(faults)]
    n = len(taken) + sum(1 for number, _reason in faults if number not in {k for k, _v in taken})
    return {"rows": n, "accepted": n - len(told), "refused": told}


def _row(one: Any) -> list[Any]:
    said = next((move.words for move in queries.moves_of(one) if move.act == "report"), "")
    return [one.external_id or str(one.pk), one.source, one.kind, one.grid_code, one.place, said, one.lon, one.lat,
            one.state, one.unit, *(at.isoformat() if at else None for at in (one.reported_at, one.due_at, one.closed_at))]  # fmt: skip


# ---- Open311 GeoReport v2 ---------------------------------------------------------------------------------


def georeport(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A client's `api_key` is the token of its session, as GeoReport puts it; errors are lists of code and description."""
    inner = machine("matter.exchange", writes="matter.exchange")(_told(view))

    @wraps(inner)
    def run(request: HttpRequest, *args: Any, form: str, **given: Any) -> HttpResponse:
        token = request.POST.get("api_key") or request.GET.get("api_key")
        if token and "Authorization" not in request.headers:
            request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}"
            request.__dict__.pop("headers", None)
        return inner(request, *args, form=form, **given)

    return run


def _told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def run(request: HttpRequest, *args: Any, form: str, **given: Any) -> HttpResponse:
        if form not in ("json", "xml"):
            return _errors("json", 404, "format")
        try:
            return view(request, *args, form=form, **given)
        except Http404:
            return _errors(form, 404, "service_request_id not found")
        except WanggeError as error:
            return _errors(form, 400, f"{error.code} {error.text('en')}")

    return run


@georeport
def services(request: HttpRequest, form: str) -> HttpResponse:
    """GET services: the kinds of matters."""
    return _list(form, "services", "service", exchange.services(get_language() or "zh-hans"))


@georeport
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """GET requests: those of the account's ground, newest first. POST: one more."""
    if request.method == "POST":
        return _post(request, form)
    asked = request.GET
    rows = queries.matters_in(_ground(request)).order_by("-id")
    if asked.get("service_request_id"):
        rows = rows.filter(pk__in=[n for n in map(_number, asked["service_request_id"].split(",")) if n])
    else:
        end = parse_datetime(asked.get("end_date", "")) or timezone.now()
        start = parse_datetime(asked.get("start_date", "")) or end - SPAN
        rows = rows.filter(reported_at__gte=max(start, end - SPAN), reported_at__lte=end)
    if asked.get("service_code"):
        rows = rows.filter(kind__in=asked["service_code"].split(","))
    wanted = set(asked.get("status", "open,closed").split(","))
    if wanted != {"open", "closed"}:
        rows = rows.filter(state__in=ENDED) if wanted == {"closed"} else rows.exclude(state__in=ENDED)
    return _list(form, "service_requests", "request", [_request(one) for one in rows[:MOST]])


@georeport
def request_one(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """GET one request."""
    pk = _number(number)
    found = queries.matter_in(_ground(request), pk) if pk else None
    if found is None:
        raise Http404
    return _list(form, "service_requests", "request", [_request(found)])


def _ground(request: HttpRequest) -> Q:
    return Q(**rows_in(request))


def _number(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _post(request: HttpRequest, form: str) -> HttpResponse:
    """A new request. What GeoReport knows of the sender (name, mail, telephone, device) is not read and not kept."""
    given, own = request.POST, request.user.area_code or "-"  # type: ignore[union-attr]
    lon, lat = given.get("long", ""), given.get("lat", "")
    where, grid = given.get("address_string", "").strip(), given.get("address_id", "").strip() or own
    if given.get("service_code", "") not in feedback.matter_terms()["kind"]:
        return _errors(form, 400, "service_code")
    if exchange.place_wrong(lon, lat) or not (where or (lon and lat)) or not grid.startswith(own):
        return _errors(form, 400, "lat, long, address_string or address_id")
    what = {"kind": given["service_code"], "place": where or f"{lat}, {lon}", "words": given.get("description", ""), "grid_code": grid,
            "source": "platform", "external_id": given.get("attribute[external_id]", ""),
            "lon": float(lon) if lon else None, "lat": float(lat) if lat else None}  # fmt: skip
    made = actions.report_matter(what=what, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    return _list(form, "service_requests", "request", [{"service_request_id": str(made.pk), "service_notice": "", "account_id": None}], 201)  # fmt: skip


def _request(one: Any) -> dict[str, Any]:
    """A matter as GeoReport says it. Neither who reported nor who handled it is in it."""
    words = feedback.matter_words
    lang = get_language() or "zh-hans"
    said = next((move.words for move in queries.moves_of(one) if move.act == "report"), "")
    return {
        "service_request_id": str(one.pk), "status": "closed" if one.state in ENDED else "open",
        "status_notes": words("state", lang)[one.state], "service_name": words("kind", lang)[one.kind], "service_code": one.kind,
        "description": said, "agency_responsible": one.unit or None, "service_notice": None,
        "requested_datetime": one.reported_at.isoformat(), "updated_datetime": one.entered_at.isoformat(),
        "expected_datetime": one.handling_due.isoformat() if one.handling_due else None, "address": one.place,
        "address_id": one.grid_code, "zipcode": None, "lat": one.lat, "long": one.lon, "media_url": None,
    }  # fmt: skip


def _list(form: str, top: str, one: str, rows: Sequence[dict[str, Any]], status: int = 200) -> HttpResponse:
    if form == "json":
        return JsonResponse(list(rows), safe=False, status=status)
    return HttpResponse(exchange.as_xml(top, one, rows), content_type="text/xml; charset=utf-8", status=status)


def _errors(form: str, status: int, what: str) -> HttpResponse:
    return _list(form, "errors", "error", [{"code": status, "description": what}], status)
