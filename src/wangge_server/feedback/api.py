"""What phones send: answers at the door, and the supervisor's blind second look."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wangge import field
from wangge.base.errors import WanggeError
from wangge_server.feedback.actions import record_recheck
from wangge_server.feedback.queries import recheck_for, rechecks_for
from wangge_server.feedback.submit_actions import take_answers
from wangge_server.field.api import SEX, masked, place_of
from wangge_server.policy.gate import gate
from wangge_server.policy.quick import quick_gate
from wangge_server.policy.reads import record_read

MOST_ANSWERS = 200


def body_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The list of answers in a JSON body; E7001 where it is not one."""
    try:
        answers = json.loads(request.body)["answers"]
    except (ValueError, KeyError, TypeError):
        raise WanggeError("E7001", reason="no_json") from None
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS or not all(isinstance(a, dict) for a in answers):
        raise WanggeError("E7001", reason="shape")
    return answers


@require_POST
@quick_gate("answer.record")
def answers(request: HttpRequest) -> HttpResponse:
    """Take a batch of answers; each gets its own result, and nothing is acknowledged before it is durable.

    409 where an id came again with other contents (it is kept for a person to settle); the results of all stand in the body.
    """
    results = take_answers(answers=body_of(request), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    lang = getattr(request, "LANGUAGE_CODE", "zh-hans")
    status = 409 if any(result["state"] == "conflict" for result in results) else 200
    return JsonResponse({"results": [in_words(result, lang) for result in results]}, status=status)


def in_words(result: dict[str, Any], lang: str) -> dict[str, Any]:
    """A refused or conflicting result with its numbered error as text in the reader's language."""
    if "code" not in result:
        return result
    labels = field.door()["problem"]
    reason = "; ".join(labels.get(p, {}).get(lang, p) for p in result["problems"])
    return result | {"text": WanggeError(result["code"], reason=reason).text(lang)}


@require_GET
@gate("recheck.list", api=True)
def rechecks(request: HttpRequest) -> HttpResponse:
    """Doors to look at a second time. No grade, no first answer."""
    rows = [
        {"id": row.lead_id, "place": place_of(row.lead.task, request.decision.elements), "state": "open"}  # type: ignore[attr-defined]
        for row in rechecks_for(request.user)  # type: ignore[arg-type]
    ]  # type: ignore[arg-type]
    return JsonResponse({"tasks": rows})


@require_http_methods(["GET", "POST"])
@gate("recheck.record", api=True)
def recheck(request: HttpRequest, lead_id: str) -> HttpResponse:
    """One blind re-check: GET shows who should be here, POST stores what was seen."""
    row = recheck_for(request.user, lead_id)  # type: ignore[arg-type]
    if row is None:
        raise Http404
    if request.method == "POST":
        answer = body_of(request)[0] if body_of(request) else {}
        if row.done_at is not None and str(row.answer_id) == str(answer.get("id")):
            return JsonResponse({"results": [{"id": answer["id"], "state": "same"}]})
        record_recheck(recheck=row, answer=answer, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        return JsonResponse({"results": [{"id": answer["id"], "state": "accepted"}]})
    person = row.lead.person
    record_read(request, "recheck", [person.person_id])
    return JsonResponse(
        {
            "id": row.lead_id,
            "place": place_of(row.lead.task, request.decision.elements),  # type: ignore[attr-defined]
            "state": "closed" if row.done_at else "open",
            "people": [_person(row, request.decision.elements)],  # type: ignore[attr-defined]
        }
    )


def _person(row: Any, elements: frozenset[str]) -> dict[str, Any]:
    """Who should be here; an element that is not granted is not there. No grade, no first answer: the look is blind."""
    person, phone = row.lead.person, row.lead.person.phone or ""
    granted: dict[str, dict[str, Any]] = {
        "person.name": {"name": person.name},
        "person.sex": {"sex": SEX.get(person.sex)},
        "person.phone": {"phone_masked": masked(phone), "phone_call": f"tel:{phone}" if phone else ""},
    }
    line: dict[str, Any] = {"lead_id": row.lead_id, "outcome": None}
    return line | {
        key: value for element, part in granted.items() if element in elements for key, value in part.items()
    }
