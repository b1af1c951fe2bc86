"""Pages of the dictionary: find an element by any word, and read all that is known of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge import policy
from wangge.dictionary import Element, code_list, elements, subjects
from wangge.dictionary.match import Match, match
from wangge_server.dictionary.queries import found_elements, words_of
from wangge_server.dictionary.words import DECISIONS, RETENTION, SENSITIVITY, TYPES
from wangge_server.policy.gate import gate

LONGEST_QUESTION = 100


@gate("dictionary.view")
def dictionary(request: HttpRequest) -> HttpResponse:
    """All elements by subject, or those a word finds; for a header, also what the matcher takes it for."""
    asked = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = found_elements(asked)
    groups = [
        {"subject": _subject(name), "elements": [_line(e) for e in found if e.subject == name]} for name in subjects()
    ]
    return render(request, "dictionary/dictionary.html", {
        "head": {"title": _("数据字典"), "answer": _("数据项"), "number": len(found), "of": len(elements())},
        "asked": asked, "taken": _taken(match(asked)) if asked else None,
        "groups": [group for group in groups if group["elements"]],
    })  # fmt: skip


@gate("dictionary.view")
def element(request: HttpRequest, name: str) -> HttpResponse:
    """One element: what it means, its codes, who may collect it, under which words it is asked."""
    found = elements().get(name)
    if found is None:
        raise Http404
    return render(request, "dictionary/element.html", {
        "head": {"title": _(found.zh) if not found.banned else found.zh, "answer": found.name},
        "element": found, "line": _line(found), "codes": code_list(found.codes) if found.codes else {},
        "purposes": [_purpose(p) for p in found.purposes], "words": words_of(name),
        "breadcrumb": [{"label": _("数据字典"), "url": reverse("dictionary")}, {"label": found.zh}],
    })  # fmt: skip


def _subject(name: str) -> str:
    found = subjects()[name]
    return found.en if (get_language() or "").startswith("en") else found.zh


def _line(e: Element) -> dict[str, Any]:
    return {
        "name": e.name, "url": reverse("element", args=[e.name]), "words": e.zh if e.banned else _(e.zh),
        "type": TYPES[e.type], "sensitivity": SENSITIVITY[e.sensitivity], "retention": RETENTION[e.retention],
        "fresh_days": e.fresh_days, "system": e.system, "why": e.reason(get_language() or "zh-hans"),
    }  # fmt: skip


def _purpose(name: str) -> str:
    label = policy.table()["purpose"][name]["label"]
    return str(label.get(get_language() or "zh-hans", label["zh-hans"]))


def _taken(found: Match) -> dict[str, Any]:
    """What the matcher takes the words for, as if they were a header."""
    return {
        "decision": DECISIONS[found.decision],
        "candidates": [
            {**_line(elements()[c.element]), "percent": round(100 * c.score)} for c in found.candidates
        ],
    }  # fmt: skip
