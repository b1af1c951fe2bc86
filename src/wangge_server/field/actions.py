"""Writes of what was seen at the door."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wangge import field
from wangge_server.base.actions import action, note
from wangge_server.dispatch.queries import leads_held_by
from wangge_server.field.models import Answer

TAKEN = ("person", "residence", "status", "temperature", "symptoms", "needs", "result", "note")


@action("answer.record")
def record_answers(
    *, answers: Sequence[Mapping[str, Any]], now: dt.datetime, by: Any, purpose: str
) -> list[dict[str, Any]]:
    """Store answers that a worker's phone sends; each is accepted, known already, in conflict or refused by itself.

    Same id and same contents -> "same"; same id, other contents -> "conflict" (E7005, both kept in the audit facts);
    not this worker's envelope -> refused as unknown, because for this worker it does not exist.
    """
    leads = leads_held_by(by, [str(answer.get("lead_id")) for answer in answers])
    results = [_take(answer, leads.get(str(answer.get("lead_id"))), now, by) for answer in answers]
    states = [r["state"] for r in results]
    note(**{state: states.count(state) for state in sorted(set(states))})  # type: ignore[arg-type]
    return results


def _take(answer: Mapping[str, Any], lead: Any, now: dt.datetime, by: Any) -> dict[str, Any]:
    answer_id = str(answer.get("id", ""))
    problems = [] if lead else ["unknown_task"]
    problems += shape_problems(answer) or field.check_answer(answer, now)
    if problems or lead is None:
        return {"id": answer_id, "state": "refused", "code": "E7001", "problems": problems}
    digest = payload_hash(answer)
    known = Answer.objects.filter(answer_id=answer_id).values_list("payload_hash", flat=True).first()
    if known is not None:
        return {"id": answer_id, "state": "same"} if known == digest else _conflict(answer_id)
    if lead.task.closed_at is not None:
        return {"id": answer_id, "state": "refused", "code": "E7003", "problems": []}
    Answer.objects.create(
        answer_id=answer_id,
        lead=lead,
        by=by,
        payload_hash=digest,
        observed_at=answer["observed_at"],
        **{key: answer.get(key) or EMPTY.get(key, "") for key in TAKEN},
    )
    return {"id": answer_id, "state": "accepted", "lead_id": lead.lead_id}


EMPTY: dict[str, Any] = {"temperature": None, "symptoms": [], "needs": []}


def shape_problems(answer: Mapping[str, Any]) -> list[str]:
    """id_or_time or time_without_zone where the answer's own id and time cannot be read."""
    try:
        UUID(str(answer.get("id", "")))
        moment = dt.datetime.fromisoformat(str(answer.get("observed_at", "")))
    except ValueError:
        return ["id_or_time"]
    return [] if moment.tzinfo else ["time_without_zone"]


def _conflict(answer_id: str) -> dict[str, Any]:
    return {"id": answer_id, "state": "conflict", "code": "E7005", "problems": []}


def payload_hash(answer: Mapping[str, Any]) -> str:
    """SHA-256 of what the answer says, independent of the order of keys."""
    said = {key: answer.get(key) for key in (*TAKEN, "lead_id", "observed_at")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
