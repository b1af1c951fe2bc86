"""The desk: slips and paper passes for those who ask, and places that want to ask for passes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wangge.base.errors import WanggeError
from wangge_server.base.panel import panel
from wangge_server.policy.gate import gate, in_area
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may
from wangge_server.registry.queries import person_in
from wangge_server.resident import pass_actions as actions
from wangge_server.resident import pass_queries as queries
from wangge_server.resident.pass_forms import CheckpointForm
from wangge_server.resident.receipts import shown
from wangge_server.resident.views.passes import drawn
from wangge_server.resident.views.posters import _area, _who


@gate("pass.give")
@require_http_methods(["GET"])
def desk(request: HttpRequest) -> HttpResponse:
    """Find the person who stands there by the beginning of their name."""
    asked = request.GET.get("q", "").strip()
    found = queries.people_named(in_area(request), asked) if asked else []
    if found:
        record_read(request, "pass_desk", [one.pk for one in found])
    return render(request, "resident/desk.html", {
        "head": {"title": _("通行凭条"), "answer": _("给来人一张凭条，或打印纸质码")}, "q": asked, "found": found,
    })  # fmt: skip


@gate("pass.give")
@require_POST
def give(request: HttpRequest, person_id: str) -> HttpResponse:
    """A slip, on a sheet to hand over; its number is shown this once."""
    person = _person(request, person_id)
    slip = actions.give_slip(person=person, **_who(request))
    return render(request, "resident/slip.html", {
        "slip": shown(slip), "url": request.build_absolute_uri(reverse("pass")), "person": person,
    })  # fmt: skip


@gate("pass.give")
@require_POST
def paper(request: HttpRequest, person_id: str) -> HttpResponse:
    """The pass on paper, with its own end."""
    person = _person(request, person_id)
    holder = queries.holder_of(person.pk)
    if holder is None:
        raise WanggeError("E6084")
    issued = actions.print_pass(holder=holder, **_who(request))
    return render(request, "resident/paper_pass.html", {"issued": issued, "person": person, **drawn(issued)})


@gate("pass.give")
@require_POST
def take_back(request: HttpRequest, person_id: str) -> HttpResponse:
    """A slip was lost."""
    holder = queries.holder_of(_person(request, person_id).pk)
    if holder is not None:
        actions.take_slip_back(holder=holder, **_who(request))
    return redirect("pass_desk")


@gate("checkpoint.view")
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Places that ask for passes, and what each lacks; a new one below."""
    area, error = _area(request), None
    form = CheckpointForm(request.POST or None, area=area, initial={"area_code": area if len(area) >= 12 else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_checkpoint(given=form.cleaned_data, **_who(request))
            return redirect("checkpoints")
        except WanggeError as why:
            error = panel(why, get_language() or "zh-hans")
    rows, today = list(queries.checkpoints(area)), timezone.localdate()
    asking = sum(queries.active_checkpoint(one.code, today) is not None for one in rows)
    return render(request, "resident/checkpoints.html", {
        "head": {"title": _("查验点"), "answer": _("正在查码的地点"), "number": asking, "of": len(rows), "as_of": timezone.now()},
        "rows": [{"one": one, "missing": queries.lanes_missing(one), "url": reverse("gate_check", args=[one.code])} for one in rows],
        "form": form, "error": error, "can_open": may(request, "checkpoint.open"),
    }, status=400 if error or form.errors else 200)  # fmt: skip


@gate("checkpoint.open")
@require_POST
def activate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask from now on. Refused while a lane is missing."""
    actions.activate_checkpoint(checkpoint=_checkpoint(request, pk), **_who(request))
    return redirect("checkpoints")


@gate("checkpoint.open")
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask no more."""
    actions.close_checkpoint(checkpoint=_checkpoint(request, pk), **_who(request))
    return redirect("checkpoints")


def _checkpoint(request: HttpRequest, pk: UUID) -> Any:
    found = queries.checkpoints(_area(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest, person_id: str) -> Any:
    found = person_in(in_area(request), person_id)
    if found is None:
        raise Http404
    return found
