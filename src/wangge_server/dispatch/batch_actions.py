"""Envelopes of a batch of grades: planned with it, on their way only once it is signed, withdrawn when it is recalled."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection

from wangge.base.errors import WanggeError
from wangge.risk import GRADES
from wangge_server.base.actions import action, note
from wangge_server.dispatch.actions import sign_tasks
from wangge_server.dispatch.handover_actions import begin_handing_over, rehome_sent
from wangge_server.dispatch.models import Lead, Plan, Task
from wangge_server.dispatch.queries import leads_of, open_lead_rows


@action("run.carry")
def keep_plan(*, batch_id: UUID, leads: pa.Table, tasks: pa.Table, by: Any, purpose: str) -> Plan:
    """What a proposed batch would send. The newest plan of a batch is the one that goes."""
    held = {"leads": _packed(leads), "tasks": _packed(tasks), "n_leads": leads.num_rows, "n_tasks": tasks.num_rows}
    plan, _new = Plan.objects.update_or_create(batch_id=batch_id, defaults=held)
    note(about=str(batch_id), leads=leads.num_rows, tasks=tasks.num_rows)
    return plan


@action("run.carry")
def dispatch_batch(*, batch_id: UUID, emergency: str, at: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """Send the envelopes of a batch that was just signed; E3040 where the plan speaks of a grade that was not.

    An envelope withdrawn with an earlier batch of the same day is on its way again, with new time limits. What was
    handed over since the plan was made goes to whom it belongs now.
    """
    begin_handing_over()
    plan = Plan.objects.get(batch_id=batch_id)
    leads, tasks = _unpacked(plan.leads), _unpacked(plan.tasks)
    lead_ids, task_ids = (t.column(0).to_pylist() for t in (leads, tasks))
    sent = sign_tasks(
        emergency=emergency, batch_id=batch_id, leads=leads, tasks=tasks, signed_at=at, by=by, purpose=purpose
    )
    Lead.objects.filter(lead_id__in=lead_ids, withdrawn_at__isnull=False).update(withdrawn_at=None, batch_id=batch_id)
    with connection.cursor() as cursor:
        cursor.execute(_SEND_AGAIN, [at, at, at, at, task_ids])
        cursor.execute(_NOT_SIGNED, [batch_id])
        if cursor.fetchone()[0]:
            raise WanggeError("E3040")
    grids = {code for code in tasks.column("grid_code").to_pylist() if code}
    rehome_sent(grids=grids, by=by, purpose=purpose)
    note(about=str(batch_id), **sent)
    return sent


@action("run.carry")
def withdraw_batch(*, batch_id: UUID, at: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """Take back what nobody has an outcome for yet; what was done at doors stays. -> {withdrawn, outcomes, tasks}"""
    mine = Lead.objects.filter(batch_id=batch_id)
    touched = list(mine.values_list("task_id", flat=True).distinct())
    outcomes = mine.filter(outcome__isnull=False).count()
    withdrawn = open_lead_rows().filter(batch_id=batch_id).update(withdrawn_at=at)
    empty = Task.objects.filter(task_id__in=touched, closed_at=None, withdrawn_at=None)
    tasks = empty.exclude(leads__in=open_lead_rows()).update(withdrawn_at=at)
    note(about=str(batch_id), withdrawn=withdrawn, outcomes=outcomes, tasks=tasks)
    return {"withdrawn": withdrawn, "outcomes": outcomes, "tasks": tasks}


@action("run.carry")
def correct_envelopes(*, person_id: str, left: str, at: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """An appeal lowered somebody's grade: open envelopes say so, or are taken back where no grade is left. Outcomes stay.

    -> {withdrawn, changed, tasks}: people taken out, people whose grade was lowered, whole envelopes taken back
    """
    mine = open_lead_rows().filter(person_id=person_id)
    touched = list(mine.values_list("task_id", flat=True).distinct())
    changed = mine.exclude(grade=left).update(grade=left) if left else 0
    withdrawn = 0 if left else mine.update(withdrawn_at=at)
    tasks = 0
    for task in Task.objects.select_for_update().filter(task_id__in=touched, closed_at=None, withdrawn_at=None):
        still = list(leads_of(task))
        if all(hasattr(lead, "outcome") for lead in still):
            task.withdrawn_at, tasks = at, tasks + 1
        else:
            task.grade, task.n_people = min((lead.grade for lead in still), key=GRADES.index), len(still)
        task.save(update_fields=["withdrawn_at", "grade", "n_people"])
    note(about=person_id, withdrawn=withdrawn, changed=changed, tasks=tasks)
    return {"withdrawn": withdrawn, "changed": changed, "tasks": tasks}


_SEND_AGAIN = """
UPDATE dispatch_task SET withdrawn_at = NULL, open_due = %s + (open_due - signed_at),
       attempt_due = %s + (attempt_due - signed_at), result_due = %s + (result_due - signed_at), signed_at = %s
WHERE task_id = ANY(%s) AND withdrawn_at IS NOT NULL
"""
_NOT_SIGNED = """
SELECT count(*) FROM dispatch_lead l WHERE batch_id = %s AND NOT EXISTS
  (SELECT FROM risk_proposed p WHERE p.batch_id = l.batch_id AND p.person_id = l.person_id AND p.grade = l.grade)
"""


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _unpacked(held: bytes | memoryview) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(bytes(held))).read_all()
