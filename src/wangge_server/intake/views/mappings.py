"""What one's own unit said its columns mean: what is remembered can be looked at and forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge_server.intake import queries
from wangge_server.intake.actions import forget_mapping
from wangge_server.intake.forms import list_choices
from wangge_server.intake.words import element_words, list_words
from wangge_server.policy.gate import gate


@gate("batch.upload")
def mappings(request: HttpRequest) -> HttpResponse:
    """Every remembered set of headers with what its columns mean."""
    found = list(_mine(request))
    return render(request, "intake/mappings.html", {
        "head": {"title": _("列对应"), "answer": _("记住的表头"), "number": len(found), "unit": _("套")},
        "mappings": [_line(one) for one in found], "lists": list_choices(), "upload_url": reverse("batch_upload"),
    })  # fmt: skip


@require_POST
@gate("batch.upload")
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """The next file with these headers is asked about again."""
    if not _mine(request).filter(pk=pk).exists():
        raise Http404
    forget_mapping(mapping_id=pk, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已忘掉。下次遇到这套表头会再问。"))
    return redirect("mappings")


def _mine(request: HttpRequest) -> Any:
    return queries.mappings(request.user, request.decision.relation)  # type: ignore[attr-defined]


def _line(one: Any) -> dict[str, Any]:
    read = [{"header": header, "words": element_words(element)} for header, element in one.columns if element]
    return {"pk": one.pk, "list": list_words(one.list_name), "read": read, "n_ignored": len(one.columns) - len(read),
            "by": one.confirmed_by.name or one.confirmed_by.username, "at": one.confirmed_at, "n_uses": one.n_uses}  # fmt: skip
