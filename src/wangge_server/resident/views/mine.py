"""A resident's own ledger, for whoever has the slip: what is held, from whom, for what, until when, who read it and why."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wangge.dictionary import elements
from wangge_server.audit.sealed import proofs_about
from wangge_server.audit.statements import statement
from wangge_server.intake.words import LISTS
from wangge_server.policy.gate import open_to_all
from wangge_server.policy.queries import label
from wangge_server.registry.queries import lists_of
from wangge_server.resident.views.passes import _holder
from wangge_server.sharing.queries import shares_with
from wangge_server.sharing.words import element_words, state_badge

HELD = ("name", "id_number", "birth_date", "sex", "phone", "address", "relation_to_head")
KINDS = {
    "read": gettext_lazy("查看"),
    "write": gettext_lazy("处理"),
    "refused": gettext_lazy("想看，被拒绝"),
    "login": gettext_lazy("登录"),
}
UNTIL = {
    "register": gettext_lazy("住在本辖区期间"), "event": gettext_lazy("应急结束即销毁"),
    "work": gettext_lazy("三年"), "batch": gettext_lazy("三十天"), "audit": gettext_lazy("按法律要求"),
}  # fmt: skip
MOST = 200


@open_to_all
@never_cache
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger in words. No value is shown: a lost slip must not tell what it opens."""
    holder = _holder(request)
    if holder is None:
        return redirect("pass")
    lang = get_language() or "zh-hans"
    proofs, waiting = proofs_about(holder.person_id, MOST)
    return render(request, "resident/mine.html", {
        "held": _held(holder.person, lang), "lists": [((LISTS.get(one["list_name"]) or one["list_name"]), one["n"]) for one in lists_of(holder.person_id)], "read": [_line(one, lang) for one in proofs],
        "shared": [_shared(one, lang) for one in shares_with(holder.person_id)],
        "waiting": waiting, "most": MOST, "head": proofs[0].head if proofs else None,
    })  # fmt: skip


@open_to_all
@never_cache
@require_GET
def proofs(request: HttpRequest) -> HttpResponse:
    """The same with what shows that each entry stands in the log, as a file that anybody can check elsewhere."""
    holder = _holder(request)
    if holder is None:
        return redirect("pass")
    found, _waiting = proofs_about(holder.person_id, MOST)
    body = json.dumps(statement(found, holder.person_id), ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-ledger-{timezone.localdate().isoformat()}.json"'
    return response


def _held(person: Any, lang: str) -> list[dict[str, Any]]:
    """Elements that have a value, by name, and how long they stay."""
    found = []
    for name in HELD:
        if getattr(person, name):
            one = elements()[f"person.{name}"]
            found.append({"name": one.en if lang == "en" else one.zh, "until": UNTIL[str(one.retention)]})
    return found


def _shared(one: dict[str, Any], lang: str) -> dict[str, Any]:
    """One share that carried this person's data: for what, on which basis, which elements, until when, which office has it."""
    share = one["share"]
    return {
        "purpose": label("purpose", share.purpose, lang), "basis": share.basis, "until": share.ends_on, "at": one["at"],
        "elements": element_words(one["elements"], lang), "state": state_badge(share.state, lang)["word"],
        "role": label("role", share.grantee_officer.role, lang),
    }  # fmt: skip


def _line(proof: Any, lang: str) -> dict[str, Any]:
    event = proof.event
    return {
        "at": event.at, "role": label("role", event.role, lang), "purpose": label("purpose", event.purpose, lang),
        "kind": KINDS.get(event.kind, event.kind), "in_list": event.facts.get("n", 1) if event.kind == "read" else 1,
    }  # fmt: skip
