"""Reads for handing over: who holds what below an area, who could take it, and what a change would move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wangge_server.accounts.queries import accounts
from wangge_server.dispatch.models import Handover, Lead, Task, Worker
from wangge_server.geography.queries import doors_of


@dataclass(frozen=True)
class Moves:
    """What a change would move: doors of the frame, open envelopes, people in them, phones that may hold unsent work."""

    doors: int
    envelopes: int
    people: int
    phones: int


def holders_in(area: str) -> list[tuple[str, str]]:
    """Who holds which grid below an area today. -> (grid, worker)"""
    rows = Worker.objects.filter(grid_code__startswith=area, valid_to=None).order_by("grid_code", "worker_id")
    return list(rows.values_list("grid_code", "worker_id"))


def workers_in(area: str) -> list[tuple[str, str]]:
    """Grid workers below an area who can sign in. -> (user name, name)"""
    rows = accounts(role="grid_worker").filter(is_active=True, area_code__startswith=area[:12])
    return list(rows.values_list("username", "name"))


def would_move(grid: str, *, buildings: Iterable[tuple[str, str]] = (), worker: str = "") -> Moves:
    """What goes with a grid, with some of its buildings, or with one of its holders.

    A phone may hold unsent work where an envelope was opened and somebody in it has no outcome yet: whether it does, only
    the phone knows.
    """
    doors = doors_of(grid, buildings)
    mine = Task.objects.filter(grid_code=grid, closed_at=None, withdrawn_at=None)
    if buildings:
        mine = mine.filter(dwelling_id__in=doors)
    if worker:
        mine = mine.filter(worker_id=worker)
    open_leads = Lead.objects.filter(task__in=mine, outcome=None, withdrawn_at=None)
    phones = open_leads.filter(task__opened_at__isnull=False).values("task__worker_id").distinct().count()
    return Moves(len(doors), mine.count(), open_leads.count(), phones)


def handovers_in(area: str) -> list[Handover]:
    """The newest handovers that touched grids below an area."""
    rows = Handover.objects.select_related("by").order_by("-at")[:100]
    return [one for one in rows if any(str(grid).startswith(area) for grid, _, _ in one.grids)][:20]


def late_work(handovers: Iterable[Handover]) -> dict[Any, int]:
    """Answers that came after a handover from those whom the envelopes had left: taken, not lost. -> {handover id: answers}"""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT g.handover_id, count(DISTINCT a.answer_id) FROM dispatch_gone g JOIN dispatch_lead l USING (task_id)
               JOIN field_answer a USING (lead_id) JOIN accounts_user u ON u.id = a.by_id AND u.username = g.worker_id
               WHERE g.handover_id = ANY (%s) AND a.received_at > g.left_at GROUP BY 1""",
            [[one.pk for one in handovers]],
        )
        return dict(cursor.fetchall())
