"""Reads about envelopes. Middle tiers get counts and lateness from here, never rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet

from wangge_server.dispatch.models import Lead, Task, Worker

if TYPE_CHECKING:
    from wangge_server.accounts.models import User


def grids_of(user: User) -> list[str]:
    """Grids a worker holds."""
    return list(Worker.objects.filter(user=user).order_by("grid_code").values_list("grid_code", flat=True))


def tasks_of(user: User) -> QuerySet[Task]:
    """A worker's own envelopes in walking order."""
    rows = Task.objects.filter(worker_id=user.username).select_related("household", "household__dwelling")
    return rows.order_by("order", "task_id")


def task_of(user: User, task_id: str) -> Task | None:
    """One envelope of this worker, or None: others' envelopes do not exist for them."""
    return tasks_of(user).filter(task_id=task_id).first()


def leads_of(task: Task) -> QuerySet[Lead]:
    """People in an envelope."""
    return task.leads.select_related("person", "outcome").order_by("lead_id")


def open_leads(task: Task) -> int:
    """People in an envelope without an outcome."""
    return task.leads.filter(outcome__isnull=True).count()


def flow(area: str, digits: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Envelopes by area of `digits` digits below `area`: signed, opened, attempted, closed, late. Counts only."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT nullif(left(coalesce(grid_code, ''), %s), '') AS code, count(*) AS signed, count(opened_at) AS opened,
                      count(attempted_at) AS attempted, count(closed_at) AS closed,
                      count(*) FILTER (WHERE closed_at IS NULL AND result_due < %s) AS late,
                      count(*) FILTER (WHERE opened_at IS NULL AND open_due < %s) AS unopened_late,
                      count(*) FILTER (WHERE worker_id IS NULL) AS nobody
               FROM dispatch_task WHERE coalesce(grid_code, '') LIKE %s GROUP BY 1 ORDER BY 1 NULLS LAST""",
            [digits, now, now, f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def workers_without_grid_and_grids_without_worker() -> tuple[int, list[str]]:
    """How many holdings have no account, and which grids nobody holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code FROM geography_area a WHERE kind = 'grid' AND valid_to IS NULL
               AND NOT EXISTS (SELECT FROM dispatch_worker w WHERE w.grid_code = a.code) ORDER BY code"""
        )
        empty = [row[0] for row in cursor.fetchall()]
    return Worker.objects.filter(user__isnull=True).count(), empty


def load_by_worker(area: str) -> list[dict[str, Any]]:
    """Open envelopes and people by grid below `area`: load belongs to the grid, workers are never ranked (R17)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT grid_code AS code, count(*) AS tasks, sum(n_people) AS people,
                      count(*) FILTER (WHERE closed_at IS NULL) AS open
               FROM dispatch_task WHERE grid_code LIKE %s GROUP BY 1 ORDER BY 1""",
            [f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grid_work(area: str) -> list[dict[str, Any]]:
    """Open envelopes and holders with an account, by grid below `area`. No worker is named. -> code, open, holders"""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH held AS (SELECT grid_code, count(user_id) AS holders FROM dispatch_worker GROUP BY 1),
                    work AS (SELECT grid_code, count(*) AS open FROM dispatch_task WHERE closed_at IS NULL GROUP BY 1)
               SELECT grid_code AS code, coalesce(open, 0) AS open, coalesce(holders, 0) AS holders
               FROM held FULL JOIN work USING (grid_code) WHERE grid_code LIKE %s ORDER BY 1""",
            [f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def leads_held_by(user: User, lead_ids: Sequence[str]) -> dict[str, Lead]:
    """Those of these leads that lie in an envelope of this worker. -> {lead_id: Lead with its task}"""
    rows = Lead.objects.filter(lead_id__in=lead_ids, task__worker_id=user.username).select_related("task")
    return {lead.lead_id: lead for lead in rows}


def lead_rows(lead_ids: Sequence[str]) -> list[tuple[str, str, str, str, str]]:
    """lead_id, task_id, person_id, household_id, grade of these leads."""
    rows = Lead.objects.filter(lead_id__in=lead_ids)
    return list(rows.values_list("lead_id", "task_id", "person_id", "task__household_id", "grade"))


def doors_of(lead_ids: Sequence[str]) -> list[tuple[Any, int]]:
    """Dwelling and household size of these leads, where the dwelling is known."""
    rows = Lead.objects.filter(lead_id__in=lead_ids, task__dwelling_id__isnull=False)
    return list(rows.values_list("task__dwelling_id", "task__household__n_people"))


def n_leads(area: str = "") -> int:
    """All leads, or those below an area."""
    return Lead.objects.filter(**_below(area)).count()


def n_leads_open(area: str = "") -> int:
    """Leads without an outcome, everywhere or below an area."""
    return Lead.objects.filter(outcome__isnull=True, **_below(area)).count()


def _below(area: str) -> dict[str, str]:
    return {"task__grid_code__startswith": area} if area else {}


def holdings(area: str) -> list[dict[str, Any]]:
    """Who holds which grid below `area`, and how long their day is. -> worker_id, user_id, unit_code, grid_code, minutes_a_day"""
    rows = Worker.objects.filter(grid_code__startswith=area).order_by("holding_id")
    return [dict(row) for row in rows.values("worker_id", "user_id", "unit_code", "grid_code", "minutes_a_day")]
