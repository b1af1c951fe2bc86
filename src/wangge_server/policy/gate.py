"""The gate in front of every page: who, for what purpose, may. Deny by default; lists and rows pass the same gate.

`@gate("board.view")` on a view names the permission; the purpose comes from the session, chosen once for a task and
shown on the screen. A view without a gate fails the house tests. `request.decision` tells the view how far it may see.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.actions import write_event
from wangge_server.base.panel import panel
from wangge_server.emergency.queries import current_phase

View = Callable[..., HttpResponse]
PUBLIC = "public"


def gate(permission: str, *, api: bool = False) -> Callable[[View], View]:
    """Let the view run only where the policy table allows `permission` for the user's role and purpose."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return (
                    JsonResponse({"code": "login"}, status=401) if api else redirect_to_login(request.get_full_path())
                )
            purpose = chosen_purpose(request)
            decision = policy.decide(
                request.user.role, purpose, permission, getattr(request, "phase", "") or current_phase()
            )
            if not decision.allowed:
                return _refuse(request, permission, purpose, decision, api)
            request.decision, request.purpose = decision, purpose  # type: ignore[attr-defined]
            try:
                response = view(request, *args, **given)
            except WanggeError as error:
                response = say(request, error, api)
            response.setdefault("Cache-Control", "no-store")
            return response

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return wrap


def open_to_all(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a page that needs no account (login, language, health): the house test accepts it by name."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def chosen_purpose(request: HttpRequest) -> str:
    """The purpose of this session, always one the role may have; the first in the table until one is chosen."""
    allowed = policy.purposes_for(request.user.role)  # type: ignore[union-attr]
    chosen = str(request.session.get("purpose", ""))
    return chosen if chosen in allowed else (allowed[0] if allowed else "")


def say(request: HttpRequest, error: WanggeError, api: bool) -> HttpResponse:
    """A numbered error as a page or as JSON, in the reader's language."""
    lang = getattr(request, "LANGUAGE_CODE", "zh-hans")
    status = 403 if error.code.startswith("E8") else 409 if error.code == "E7003" else 400
    body = {"code": error.code, "text": error.text(lang), "where": str(error.where)}
    if api:
        return JsonResponse(body, status=status)
    return render(request, "ui/error.html", {"error": panel(error, lang)}, status=status)


def _refuse(request: HttpRequest, permission: str, purpose: str, decision: policy.Decision, api: bool) -> HttpResponse:
    code = "E8003" if decision.verdict == "gap" else "E8002"
    write_event(
        by=request.user, purpose=purpose, verb="refused", permission=permission, facts={"code": code}, kind="refused"
    )
    return say(request, WanggeError(code), api)


def in_area(request: HttpRequest, field: str = "grid_code") -> dict[str, str]:
    """Filter for rows inside the reader's area: {'grid_code__startswith': '440305'}; everything for relation all."""
    relation = request.decision.relation  # type: ignore[attr-defined]
    if relation == "all":
        return {}
    # An area is wider than what is one's own or assigned: a page for those asks for them by itself.
    area = "" if relation in ("own", "assigned") else request.user.area_code  # type: ignore[union-attr]
    # Nobody without an area sees an area's rows.
    return {f"{field}__startswith": area or "-"}
