"""Writes about workers, envelopes and leads."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge_server.accounts.queries import ids_by_username
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert, with_constants
from wangge_server.dispatch.models import Lead, Task, Worker
from wangge_server.dispatch.queries import open_leads
from wangge_server.emergency.queries import must_be_in_force


@action("install.make")
def load_workers(*, workers: pa.Table, by: Any, purpose: str) -> int:
    """Who holds which grid; a worker's account is the one of that user name."""
    names = set(workers.column("worker_id").to_pylist())
    users = ids_by_username(names)
    ids = pa.array([users.get(name) for name in workers.column("worker_id").to_pylist()], pa.int64())
    rows = query("SELECT worker_id || ':' || grid_code AS holding_id, * FROM workers", workers=workers)
    by_holding = dict(zip(workers.column("worker_id").to_pylist(), ids.to_pylist(), strict=True))
    user_ids = pa.array([by_holding[name] for name in rows.column("worker_id").to_pylist()], pa.int64())
    loaded = upsert(Worker, rows.append_column("user_id", user_ids))
    note(n=loaded)
    return loaded


@action("run.carry")
def sign_tasks(
    *, emergency: str, batch_id: UUID, leads: pa.Table, tasks: pa.Table, signed_at: dt.datetime, by: Any, purpose: str
) -> dict[str, int]:
    """Envelopes and leads of one signed batch. What is already on its way stays as it is: a run never takes a task back."""
    must_be_in_force(emergency)
    due = query(
        """SELECT * EXCLUDE (open_minutes, attempt_minutes, result_minutes), $at::TIMESTAMPTZ AS signed_at,
                  signed_at + to_minutes(open_minutes) AS open_due, signed_at + to_minutes(attempt_minutes) AS attempt_due,
                  signed_at + to_minutes(result_minutes) AS result_due FROM tasks""",
        {"at": signed_at.isoformat()},
        tasks=tasks,
    )
    new_tasks = upsert(Task, with_constants(due, {"emergency_id": emergency}), update=False)
    rows = query("SELECT lead_id, task_id, person_id, grade FROM leads", leads=leads)
    signed = with_constants(rows, {"batch_id": str(batch_id)})
    loaded = {"tasks": new_tasks, "leads": upsert(Lead, signed, update=False)}
    note(about=emergency, **loaded)
    return loaded


@action("task.open")
def open_task(*, task: Task, by: Any, purpose: str) -> Task:
    """The worker opens the envelope; the first opening is recorded."""
    if task.opened_at is None:
        task.opened_at = timezone.now()
        task.save(update_fields=["opened_at"])
    note(about=task.task_id)
    return task


@action("task.close")
def close_task(*, task: Task, by: Any, purpose: str) -> Task:
    """Close an envelope whose people all have an outcome; otherwise E7006 with the number still open."""
    still_open = open_leads(task)
    if still_open:
        raise WanggeError("E7006", open=still_open)
    if task.closed_at is None:
        task.closed_at = timezone.now()
        task.save(update_fields=["closed_at"])
    note(about=task.task_id)
    return task
