"""What the worker's phone asks: who am I, what are today's doors, what is behind this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from wangge import field, policy
from wangge_server.audit.sealed import newest_head
from wangge_server.dispatch.actions import close_task, open_task
from wangge_server.dispatch.queries import grids_of, leads_of, task_of, task_once_of, tasks_of
from wangge_server.emergency.queries import current_emergency
from wangge_server.field.queries import n_attempts
from wangge_server.geography.queries import area_name, area_names
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.registry.words import RELATIONS
from wangge_server.risk.queries import reasons_for

if TYPE_CHECKING:
    from wangge_server.dispatch.models import Lead, Task


# GB/T 2261.1 -> the word the phone translates; unknown is left out.
SEX = {"1": "male", "2": "female"}


@ensure_csrf_cookie
@gate("home.view")
def shell(request: HttpRequest) -> HttpResponse:
    """The phone's page; everything in it comes by the calls below."""
    return render(request, "ui/phone.html")


@require_GET
@gate("home.view", api=True)
def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in, for what purpose, with which grids, and the codes of the door's form."""
    user: Any = request.user
    lang = getattr(request, "LANGUAGE_CODE", "zh-hans")
    purpose = policy.table()["purpose"][request.purpose]  # type: ignore[attr-defined]
    emergency = current_emergency()
    names = area_names("grid", user.area_code[:9]) if user.area_code else {}
    return JsonResponse(
        {
            "name": user.name,
            "role": user.role,
            "unit": area_name(user.unit_code) if user.unit_code else "",
            "lang": lang,
            "kind": "supervisor" if user.role == "supervisor" else "worker",
            "purpose": {
                "code": request.purpose,  # type: ignore[attr-defined]
                "label": purpose["label"].get(lang),
                "basis": purpose["basis"].get(lang),  # type: ignore[attr-defined]
                "until": emergency.review_on.isoformat() if emergency else None,
            },
            "grids": [{"code": code, "name": names.get(code, code)} for code in grids_of(user)],
            "server_time": timezone.now().isoformat(),
            "door": door_codes(),
        }
    )


def door_codes() -> dict[str, list[dict[str, Any]]]:
    """The codes of the door's form with their labels, from the same data the server checks by."""
    groups = ("person", "residence", "status", "result", "symptoms", "needs")
    return {group: [{"code": code, **row} for code, row in field.door()[group].items()] for group in groups}


@require_GET
@gate("task.list", api=True)
def today(request: HttpRequest) -> HttpResponse:
    """Today's doors in walking order: where, what is asked, due when. No names: those open with the envelope."""
    now, user = timezone.now(), request.user
    names = area_names("grid", user.area_code[:9]) if user.area_code else {}  # type: ignore[union-attr]
    elements = request.decision.elements  # type: ignore[attr-defined]
    tasks = [task_line(task, now, names, elements) for task in tasks_of(user)]  # type: ignore[arg-type]
    late, newest = sum(task["is_late"] for task in tasks), newest_head()
    n_open = sum(task["state"] == "open" for task in tasks)
    return JsonResponse(
        {
            "as_of": now.isoformat(),
            "head": newest.line if newest else None,  # a phone that keeps it is a witness of the log
            "tasks": tasks,
            "counts": {"open": n_open, "closed": len(tasks) - n_open, "late": late},
        }
    )


def task_line(task: Task, now: Any, names: dict[str, str], elements: frozenset[str]) -> dict[str, Any]:
    """One door as the list shows it."""
    is_open = task.closed_at is None
    return {
        "id": task.task_id,
        "order": task.order,
        "grade": task.grade,
        "place": place_of(task, elements),
        "n_people": task.n_people,
        "due_at": task.result_due.isoformat(),
        "is_late": is_open and task.result_due < now,
        "state": "open" if is_open else "closed",
        "asked": _("见人 · 见居 · 见状态"),
        "grid_name": names.get(task.grid_code or "", task.grid_code or ""),
    }


def place_of(task: Task, elements: frozenset[str]) -> str:
    """The door in words: the frame's own where it is known, else the address as written. Nothing where it is not granted."""
    if "person.address" not in elements:
        return ""
    household = task.household
    return str(household.dwelling) if household.dwelling else (household.address or "")


@require_GET
@gate("task.open", api=True)
def task(request: HttpRequest, task_id: str) -> HttpResponse:
    """Open one envelope: the people behind the door, as far as the purpose grants. Recorded as opening and as reading."""
    found = _own(request, task_id)
    open_task(task=found, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    leads = list(leads_of(found))
    why = reasons_for([lead.person_id for lead in leads], getattr(request, "LANGUAGE_CODE", "zh-hans"))
    elements = request.decision.elements  # type: ignore[attr-defined]
    people = [person_line(lead, elements, why) for lead in leads]
    record_read(request, "task", [lead.person_id for lead in leads], task=found.task_id)
    return JsonResponse(
        {
            "id": found.task_id,
            "place": place_of(found, elements),
            "grade": found.grade,
            "due_at": found.result_due.isoformat(),
            "state": "closed" if found.closed_at else "open",
            "people": people,
            "attempts": n_attempts([lead.lead_id for lead in leads]),
        }
    )


def person_line(lead: Lead, elements: frozenset[str], why: dict[str, str]) -> dict[str, Any]:
    """One person of an envelope; an element that is not granted is not there."""
    person, phone = lead.person, lead.person.phone or ""
    granted = {
        "person.name": {"name": person.name},
        "person.sex": {"sex": SEX.get(person.sex)},
        "person.birth_date": {"age": age_on(person.birth_date)},
        "person.relation_to_head": {
            "relation": str(RELATIONS.get(person.relation_to_head, person.relation_to_head or ""))
        },
        "person.phone": {"phone_masked": masked(phone), "phone_call": f"tel:{phone}" if phone else ""},
        "grade": {"grade": lead.grade},
        "grade.reason": {"why": why.get(lead.person_id, "")},
    }
    line: dict[str, Any] = {
        "lead_id": lead.lead_id,
        "outcome": getattr(getattr(lead, "outcome", None), "outcome", None),
    }
    for element, part in granted.items():
        if element in elements:
            line |= part
    return line


def masked(phone: str) -> str:
    """138 **** 5678: grouped 3-4-4 with the middle hidden."""
    return f"{phone[:3]} **** {phone[-4:]}" if len(phone) == 11 else ""


def age_on(birth_date: Any) -> int | None:
    """Full years today; None when the birth date is unknown."""
    if birth_date is None:
        return None
    day = timezone.localdate()
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


@require_POST
@gate("task.close", api=True)
def close(request: HttpRequest, task_id: str) -> HttpResponse:
    """Close the envelope, or say how many people still lack an outcome.

    One that was handed over meanwhile is for its holder to close, who may be at that door without a network: `gone`.
    """
    found = task_once_of(request.user, task_id)  # type: ignore[arg-type]
    if found is None:
        raise Http404
    if found.worker_id != request.user.username:  # type: ignore[union-attr]
        return JsonResponse({"state": "gone"})
    close_task(task=found, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    return JsonResponse({"state": "closed"})


def _own(request: HttpRequest, task_id: str) -> Task:
    found = task_of(request.user, task_id)  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found
