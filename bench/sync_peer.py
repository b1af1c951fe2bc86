"""The same two calls as one would write them with django-ninja and the ORM: same account, gate, checks, audit, rule.

Bulk statements where the ORM has them. Only for comparison; no part of the product.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.security import django_auth

from wangge import feedback, field, policy
from wangge_server.audit.actions import write_event
from wangge_server.dispatch.models import Gone, Lead, Task
from wangge_server.emergency.models import Emergency
from wangge_server.feedback.models import Coverage, Outcome
from wangge_server.field.envelope import payload_hash
from wangge_server.field.models import Answer
from wangge_server.policy.gate import chosen_purpose

api = NinjaAPI(auth=django_auth, urls_namespace="peer", docs_url=None, openapi_url=None)


class AnswerIn(Schema):
    """One answer."""

    id: UUID
    lead_id: str
    person: str
    residence: str
    status: str
    temperature: float | None = None
    symptoms: list[str] = Field(default_factory=list)
    needs: list[str] = Field(default_factory=list)
    result: str
    note: str = ""
    observed_at: dt.datetime
    base: UUID | None = None


class Batch(Schema):
    """A batch of answers."""

    answers: list[AnswerIn]


class ResultOut(Schema):
    """What became of one answer."""

    id: UUID
    state: str
    code: str | None = None
    lead_id: str | None = None


class Results(Schema):
    """What became of all."""

    results: list[ResultOut]


class TaskOut(Schema):
    """One door of the list."""

    id: str
    order: int | None
    grade: str
    place: str
    n_people: int
    due_at: dt.datetime
    grid: str | None


class Pulled(Schema):
    """The worker's list."""

    tasks: list[TaskOut]
    gone: list[str]
    server_time: dt.datetime


def allowed(request: HttpRequest, permission: str) -> str:
    """The purpose, where the policy table allows the call; 403 otherwise."""
    emergency = Emergency.objects.exclude(phase="ended").first() or Emergency.objects.first()
    purpose = chosen_purpose(request)
    phase = emergency.phase if emergency else "peace"
    if not policy.decide(request.user.role, purpose, permission, phase).allowed:  # type: ignore[union-attr]
        raise HttpError(403, "refused")
    return purpose


@api.get("pull", response=Pulled)
def pull(request: HttpRequest, since: int = 0) -> dict[str, Any]:
    """Own open envelopes, or what changed since."""
    allowed(request, "task.list")
    rows = (
        Task.objects.filter(worker_id=request.user.username)
        .select_related("household__dwelling")
        .order_by("order", "task_id")
    )  # type: ignore[union-attr]
    rows = rows.filter(changed__gte=since) if since else rows.filter(closed_at__isnull=True)
    gone = Gone.objects.filter(worker_id=request.user.username, changed__gte=since).values_list("task_id", flat=True)  # type: ignore[union-attr]
    tasks = [
        {"id": t.task_id, "order": t.order, "grade": t.grade, "n_people": t.n_people, "due_at": t.result_due, "grid": t.grid_code,
         "place": str(t.household.dwelling) if t.household.dwelling else t.household.address or ""} for t in rows[:5000]
    ]  # fmt: skip
    return {"tasks": tasks, "gone": list(gone) if since else [], "server_time": timezone.now()}


@api.post("answers", response=Results)
def answers(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Take a batch."""
    purpose, by, now = allowed(request, "answer.record"), request.user, timezone.now()
    said = {a.id: a.model_dump(mode="json") for a in batch.answers}
    with transaction.atomic():
        ids = [a["lead_id"] for a in said.values()]
        leads = {
            lead.lead_id: lead
            for lead in Lead.objects.filter(lead_id__in=ids, task__worker_id=by.username).select_related("task")
        }  # type: ignore[union-attr]
        known = dict(Answer.objects.filter(answer_id__in=said).values_list("answer_id", "payload_hash"))
        had = set(Answer.objects.filter(lead_id__in=ids).values_list("lead_id", flat=True))
        results, fresh = [], []
        for answer_id, one in said.items():
            lead, digest = leads.get(one["lead_id"]), payload_hash(one)
            if answer_id in known:
                results.append({"id": answer_id, "state": "same" if known[answer_id] == digest else "conflict"})
            elif lead is None or lead.task.closed_at or field.check_answer(one, now):
                results.append({"id": answer_id, "state": "refused", "code": "E7001"})
            else:
                results.append({"id": answer_id, "state": "accepted", "lead_id": lead.lead_id})
                kept = {
                    k: one[k]
                    for k in ("person", "residence", "status", "temperature", "symptoms", "needs", "result", "note")
                }
                fresh.append(Answer(answer_id=answer_id, lead=lead, by=by, payload_hash=digest, base=one["base"],
                                    observed_at=one["observed_at"], **kept))  # fmt: skip
        Answer.objects.bulk_create(fresh, ignore_conflicts=True)
        decide([a for a in fresh if a.lead_id not in had], said, now)
        Task.objects.filter(pk__in={a.lead.task_id for a in fresh}, attempted_at__isnull=True).update(attempted_at=now)
        write_event(
            by=by, purpose=purpose, verb="take_answers", permission="answer.record", facts={"accepted": len(fresh)}
        )
    return {"results": results}


def decide(fresh: list[Answer], said: dict[UUID, dict[str, Any]], now: dt.datetime) -> None:
    """Outcomes of leads nobody answered before, and their doors."""
    ends = [(a, feedback.ends_alone(said[a.answer_id])) for a in fresh]
    Outcome.objects.bulk_create(
        [Outcome(lead=a.lead, outcome=end, answer_id=a.answer_id, decided_at=now) for a, end in ends if end],
        ignore_conflicts=True,
    )
    doors = {a.lead.task.dwelling_id for a, end in ends if end == "full"} - {None}
    Coverage.objects.filter(dwelling_id__in=doors).update(
        state="occupied_confirmed", confirmed_on=timezone.localdate(now), method="visit"
    )
