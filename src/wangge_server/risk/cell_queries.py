"""Reads of the joint cell: batches, what they hold, who signed, what each seat may be shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from wangge.risk import terms, without_new_evidence
from wangge.tables.shapes import GRADE
from wangge_server.risk.models import Batch, Grade, GuardAnswer, Proposed, Recall, Sight, Signature

# dispatch/apps.py puts its reader here: how many envelopes a batch would send. {leads, tasks}
planned: Callable[[UUID], dict[str, int]] | None = None
STRONGEST = Case(When(grade="red", then=0), When(grade="yellow", then=1), default=2, output_field=IntegerField())
CHANGED = ("came", "stronger", "weaker", "other")
USED_UP = ("expiry", "appeal")  # what ended so comes back on new evidence only
# Column of a proposed grade -> element of the policy table that opens it. What is not granted is not there.
SHOWN = {
    "grade": "grade", "before": "grade", "change": "grade", "expires_on": "grade", "rules": "grade.reason",
    "evidence": "exposure", "facts": "exposure",
}  # fmt: skip


def seats() -> tuple[str, ...]:
    """The roles whose signatures a batch takes, in the order of the page."""
    return tuple(terms()["seats"])


def batches() -> QuerySet[Batch]:
    """All batches, newest first."""
    return Batch.objects.all()


def batch_by_id(pk: UUID) -> Batch | None:
    """One batch or None."""
    return Batch.objects.filter(pk=pk).first()


def waiting() -> Batch | None:
    """The batch that waits for signatures, or None."""
    return Batch.objects.filter(state="proposed").first()


def in_force(emergency: str) -> Batch | None:
    """The newest batch signed and not recalled, or None."""
    return Batch.objects.filter(emergency_id=emergency, state="signed").order_by("-signed_at").first()


def standing(emergency: str, digest: str, now: Any) -> Batch | None:
    """The same grades, waiting with keys that hold or already in force: there is nothing new to propose."""
    revoked = Signature.objects.filter(batch=OuterRef("pk"), key__revoked_at__isnull=False)
    held = Batch.objects.filter(~Exists(revoked), emergency_id=emergency, digest=digest)
    waits = held.filter(state="proposed", expires_at__gt=now).first()
    forced = in_force(emergency)
    return waits or (forced if forced and forced.digest == digest else None)


def grade_table(rows: QuerySet[Grade] | QuerySet[Proposed]) -> pa.Table:
    """Stored grades as a table. -> GRADE"""
    names = list(GRADE.schema.names)
    found: list[Any] = list(zip(*rows.values_list(*names), strict=True)) or [[] for _ in names]
    return pa.table({n: pa.array(list(v), GRADE.schema.field(n).type) for n, v in zip(names, found, strict=True)})


def proposed_grades(batch_id: UUID) -> pa.Table:
    """Whom a batch grades, and how. -> person_id, grade"""
    rows = list(Proposed.objects.filter(batch_id=batch_id).values_list("person_id", "grade"))
    return pa.table({n: pa.array([r[i] for r in rows], pa.string()) for i, n in enumerate(("person_id", "grade"))})


def graded_now(emergency: str) -> pa.Table:
    """The grades in force. -> GRADE"""
    return grade_table(Grade.objects.filter(emergency_id=emergency, valid_until=None))


def stood(emergency: str) -> pa.Table:
    """What evidence was already used for: grades in force, and those that ran out or that an appeal ended. -> GRADE, ended"""
    rows = Grade.objects.filter(emergency_id=emergency)
    parts = [
        (grade_table(rows.filter(valid_until=None)), False),
        (grade_table(rows.filter(ended_by__in=USED_UP)), True),
    ]
    return pa.concat_tables([t.append_column("ended", pa.array([ended] * len(t), pa.bool_())) for t, ended in parts])


def renewed_without_evidence(batch: Batch) -> list[str]:
    """People whom this batch would grade on what already ran out or fell in an appeal, maybe since it was proposed."""
    proposed = said_in(batch)
    return list(without_new_evidence(proposed, stood(batch.emergency_id)).to_pylist())


def newest(emergency: str) -> Batch | None:
    """The batch proposed last, whatever became of it: what the machine said last."""
    return Batch.objects.filter(emergency_id=emergency).order_by("-proposed_at", "-id").first()


def said_in(batch: Batch) -> pa.Table:
    """What a batch proposes. -> GRADE"""
    return grade_table(Proposed.objects.filter(batch=batch))


def rows_of(
    batch: Batch, *, changed: bool = False, grade: str = "", area: dict[str, str] | None = None
) -> QuerySet[Proposed]:
    """What a batch proposes, strongest first; only what differs from the batch before, where asked."""
    rows = Proposed.objects.filter(batch=batch, **(area or {})).select_related("person")
    rows = rows.filter(change__in=CHANGED) if changed else rows
    rows = rows.filter(grade=grade) if grade else rows
    return rows.annotate(weight=STRONGEST, same=Case(When(change="same", then=Value(1)), default=0, output_field=IntegerField())
                         ).order_by("same", "weight", "person_id")  # fmt: skip


def signatures_of(batch: Batch) -> list[Signature]:
    """Who signed, in the order they did."""
    return list(Signature.objects.filter(batch=batch).select_related("by", "key", "sight").order_by("id"))


def sight_of(batch: Batch, by: Any) -> Sight | None:
    """What this signer last saw of the batch, or None."""
    return Sight.objects.filter(batch=batch, by=by).order_by("-at", "-id").first()


def recall_of(batch: Batch) -> Recall | None:
    """The recall asked for or done, or None."""
    return Recall.objects.filter(batch=batch).select_related("asked_by", "agreed_by").first()


def answers_of(batch: Batch) -> dict[tuple[str, str], GuardAnswer]:
    """What was answered to the guard. -> {(attribute, value): answer}"""
    return {(a.attribute, a.value): a for a in GuardAnswer.objects.filter(batch=batch).select_related("by")}


def unanswered(batch: Batch) -> list[dict[str, Any]]:
    """Alarms of the guard that nobody answered for."""
    known = answers_of(batch)
    return [alarm for alarm in batch.alarms if (alarm["attribute"], alarm["value"]) not in known]


def columns_for(elements: Iterable[str]) -> list[str]:
    """The columns of a proposed grade that a role with these elements is shown."""
    granted = set(elements)
    return [name for name, element in SHOWN.items() if element in granted]


def laid_before(batch: Batch, columns: list[str], area: dict[str, str]) -> tuple[str, int]:
    """A digest of everything a seat is shown of the batch, and of how many people. -> 64 hex places, rows"""
    whole = hashlib.sha256(json.dumps([batch.digest, batch.counts, batch.changes, batch.alarms, columns], sort_keys=True,
                                      default=str).encode())  # fmt: skip
    n = 0
    if columns:
        for row in (
            Proposed.objects.filter(batch=batch, **area).order_by("person_id").values_list("person_id", *columns)
        ):
            whole.update(json.dumps(row, default=str, ensure_ascii=False).encode() + b"\n")
            n += 1
    return whole.hexdigest(), n
