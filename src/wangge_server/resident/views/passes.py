"""A resident's pass, for anybody with a slip: the code, why it is so, the other lanes. No account; the slip stays out of addresses."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wangge import risk
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import resident_user
from wangge_server.base.panel import panel
from wangge_server.policy.gate import open_to_all
from wangge_server.resident import pass_actions as actions
from wangge_server.resident import pass_queries as queries
from wangge_server.risk.appeal_queries import grade_today
from wangge_server.risk.explained import told

SLIP, KIND = "pass_slip", "pass_kind"  # in the session: the digest of the slip; whether a proxy shows it
COLOURS = {"green": gettext_lazy("绿码"), "yellow": gettext_lazy("黄码"), "red": gettext_lazy("红码")}
SAYS = {
    "green": gettext_lazy("没有在效的红、黄依据"), "yellow": gettext_lazy("有在效的黄色依据，请按告知观察"),
    "red": gettext_lazy("有在效的红色依据，社区会上门协助"),
}  # fmt: skip
RELATIONS = (
    ("family", gettext_lazy("家人")),
    ("neighbour", gettext_lazy("邻居")),
    ("worker", gettext_lazy("工作人员")),
)


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The slip, then the pass: colour in words and shape, the code, until when, why; urgent care in every colour."""
    error, word = None, ""
    try:
        if request.method == "POST":
            if "word" not in request.POST:
                return _issue(request)
            word = request.POST["word"].strip().upper()
        facts = _facts(request, word)
    except WanggeError as why:
        error, facts = panel(why, get_language() or "zh-hans"), _facts(request, "")
    status = 400 if error else 200
    return render(request, "resident/pass.html", {"error": error, "relations": RELATIONS, **facts}, status=status)


def _issue(request: HttpRequest) -> HttpResponse:
    """With a slip: enter. With a pass already shown: a new one."""
    typed, relation = request.POST.get("slip", ""), request.POST.get("relation", "")
    holder = queries.holder_by_slip(typed) if typed else _holder(request)
    if holder is None:
        raise WanggeError("E6084")
    kind = "proxy" if request.POST.get("for_another") else "phone" if typed else request.session.get(KIND, "phone")
    if kind == "proxy" and not typed:
        relation = relation or request.session.get("pass_relation", "")
    if queries.pass_of(holder, kind, timezone.now()) is None or not typed:
        given = {"relation": relation} if kind == "proxy" else {}
        actions.issue_pass(holder=holder, kind=kind, **given, by=resident_user(), purpose="own")
    request.session[SLIP], request.session[KIND] = holder.slip_digest, kind
    request.session["pass_relation"] = relation
    return redirect("pass")


def _facts(request: HttpRequest, word: str) -> dict[str, Any]:
    holder, now = _holder(request), timezone.now()
    if holder is None:
        return {"holder": None}
    issued = queries.pass_of(holder, request.session.get(KIND, "phone"), now)
    return {"holder": holder, "issued": issued, "word": word, **(drawn(issued, word) if issued else {})}


def drawn(issued: Any, word: str = "") -> dict[str, Any]:
    """A pass as a page shows it. The code holds no name; the page in its owner's hand does."""
    text = queries.text_of(issued, word)
    picture = segno.make(text, error="m", boost_error=False).svg_inline(scale=6, border=4, omitsize=True)
    return {"text": text, "picture": mark_safe(picture), "colour": COLOURS[issued.colour], "says": SAYS[issued.colour]}  # noqa: S308 - made here from our own text


@open_to_all
@never_cache
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Why it is this colour, until when, and what to do when it is wrong."""
    holder, now = _holder(request), timezone.now()
    if holder is None:
        return redirect("pass")
    colour, lang, forced = (
        queries.colour_now(holder.person_id, now),
        get_language() or "zh-hans",
        grade_today(holder.person_id, now),
    )
    return render(request, "resident/pass_why.html", {
        "colour": COLOURS[colour.colour], "told": told(forced, lang) if forced else None, "emergency": holder.emergency,
        "confirmed": bool(forced and risk.confirmed(tuple(forced.rules))), "hours": risk.appeal_terms(),
    })  # fmt: skip


@open_to_all
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Take the slip off this device."""
    for name in (SLIP, KIND, "pass_relation"):
        request.session.pop(name, None)
    return redirect("pass")


def _holder(request: HttpRequest) -> Any:
    digest = request.session.get(SLIP)
    return queries.holder_by_digest(digest) if digest else None
