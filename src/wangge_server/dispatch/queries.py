"""Reads about envelopes. Middle tiers get counts and lateness from here, never rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db import connection
from django.db.models import Exists, Q, QuerySet

from wangge.tables.shapes import WORKER
from wangge_server.base.bulk import copy_out
from wangge_server.base.prepared import fetch
from wangge_server.dispatch.models import Gone, Lead, Plan, Task, Worker

if TYPE_CHECKING:
    from wangge_server.accounts.models import User


def grids_of(user: User) -> list[str]:
    """Grids a worker holds."""
    return list(
        Worker.objects.filter(user=user, valid_to=None).order_by("grid_code").values_list("grid_code", flat=True)
    )


def tasks_of(user: User) -> QuerySet[Task]:
    """A worker's own envelopes in walking order."""
    rows = Task.objects.filter(worker_id=user.username, withdrawn_at=None).select_related(
        "household", "household__dwelling"
    )
    return rows.order_by("order", "task_id")


def task_of(user: User, task_id: str) -> Task | None:
    """One envelope of this worker, or None: others' envelopes do not exist for them."""
    return tasks_of(user).filter(task_id=task_id).first()


def task_once_of(user: User, task_id: str) -> Task | None:
    """One envelope that is this worker's or was: what they said of it before they knew is taken; nothing is shown."""
    was = Gone.objects.filter(worker_id=user.username, task_id=task_id)
    return task_of(user, task_id) or Task.objects.filter(Exists(was), task_id=task_id).first()


def leads_of(task: Task) -> QuerySet[Lead]:
    """People in an envelope; not those who were taken out of it before anybody was done."""
    rows = task.leads.filter(Q(withdrawn_at=None) | Q(outcome__isnull=False))
    return rows.select_related("person", "outcome").order_by("lead_id")


def people_in_hand(user: User) -> QuerySet[Lead]:
    """People in a worker's own envelopes, in walking order."""
    rows = Lead.objects.filter(Q(withdrawn_at=None) | Q(outcome__isnull=False), task__in=tasks_of(user))
    return rows.select_related("person", "task").order_by("task__order", "lead_id")


def open_leads(task: Task) -> int:
    """People in an envelope without an outcome."""
    return open_lead_rows().filter(task=task).count()


def flow(area: str, digits: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Envelopes by area of `digits` digits below `area`: signed, opened, attempted, closed, late. Counts only."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT nullif(left(coalesce(grid_code, ''), %s), '') AS code, count(*) AS signed, count(opened_at) AS opened,
                      count(attempted_at) AS attempted, count(closed_at) AS closed,
                      count(*) FILTER (WHERE closed_at IS NULL AND withdrawn_at IS NULL AND result_due < %s) AS late,
                      count(*) FILTER (WHERE opened_at IS NULL AND withdrawn_at IS NULL AND open_due < %s) AS unopened_late,
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
               AND NOT EXISTS (SELECT FROM dispatch_worker w WHERE w.grid_code = a.code AND w.valid_to IS NULL) ORDER BY code"""
        )
        empty = [row[0] for row in cursor.fetchall()]
    return Worker.objects.filter(user__isnull=True, valid_to=None).count(), empty


def load_by_worker(area: str) -> list[dict[str, Any]]:
    """Open envelopes and people by grid below `area`: load belongs to the grid, workers are never ranked (R17)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT grid_code AS code, count(*) AS tasks, sum(n_people) AS people,
                      count(*) FILTER (WHERE closed_at IS NULL AND withdrawn_at IS NULL) AS open
               FROM dispatch_task WHERE grid_code LIKE %s GROUP BY 1 ORDER BY 1""",
            [f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grid_work(area: str) -> list[dict[str, Any]]:
    """Open envelopes and holders with an account, by grid below `area`. No worker is named. -> code, open, holders"""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH held AS (SELECT grid_code, count(user_id) AS holders FROM dispatch_worker WHERE valid_to IS NULL GROUP BY 1),
                    work AS (SELECT grid_code, count(*) AS open FROM dispatch_task WHERE closed_at IS NULL AND withdrawn_at IS NULL GROUP BY 1)
               SELECT grid_code AS code, coalesce(open, 0) AS open, coalesce(holders, 0) AS holders
               FROM held FULL JOIN work USING (grid_code) WHERE grid_code LIKE %s ORDER BY 1""",
            [f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lead_rows(lead_ids: Sequence[str]) -> list[tuple[str, str, str, str, str]]:
    """lead_id, task_id, person_id, household_id, grade of these leads."""
    rows = Lead.objects.filter(lead_id__in=lead_ids)
    return list(rows.values_list("lead_id", "task_id", "person_id", "task__household_id", "grade"))


def n_leads(area: str = "") -> int:
    """All leads, or those below an area."""
    return Lead.objects.filter(**_below(area)).count()


def n_leads_open(area: str = "") -> int:
    """Leads without an outcome, everywhere or below an area."""
    return open_lead_rows().filter(**_below(area)).count()


def n_leads_withdrawn(area: str = "") -> int:
    """Leads whose batch was recalled before they had an outcome, everywhere or below an area."""
    return Lead.objects.filter(outcome__isnull=True, withdrawn_at__isnull=False, **_below(area)).count()


def open_lead_rows() -> QuerySet[Lead]:
    """Leads that wait for an outcome."""
    return Lead.objects.filter(outcome__isnull=True, withdrawn_at=None)


def planned(batch_id: Any) -> dict[str, int]:
    """What a batch would send, or has sent. -> {leads, tasks}"""
    plan = Plan.objects.filter(batch_id=batch_id).values("n_leads", "n_tasks").first()
    return {"leads": plan["n_leads"], "tasks": plan["n_tasks"]} if plan else {"leads": 0, "tasks": 0}


def _below(area: str) -> dict[str, str]:
    return {"task__grid_code__startswith": area} if area else {}


def holdings(area: str) -> list[dict[str, Any]]:
    """Who holds which grid below `area`, and how long their day is. -> worker_id, user_id, unit_code, grid_code, minutes_a_day"""
    rows = Worker.objects.filter(grid_code__startswith=area, valid_to=None).order_by("holding_id")
    return [dict(row) for row in rows.values("worker_id", "user_id", "unit_code", "grid_code", "minutes_a_day")]


def workers_now() -> pa.Table:
    """Who holds which grid today. -> WORKER"""
    return copy_out("SELECT worker_id, unit_code, grid_code, minutes_a_day FROM dispatch_worker WHERE valid_to IS NULL"
                    " ORDER BY holding_id", WORKER.schema)  # fmt: skip


PAGE, MOST_ROWS = 1000, 5000
# Transactions still under way may yet write rows: everything from the oldest of them on (`until`) is asked for again.
PULL = """
WITH own AS MATERIALIZED (
  SELECT t.task_id, t.changed, t.closed_at IS NULL AS is_open, t."order", t.grade, t.n_people, t.result_due, t.grid_code,
         CASE WHEN d.dwelling_id IS NULL THEN coalesce(h.address, '') ELSE d.compound || d.building || '栋' ||
              CASE WHEN d.unit = '' THEN '' ELSE d.unit || '单元' END || d.room END AS place
  FROM dispatch_task t JOIN registry_household h USING (household_id)
       LEFT JOIN geography_dwelling d ON d.dwelling_id = h.dwelling_id
  WHERE t.worker_id = %(worker)s AND t.withdrawn_at IS NULL AND t.changed >= %(changed)s AND (t.changed, t.task_id) > (%(changed)s, %(after)s)
        AND (t.closed_at IS NULL OR NOT %(first)s)
  ORDER BY t.changed, t.task_id LIMIT %(limit)s
), lost AS (
  SELECT DISTINCT g.task_id FROM dispatch_gone g WHERE g.worker_id = %(worker)s AND g.changed >= %(changed)s AND NOT %(first)s
  AND %(after)s = '' AND NOT EXISTS (SELECT FROM dispatch_task t WHERE t.task_id = g.task_id AND t.worker_id = %(worker)s AND t.withdrawn_at IS NULL)
)
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, count(*),
       (SELECT changed FROM own ORDER BY changed DESC, task_id DESC LIMIT 1),
       (SELECT task_id FROM own ORDER BY changed DESC, task_id DESC LIMIT 1),
       coalesce(json_agg(json_build_object('id', task_id, 'order', "order", 'grade', grade, 'place', place, 'n_people', n_people,
                         'due_at', result_due, 'grid', grid_code) ORDER BY "order", task_id) FILTER (WHERE is_open), '[]')::text,
       coalesce(json_agg(task_id) FILTER (WHERE NOT is_open), '[]')::text,
       (SELECT coalesce(json_agg(task_id), '[]')::text FROM lost)
FROM own
"""


@dataclass(frozen=True)
class Mark:
    """How far a phone has come: from which transaction on it has seen nothing, and where inside a long answer it stands."""

    start: int = 0  # the transaction up to which everything was seen when this round began; 0 before the first round
    changed: int = 0
    after: str = ""
    n: int = 0
    until: int = 0

    def text(self) -> str:
        """As the phone keeps it."""
        return f"{database_id()}.{self.start}.{self.changed}.{self.n}.{self.until}.{self.after}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """The mark a phone sends back; the very beginning where it is of another database or cannot be read."""
        parts = text.split(".", 5)
        if len(parts) != 6 or parts[0] != database_id() or not all(p.isdigit() and len(p) < 19 for p in parts[1:5]):
            return cls()
        start, changed, n, until = map(int, parts[1:5])
        return cls(start, changed, parts[5], n, until)


@cache
def database_id() -> str:
    """Which database this is: after a restore into another one, marks of the old one count for nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Pulled:
    """One answer to a pull: JSON texts as the database wrote them, and where to go on."""

    tasks: str
    closed: str
    gone: str
    mark: Mark
    is_first: bool
    has_more: bool


def pull(username: str, mark: Mark, page: int = PAGE) -> Pulled:
    """A worker's own envelopes since `mark`: all open ones at first, then what changed. Never more than MOST_ROWS.

    A phone that is cut off asks again with the mark it had. Rows written meanwhile come (again) in the next round: one
    row may come twice, none is missed, and nothing has to be wiped first.
    """
    first, left = mark.start == 0, MOST_ROWS - mark.n
    limit = max(0, min(page, left))
    given = {"worker": username, "changed": mark.changed, "after": mark.after, "first": first, "limit": limit}
    now, n, changed, after, tasks, closed, gone = fetch(PULL, given)[0]
    until = mark.until or now
    more = n == limit and mark.n + n < MOST_ROWS
    on = Mark(mark.start, changed, after, mark.n + n, until) if more else Mark(until, until)
    return Pulled(tasks, closed, gone, on, first and not mark.after, more)
