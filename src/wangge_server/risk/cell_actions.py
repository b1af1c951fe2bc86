"""Writes of the joint cell: the machine proposes, three seats sign, two people recall. Grades are written in grade_actions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.utils import timezone

from wangge.audit import keys
from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.risk import difference, digest, explained_otherwise, held_to_evidence, terms, words_to_sign
from wangge.tables.shapes import GRADE
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.queries import had_signing_key, signing_key
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert, with_constants
from wangge_server.base.system import AS_SYSTEM
from wangge_server.emergency.queries import must_be_in_force
from wangge_server.policy.second import must_be_second
from wangge_server.risk import cell_queries as cell
from wangge_server.risk.grade_actions import put_back, put_in_force
from wangge_server.risk.models import Batch, GuardAnswer, Proposed, Recall, Sight, Signature

# dispatch/apps.py puts its actions here when Django starts: this room lies upstream of envelopes and knows none.
dispatch_batch: Callable[..., dict[str, int]] | None = None
withdraw_batch: Callable[..., dict[str, int]] | None = None


@action("run.carry")
def propose_batch(
    *,
    emergency: str,
    as_of: dt.date,
    grades: pa.Table,
    exposures: pa.Table,
    attributes: pa.Table,
    by: Any,
    purpose: str,
) -> Batch | None:
    """Lay a day's grades before the cell, with what differs from those in force and what the guard found.

    The same grades already waiting or in force are that batch; nothing to grade and nothing graded: None. Whoever would be
    graded again, longer or more strongly without new evidence is held to the grade in force, or to none.
    """
    must_be_in_force(emergency)
    grades, held_back = held_to_evidence(grades, cell.stood(emergency), as_of)
    number, now = digest(grades, emergency), timezone.now()
    before = cell.graded_now(emergency)
    known = cell.standing(emergency, number, now)
    if known is not None or not (grades.num_rows or before.num_rows):
        note(about=str(known.pk) if known else emergency, proposed=0)
        return known
    rows = _with_changes(grades, before)
    ended = difference(before, grades).ended.num_rows
    fresh = query("SELECT * FROM rows WHERE change IN ('came', 'stronger')", rows=rows).select(GRADE.schema.names)
    alarms = explained_otherwise(fresh, exposures, attributes)
    Batch.objects.filter(emergency_id=emergency, state="proposed").update(state="superseded")
    batch = Batch.objects.create(
        emergency_id=emergency, as_of=as_of, digest=number, counts=_counts(grades, "grade"),
        changes=_counts(rows, "change") | {"ended": ended, "held_back": held_back}, alarms=[dataclasses.asdict(alarm) for alarm in alarms],
        checked=sorted(set(attributes.column("attribute").to_pylist())), proposed_at=now,
        expires_at=now + dt.timedelta(hours=terms()["valid_hours"]),
    )  # fmt: skip
    named = query("SELECT $b || ':' || person_id AS proposed_id, * FROM rows", {"b": str(batch.pk)}, rows=rows)
    upsert(Proposed, with_constants(named, {"batch_id": str(batch.pk)}))
    note(about=str(batch.pk), digest=number, rows=rows.num_rows, alarms=len(alarms), held_back=held_back)
    return batch


def _with_changes(grades: pa.Table, before: pa.Table) -> pa.Table:
    """GRADE with `change` and `before`: what a reviewer reads first."""
    sql = """
    WITH weight AS (SELECT * FROM (VALUES ('red', 3), ('yellow', 2), ('blue', 1)) w(grade, n))
    SELECT a.*, coalesce(b.grade, '') AS before,
           CASE WHEN b.person_id IS NULL THEN 'came' WHEN wa.n > wb.n THEN 'stronger' WHEN wa.n < wb.n THEN 'weaker'
                WHEN (a.rules, a.expires_on) IS DISTINCT FROM (b.rules, b.expires_on) THEN 'other' ELSE 'same' END AS change
    FROM grades a LEFT JOIN before b USING (person_id) LEFT JOIN weight wa ON wa.grade = a.grade
         LEFT JOIN weight wb ON wb.grade = b.grade ORDER BY a.person_id
    """
    return query(sql, grades=grades, before=before)


def _counts(rows: pa.Table, column: str) -> dict[str, int]:
    found = query(f'SELECT "{column}" AS k, count(*) AS n FROM rows GROUP BY 1 ORDER BY 1', rows=rows).to_pylist()
    return {row["k"]: row["n"] for row in found}


@action("cell.view")
def record_sight(*, batch: Batch, columns: list[str], area: dict[str, str], by: Any, purpose: str) -> Sight:
    """What is laid before a reader of the cell, as a digest: later nobody can say it was something else."""
    seen, n_rows = cell.laid_before(batch, columns, area)
    sight, _new = Sight.objects.update_or_create(
        batch=batch, by=by, digest=seen, defaults={"n_rows": n_rows, "columns": columns, "at": timezone.now()}
    )
    note(about=str(batch.pk), saw=seen, rows=n_rows, columns=columns)
    return sight


@action("cell.answer")
def answer_guard(*, batch_id: UUID, attribute: str, value: str, reason: str, by: Any, purpose: str) -> Batch:
    """Answer by name for an attribute the guard named. A reason that explains nothing refuses the batch for good."""
    batch = _waiting_batch(batch_id)
    if reason not in terms()["guard_reason"] or not any(
        (one["attribute"], one["value"]) == (attribute, value) for one in cell.unanswered(batch)
    ):
        raise WanggeError("E3045", reason=reason)
    GuardAnswer.objects.create(batch=batch, attribute=attribute, value=value, reason=reason, by=by)
    if terms()["guard_reason"][reason]["refuses"]:
        batch.state = "refused"
        batch.save(update_fields=["state"])
    note(about=str(batch.pk), attribute=attribute, reason=reason, state=batch.state)
    return batch


@action("cell.sign")
def sign_batch(*, batch_id: UUID, digest: str, passphrase: str, by: Any, purpose: str) -> Batch:
    """Sign the number one saw, with one's own key. The last seat puts the batch in force and sends its envelopes.

    Raises E3040 to E3044, E3047, E3048, E8005, E8011, E8020, E8021; then nothing is signed.
    """
    batch, now = _waiting_batch(batch_id), timezone.now()
    open_questions, seat = cell.unanswered(batch), by.role
    if seat not in cell.seats():
        raise WanggeError("E8002")
    if digest != batch.digest or _number(batch) != digest:
        raise WanggeError("E3040")
    if open_questions:
        raise WanggeError("E3043", attribute=open_questions[0]["attribute"])
    if stale := len(cell.renewed_without_evidence(batch)):
        raise WanggeError("E3048", n=stale)
    earlier = cell.signatures_of(batch)
    for one in earlier:
        must_be_second("cell.sign", one.by, by, same_person="E3044")
    if seat in {one.seat for one in earlier}:
        raise WanggeError("E3044")
    sight = cell.sight_of(batch, by)
    if sight is None:
        raise WanggeError("E3047")
    key = signing_key(by)
    if key is None:
        raise WanggeError("E8021", seat=seat) if had_signing_key(by) else WanggeError("E8020")
    signature = keys.sign(bytes(key.sealed), passphrase, _words(batch))
    Signature.objects.create(
        batch=batch, seat=seat, by=by, unit_code=by.unit_code, key=key, sight=sight, signature=signature
    )
    note(about=str(batch.pk), seat=seat, digest=digest, saw=sight.digest)
    if len(earlier) + 1 == len(cell.seats()):
        _complete(batch, now)
    return batch


def _waiting_batch(batch_id: UUID) -> Batch:
    """The batch, locked: two seats that sign at the same moment do so one after the other."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state != "proposed":
        raise WanggeError("E3041", state=batch.state)
    if batch.expires_at <= timezone.now():
        raise WanggeError("E3042", until=timezone.localtime(batch.expires_at).strftime("%Y-%m-%d %H:%M"))
    return batch


def _number(batch: Batch) -> str:
    """The number over what is stored now, counted anew: what was tampered with below is not signed."""
    return digest(cell.grade_table(Proposed.objects.filter(batch=batch)), batch.emergency_id)


def _words(batch: Batch) -> bytes:
    return words_to_sign(batch.digest, batch.emergency_id, batch.as_of.isoformat(), batch.counts)


def _complete(batch: Batch, now: dt.datetime) -> None:
    """All seats have signed: check every signature once more, put the grades in force, send the envelopes."""
    for one in cell.signatures_of(batch):
        if one.key.revoked_at is not None:
            raise WanggeError("E8021", seat=one.seat)
        if not keys.verify(bytes(one.key.public), _words(batch), bytes(one.signature)):
            raise WanggeError("E3040")
    batch.state, batch.signed_at = "signed", now
    batch.save(update_fields=["state", "signed_at"])
    put_in_force(batch, "batch", str(batch.pk), now)
    if dispatch_batch is None:
        raise RuntimeError("the dispatch room is not installed")
    dispatch_batch(batch_id=batch.pk, emergency=batch.emergency_id, at=now, by=system_user(), purpose=AS_SYSTEM)


@action("cell.recall")
def ask_recall(*, batch_id: UUID, reason: str, by: Any, purpose: str) -> Recall:
    """Ask to take back the batch in force. E3045 for a reason outside the list, E3046 for any other batch."""
    batch = _batch_in_force(batch_id)
    if reason not in terms()["recall_reason"]:
        raise WanggeError("E3045", reason=reason)
    if cell.recall_of(batch) is not None:
        raise WanggeError("E3046")
    note(about=str(batch.pk), reason=reason)
    return Recall.objects.create(batch=batch, reason=reason, asked_by=by)


@action("cell.recall")
def agree_to_recall(*, batch_id: UUID, by: Any, purpose: str) -> Recall:
    """The second person takes it back: its grades end, open envelopes are withdrawn, outcomes stay.

    The batch signed before it, where there is one, is in force again as far as its grades have not expired.
    """
    batch = _batch_in_force(batch_id)
    recall = cell.recall_of(batch)
    if recall is None:
        raise WanggeError("E3046")
    must_be_second("cell.recall", recall.asked_by, by)
    batch.state = "recalled"
    batch.save(update_fields=["state"])
    gone, back = put_back(batch, cell.in_force(batch.emergency_id), timezone.now())
    if withdraw_batch is None:
        raise RuntimeError("the dispatch room is not installed")
    effect = {"grades": gone, "grades_back": back} | withdraw_batch(
        batch_id=batch.pk, at=timezone.now(), by=system_user(), purpose=AS_SYSTEM
    )
    recall.agreed_by, recall.agreed_at, recall.effect = by, timezone.now(), effect
    recall.save(update_fields=["agreed_by", "agreed_at", "effect"])
    note(about=str(batch.pk), reason=recall.reason, **effect)
    return recall


def _batch_in_force(batch_id: UUID) -> Batch:
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    forced = cell.in_force(batch.emergency_id)
    if forced is None or forced.pk != batch.pk:
        raise WanggeError("E3046")
    return batch
