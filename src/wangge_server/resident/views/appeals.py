"""An appeal for anybody with a slip or a receipt: file it, see how it stands, say more, take it back. No account, no tracking."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wangge import risk
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import resident_user
from wangge_server.base.panel import panel
from wangge_server.emergency.queries import current_emergency
from wangge_server.policy.gate import open_to_all
from wangge_server.resident import pass_queries
from wangge_server.resident.appeal_forms import AppealForm, SayForm
from wangge_server.resident.receipts import digest_of_receipt, new_number, shown
from wangge_server.resident.tries import may_try, refuse_number
from wangge_server.resident.views.passes import SLIP
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk import appeal_queries as queries
from wangge_server.risk.explained import told

RECEIPT, HELD = (
    "appeal_receipt",
    "appeal_held",
)  # in the session: shown once; the digest of the number that opened an appeal
AS_RESIDENT: dict[str, Any] = {"purpose": "own"}


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say why the grade is wrong. With a slip on this device no number is asked."""
    form, error = AppealForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, form.cleaned_data)
        except WanggeError as why:
            if why.code == "E6102" and request.session.get(RECEIPT):
                return redirect("appeal_done")  # sent twice: the first one stands, its receipt is still to be shown
            error = panel(why, get_language() or "zh-hans")
    facts = {"form": form, "error": error, "holder": _holder(request), "hours": risk.appeal_terms()}
    return render(request, "resident/appeal_start.html", facts, status=400 if error or form.errors else 200)


def _file(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    holder = _holder(request)
    if given["number"]:
        may_try(request)
        holder = pass_queries.holder_by_slip(given["number"])
    if holder is None:
        raise refuse_number(request)
    receipt, proxy = new_number(), given["for_another"]
    actions.file_appeal(
        person=holder.person, emergency=holder.emergency, channel="proxy" if proxy else "slip", words=given["words"],
        receipt_digest=digest_of_receipt(receipt), relation=given["relation"] if proxy else "", by=resident_user(), **AS_RESIDENT,
    )  # fmt: skip
    request.session[RECEIPT], request.session[HELD] = receipt, digest_of_receipt(receipt)
    return redirect("appeal_done")


@open_to_all
@never_cache
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """The receipt, to the browser that filed, until it looks elsewhere; and by when what happens."""
    receipt, found = request.session.get(RECEIPT), _held(request)
    if not receipt or found is None:
        return redirect("appeal_status")
    return render(request, "resident/appeal_done.html", {"receipt": shown(receipt), "appeal": found})


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """How the appeal stands, in plain words, for whoever holds its receipt or the person's slip."""
    error = None
    if request.method == "POST":
        try:
            request.session[HELD] = _number(request)
            request.session.pop(RECEIPT, None)
            return redirect("appeal_status")
        except WanggeError as why:
            error = panel(why, get_language() or "zh-hans")
    return _status(request, error)


def _number(request: HttpRequest) -> str:
    """The digest of the number typed. E6107 where it opens nothing."""
    may_try(request)
    digest = digest_of_receipt(request.POST.get("number", ""))
    if _opened_by(digest) is None:
        raise refuse_number(request)
    return digest


def _status(request: HttpRequest, error: Any = None, form: Any = None) -> HttpResponse:
    found, lang, now = _held(request), get_language() or "zh-hans", timezone.now()
    facts: dict[str, Any] = {"error": error, "appeal": found}
    if found is not None:
        facts |= {
            "state": risk.said("state", lang)[found.state], "late": risk.late(found.state, queries.facts_for(found, now)),
            "told": told(found.grade, lang), "forced": queries.grade_now(found.person_id, found.emergency_id),
            "history": queries.told_moves(found, lang), "can": risk.possible(found.state, "resident"), "form": form or SayForm(),
            "confirmed": risk.confirmed(tuple(found.grade.rules)), "hours": risk.appeal_terms(),
        }  # fmt: skip
    return render(request, "resident/appeal_status.html", facts, status=400 if error or (form and form.errors) else 200)


@open_to_all
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Something more, or the answer to what the reviewer asked."""
    return _act(request, SayForm(request.POST), actions.add_to_appeal)


@open_to_all
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Let it be."""
    return _act(request, None, actions.withdraw_appeal)


def _act(request: HttpRequest, form: Any, act: Any) -> HttpResponse:
    found = _held(request)
    if found is None:
        return redirect("appeal_status")
    if form is not None and not form.is_valid():
        return _status(request, form=form)
    try:
        said = {"words": form.cleaned_data["words"]} if form is not None else {}
        act(appeal_id=found.pk, **said, by=resident_user(), **AS_RESIDENT)
    except WanggeError as why:
        return _status(request, panel(why, get_language() or "zh-hans"), form)
    return redirect("appeal_status")


@open_to_all
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Take the receipt off this device."""
    for name in (RECEIPT, HELD):
        request.session.pop(name, None)
    return redirect("appeal_status")


SHOWN = {
    "acknowledged_in_time": gettext_lazy("按时受理"), "decided_in_time": gettext_lazy("按时答复"), "by_clock": gettext_lazy("超时先降级"),
    "upheld": gettext_lazy("答复：维持"), "corrected": gettext_lazy("答复：更正"), "withdrawn": gettext_lazy("本人撤回"),
}  # fmt: skip


@open_to_all
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What is public of appeals (R20): month by month how many, how many in time, how they ended. Nobody stands in it."""
    emergency, today = current_emergency(), timezone.localdate()
    rows = [(month, _figures(month)) for month in _months(emergency.starts_on, today)] if emergency else []
    return render(request, "resident/appeal_figures.html", {"rows": rows, "hours": risk.appeal_terms()})


def _figures(month: dt.date) -> dict[str, Any]:
    found = queries.figures(*_span(month))
    return {"filed": found["filed"], "of_filed": [(word, found[name]) for name, word in SHOWN.items()]}


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months from `first` to `last`, newest first, a year at most."""
    n = min(12, (last.year - first.year) * 12 + last.month - first.month + 1)
    return [_later(last.replace(day=1), -k) for k in range(n)]


def _later(month: dt.date, n: int) -> dt.date:
    years, rest = divmod(month.month - 1 + n, 12)
    return dt.date(month.year + years, rest + 1, 1)


def _span(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    first, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (month, _later(month, 1)))
    return first, end


def _holder(request: HttpRequest) -> Any:
    """Whose slip is on this device, from the page of the pass."""
    digest = request.session.get(SLIP)
    return pass_queries.holder_by_digest(digest) if digest else None


def _held(request: HttpRequest) -> Any:
    digest = request.session.get(HELD)
    return _opened_by(digest) if digest else None


def _opened_by(digest: str) -> Any:
    """The appeal of a receipt, or the newest one of the person whose slip this is."""
    found = queries.appeal_by_receipt(digest)
    holder = None if found else pass_queries.holder_by_digest(digest)
    return found or (queries.appeals_of(holder.person_id).first() if holder else None)
