"""Handing over (M25): grids are re-divided, workers swap, fall ill, leave or lose their phones, while phones are offline.

Everything rests on two dated facts, in which grid a door lies and who holds which grid. One statement (REHOME) brings open
envelopes in line with them; it may run again at any time. What a worker did before they knew is taken (see `Gone`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge_server.accounts.queries import active_workers
from wangge_server.base.actions import action, note
from wangge_server.dispatch.models import Gone, Handover, Task, Worker
from wangge_server.forms.campaign_actions import rehome_campaign_doors
from wangge_server.geography.actions import redivide_ground
from wangge_server.registry.actions import rehome_households

CAUSES = ("swap", "ill", "left", "new", "phone_lost")
# Rooms downstream put here what they keep by grid: it follows the doors in the same transaction.
followers: dict[str, Callable[..., int]] = {}


class Change(NamedTuple):
    """One grid goes from one worker to another. An empty `old`: one more holder; an empty `new`: one holder less."""

    grid: str
    old: str = ""
    new: str = ""


# One handing over at a time, and none while a batch is being sent: each sees what the other did.
ALONE = "SELECT pg_advisory_xact_lock(7025)"
NAMED = "SELECT set_config('wangge.handover', %s, true)"
LOCK = """
SELECT task_id FROM dispatch_task t WHERE closed_at IS NULL AND withdrawn_at IS NULL
AND (grid_code = ANY (%(grids)s) OR dwelling_id IN (SELECT dwelling_id FROM geography_dwelling WHERE grid_code = ANY (%(grids)s)))
ORDER BY task_id FOR UPDATE
"""
# Astray: the door lies in another grid than the envelope says, or who has it does not hold that grid. It goes to the
# successor who was named, stays with whom holds the new grid too, else goes round the grid's holders; at the list's end,
# so that nobody's list is shuffled under their feet.
REHOME = """
WITH heir AS (SELECT * FROM json_to_recordset(%(heirs)s) AS h(grid text, old text, new text)),
holds AS (SELECT worker_id, grid_code FROM dispatch_worker WHERE valid_to IS NULL),
astray AS (
  SELECT t.task_id, t.worker_id, t.grid_code AS old_grid, coalesce(d.grid_code, t.grid_code) AS grid,
         row_number() OVER (PARTITION BY coalesce(d.grid_code, t.grid_code) ORDER BY t."order", t.task_id) AS turn
  FROM dispatch_task t LEFT JOIN geography_dwelling d USING (dwelling_id)
  WHERE t.closed_at IS NULL AND t.withdrawn_at IS NULL AND (t.grid_code = ANY (%(grids)s) OR d.grid_code = ANY (%(grids)s))
    AND (t.grid_code IS DISTINCT FROM coalesce(d.grid_code, t.grid_code)
         OR NOT EXISTS (SELECT FROM holds h WHERE h.worker_id = t.worker_id AND h.grid_code = t.grid_code))
),
ring AS (SELECT grid_code, array_agg(worker_id ORDER BY worker_id) AS ids FROM holds WHERE grid_code = ANY (%(grids)s) GROUP BY 1),
meant AS (
  SELECT a.task_id, a.grid, a.turn, coalesce(
    (SELECT new FROM heir WHERE heir.grid = a.grid AND heir.old = a.worker_id AND EXISTS (
       SELECT FROM holds h WHERE h.worker_id = heir.new AND h.grid_code = a.grid) LIMIT 1),
    (SELECT worker_id FROM holds h WHERE h.worker_id = a.worker_id AND h.grid_code = a.grid),
    r.ids[1 + (a.turn - 1) %% cardinality(r.ids)]) AS worker
  FROM astray a LEFT JOIN ring r ON r.grid_code = a.grid
),
ends AS (SELECT worker_id, max("order") AS n FROM dispatch_task WHERE worker_id IN (SELECT worker FROM meant) GROUP BY 1)
UPDATE dispatch_task t SET grid_code = m.grid, worker_id = m.worker,
       "order" = CASE WHEN m.worker IS NOT DISTINCT FROM t.worker_id THEN t."order"
                      WHEN m.worker IS NULL THEN NULL ELSE coalesce(e.n, 0) + m.turn END
FROM meant m LEFT JOIN ends e ON e.worker_id = m.worker WHERE t.task_id = m.task_id
"""


@action("grid.redivide")
def redivide(
    *, kind: str, source: str, target: str = "", buildings: Sequence[tuple[str, str]] = (), name: str = "",
    holder: str = "", reason: str, by: Any, purpose: str,
) -> Handover:  # fmt: skip
    """Split, merge or move (see redivide_ground); `holder` takes the new grid of a split. Open envelopes follow their doors.

    Without a holder the new grid is held by whoever holds the old one; a merged grid's holders hold it no longer, and
    whoever held nothing else takes part in the grid it went into.
    """
    at = begin_handing_over()
    made = redivide_ground(kind=kind, source=source, target=target, buildings=buildings, name=name, reason=reason, at=at,
                           by=by, purpose=purpose)  # fmt: skip
    held = _holders([source])
    new = made.target
    changes: list[Change] = []
    if kind == "split":
        changes = [Change(new, new=holder)] if holder else [Change(new, new=w) for _, w in held]
    if kind == "merge":
        changes = [Change(source, old=w) for _, w in held]
        both = {w for w, _ in _other_grids([w for _, w in held], source)}
        changes += [Change(new, new=w) for _, w in held if w not in both]
    for follow in (rehome_households, rehome_campaign_doors, *followers.values()):
        follow(grid=new, by=by, purpose=purpose)
    return _hand_over("redivided", changes, [source, new], reason, at, by, made.pk)


@action("grid.assign")
def reassign(*, cause: str, changes: Sequence[Change], reason: str, by: Any, purpose: str) -> Handover:
    """Grids change hands; open envelopes go with them, work already done at doors stays and late work is taken.

    E7202 where a worker has no active account, E7203 where somebody does not hold what they are to give.
    """
    at = begin_handing_over()
    return _hand_over(cause, changes, sorted({c.grid for c in changes}), reason, at, by)


@action("grid.assign")
def lose_phone(*, worker: str, reason: str, by: Any, purpose: str) -> Handover:
    """A phone is gone. Nothing changes hands; what the lost phone still holds is taken if it turns up, closed doors too."""
    at = begin_handing_over()
    made = _hand_over("phone_lost", [], [], reason, at, by, worker=worker)
    mine = Task.objects.filter(worker_id=worker, closed_at=None, withdrawn_at=None)
    rows = [
        Gone(worker_id=worker, task_id=t, grid_code=g, handover=made)
        for t, g in mine.values_list("task_id", "grid_code")
    ]
    Gone.objects.bulk_create(rows)
    return made


@action("run.carry")
def rehome_sent(*, grids: Iterable[str], by: Any, purpose: str) -> int:
    """Envelopes planned before a handing over and sent after it go where doors lie and grids are held today. -> moved"""
    moved = _rehome(sorted(set(grids)), [])
    note(n=moved)
    return moved


def begin_handing_over() -> dt.datetime:
    """Wait for whoever hands over now; from here on this transaction is alone with it. -> the instant"""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
    return timezone.now()


def _holders(grids: Sequence[str]) -> list[tuple[str, str]]:
    rows = Worker.objects.filter(grid_code__in=grids, valid_to=None).order_by("grid_code", "worker_id")
    return list(rows.values_list("grid_code", "worker_id"))


def _other_grids(workers: Sequence[str], grid: str) -> list[tuple[str, str]]:
    rows = Worker.objects.filter(worker_id__in=workers, valid_to=None).exclude(grid_code=grid)
    return list(rows.values_list("worker_id", "grid_code"))


def _hand_over(
    cause: str, changes: Sequence[Change], grids: Sequence[str], reason: str, at: dt.datetime, by: Any,
    redivision: UUID | None = None, worker: str = "",
) -> Handover:  # fmt: skip
    """Close and open holdings, then bring envelopes in line. -> what was done, kept"""
    said = [list(c) for c in changes] or ([["", worker, worker]] if worker else [])
    made = Handover.objects.create(
        id=uuid4(), cause=cause, reason=reason, grids=said, redivision_id=redivision, at=at, by=by
    )
    _hold(changes, at)
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [str(made.pk)])
    made.n_envelopes = _rehome(grids, changes)
    made.save(update_fields=["n_envelopes"])
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [""])
    note(about=str(made.pk), cause=cause, grids=len(grids), tasks=made.n_envelopes)
    return made


def _hold(changes: Sequence[Change], at: dt.datetime) -> None:
    accounts = active_workers({c.new for c in changes if c.new})
    for change in changes:
        mine = Worker.objects.filter(grid_code=change.grid, worker_id=change.old, valid_to=None)
        old = mine.first()
        if change.old and not mine.update(valid_to=at):
            raise WanggeError("E7203", worker=change.old, grid=change.grid)
        if not change.new:
            continue
        if change.new not in accounts:
            raise WanggeError("E7202", worker=change.new)
        same = Worker.objects.filter(grid_code=change.grid, worker_id=change.new)
        if same.filter(valid_to=None).exists():
            continue
        spells, like = same.count(), old or Worker.objects.filter(worker_id=change.new).order_by("-valid_from").first()
        user = accounts[change.new]
        Worker.objects.create(
            holding_id=f"{change.new}:{change.grid}" + (f":{spells + 1}" if spells else ""), worker_id=change.new, user=user,
            unit_code=user.unit_code, grid_code=change.grid, valid_from=at,
            minutes_a_day=like.minutes_a_day if like else DAY_MINUTES,
        )  # fmt: skip


DAY_MINUTES = 180  # of a worker nobody ever gave a grid: 3 hours (workflows 1.9)


def _rehome(grids: Sequence[str], changes: Sequence[Change]) -> int:
    if not grids:
        return 0
    heirs = [{"grid": c.grid, "old": c.old, "new": c.new} for c in changes if c.old and c.new]
    given: dict[str, Any] = {"grids": list(grids), "heirs": json.dumps(heirs)}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, given)
        cursor.execute(REHOME, given)
        return int(cursor.rowcount)
