"""Pages for anybody: what a code is for, the form, the receipt. No account, no tracking; a receipt stays out of addresses."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import resident_user
from wangge_server.base.panel import panel
from wangge_server.forms.queries import files_of, read_form
from wangge_server.policy.gate import open_to_all
from wangge_server.policy.queries import purpose_words
from wangge_server.resident import actions, queries
from wangge_server.resident.receipts import PARTS, digest_of_receipt, door_text, shown

AS_RESIDENT = "own"
RECEIPT, HELD = "resident_receipt", "resident_held"  # in the session: shown once; the one being looked at


@open_to_all
@never_cache
@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """First of all: who asks, for what, on which basis, until when, what is asked, and which other ways there are."""
    found = _poster_or_404(code)
    asked = [q.label for q in read_form(found.version).questions.values() if q.control and q.label]
    return render(request, "resident/poster.html", {
        "poster": found, "is_open": queries.is_open(found, timezone.localdate()), "asked": asked, **purpose_facts(found)})  # fmt: skip


@open_to_all
@never_cache
@require_GET
def fill(request: HttpRequest, code: str) -> HttpResponse:
    """The door, then the form. With a receipt in hand it is a correction."""
    found = _poster_or_404(code)
    held = _held(request)
    corrects = held is not None and held.poster_id == found.pk
    if not (corrects or queries.is_open(found, timezone.localdate())):
        return redirect("resident_poster", code=found.code)
    return render(request, "resident/fill.html", {"poster": found, "corrects": corrects, **purpose_facts(found)})


@open_to_all
@require_GET
def xform(request: HttpRequest, code: str) -> HttpResponse:
    """The form itself: questions, nobody's answers."""
    return HttpResponse(_poster_or_404(code).version.xform, content_type="text/xml; charset=utf-8")


@open_to_all
@require_GET
def file(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """A picture or list that the form names. Lists of the register are never given here."""
    found = files_of(_poster_or_404(code).version).get(name)
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.data), content_type="application/octet-stream")


@open_to_all
@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """A filled form arrives. -> JSON: where to go on, or the number and the words of a refusal"""
    found = _poster_or_404(code)
    held = _held(request)
    try:
        filled = filled_of(request, "phone")
        who: dict[str, Any] = {"by": resident_user(), "purpose": AS_RESIDENT}
        if held is not None and held.poster_id == found.pk:
            receipt = actions.correct_registration(registration=held, filled=filled, **who)
        else:
            receipt = actions.register_household(poster=found, filled=filled, **who)
    except WanggeError as error:
        return _refusal(request, error)
    request.session[RECEIPT] = receipt
    request.session.pop(HELD, None)
    return JsonResponse({"next": reverse("resident_done", args=[found.code])}, status=201)


def filled_of(request: HttpRequest, method: str) -> actions.Filled:
    """What the browser sent. E3839 where the form itself is missing."""
    xml = request.FILES.get("xml_submission_file")
    if xml is None:
        raise WanggeError("E3839", what="xml_submission_file")
    files = {name: request.FILES[name].read() for name in request.FILES if name != "xml_submission_file"}  # type: ignore[union-attr]
    return actions.Filled(xml.read(), files, door_text(*(request.POST.get(part, "") for part in PARTS)), method)


def _refusal(request: HttpRequest, error: WanggeError) -> JsonResponse:
    lang = get_language() or "zh-hans"
    return JsonResponse({"code": error.code, "text": f"{error.text(lang)}"}, status=422)


@open_to_all
@never_cache
@require_GET
def done(request: HttpRequest, code: str) -> HttpResponse:
    """Thank you, and the receipt: shown to the browser that sent, to nobody else."""
    receipt = request.session.get(RECEIPT)
    if not receipt:
        return redirect("resident_poster", code=code)
    found = _poster_or_404(code)
    return render(request, "resident/done.html", {"poster": found, "receipt": shown(receipt)})


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Whoever holds a receipt: what stands, until when; correct it or take it back."""
    error = None
    if request.method == "POST":
        typed = request.POST.get("receipt", "")
        found = queries.registration_by_receipt(typed)
        if found is not None and found.state in ("taken", "doubled"):
            request.session[HELD] = digest_of_receipt(typed)
            request.session.pop(RECEIPT, None)
            return redirect("resident_receipt")
        error = panel(WanggeError("E3893"), get_language() or "zh-hans")
    held = _held(request)
    facts = purpose_facts(held.poster) if held else {}
    return render(
        request, "resident/receipt.html", {"held": held, "error": error, **facts}, status=400 if error else 200
    )


@open_to_all
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take it back: what was said is destroyed now."""
    held = _held(request)
    if held is None:
        return redirect("resident_receipt")
    actions.withdraw_registration(registration=held, by=resident_user(), purpose=AS_RESIDENT)
    request.session.pop(HELD, None)
    return render(request, "resident/withdrawn.html", {})


def _held(request: HttpRequest) -> Any:
    """The registration whose receipt this browser has shown, while it stands."""
    digest = request.session.get(HELD)
    found = queries.registration_by_digest(digest) if digest else None
    return found if found is not None and found.state in ("taken", "doubled") else None


def _poster_or_404(code: str) -> Any:
    found = queries.poster_by_code(code)
    if found is None or found.forgotten_at is not None:
        raise Http404
    return found


def purpose_facts(found: Any) -> dict[str, Any]:
    """For what the form is and who answers for it, in the reader's language."""
    return {"use": purpose_words(found.version.form.purpose, get_language() or "zh-hans")}
