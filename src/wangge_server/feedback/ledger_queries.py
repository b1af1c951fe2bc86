"""Reads of the coverage ledger: what changed since it was last closed, the rows under a root, the proof of one unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from wangge.audit.doors import door_entry, grid_path
from wangge.audit.verifier import DOOR, key_text
from wangge_server.audit.sealed import proofs_about
from wangge_server.feedback.models import Coverage, LedgerRoot, LedgerRow

CONFIRMED = ("occupied_confirmed", "vacant_confirmed")
OUTSIDE = ("non_residential", "demolished")
# Units of whom the ledger would now say something else than in their newest row; the hash of the answer a visit rests on.
CHANGED = """
WITH newest AS (SELECT DISTINCT ON (dwelling_id) * FROM feedback_ledgerrow ORDER BY dwelling_id, id DESC)
SELECT c.dwelling_id, c.grid_code, coalesce(coalesce(a.changed_on, a.valid_from)::text, ''), c.state, c.roster_n, c.roster_closed_on, c.confirmed_on,
       c.method, e.by_id, coalesce(e.payload_hash, ''), n.hash
FROM feedback_coverage c LEFT JOIN newest n USING (dwelling_id) LEFT JOIN geography_area a ON a.code = c.grid_code
LEFT JOIN LATERAL (
  SELECT f.by_id, f.payload_hash FROM dispatch_task t JOIN dispatch_lead l USING (task_id)
  JOIN feedback_outcome o USING (lead_id) JOIN field_answer f ON f.answer_id = o.answer_id
  WHERE t.dwelling_id = c.dwelling_id AND o.outcome = 'full' ORDER BY f.received_at DESC, f.answer_id LIMIT 1
) e ON c.method = 'visit'
WHERE n.id IS NULL OR (c.grid_code, c.state, c.roster_n, c.roster_closed_on, c.confirmed_on, c.method)
      IS DISTINCT FROM (n.grid_code, n.state, n.roster_n, n.roster_closed_on, n.confirmed_on, n.method)
ORDER BY c.dwelling_id
"""
LEAVES = """
SELECT grid_code, dwelling_id, hash FROM (
  SELECT DISTINCT ON (dwelling_id) dwelling_id, grid_code, hash FROM feedback_ledgerrow
  WHERE "on" <= %(on)s AND (%(grid)s = '' OR dwelling_id IN (SELECT dwelling_id FROM feedback_ledgerrow WHERE grid_code = %(grid)s))
  ORDER BY dwelling_id, id DESC) newest
WHERE %(grid)s = '' OR grid_code = %(grid)s ORDER BY grid_code, dwelling_id COLLATE "C"
"""


def changed_units() -> list[tuple[Any, ...]]:
    """Units whose state is not yet in the ledger, in the columns of CHANGED."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED)
        return cursor.fetchall()


def leaves_on(on: dt.date, grid: str = "") -> list[tuple[str, str, bytes]]:
    """The newest row of each unit as of a day: (grid, unit, hash), in the order of the trees."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, {"on": on, "grid": grid})
        return [(code, unit, bytes(made)) for code, unit, made in cursor.fetchall()]


def is_closed(on: dt.date) -> bool:
    """Whether the ledger of this day was closed."""
    return LedgerRoot.objects.filter(on=on).exists()


def closed_about(community: str, on: dt.date) -> str:
    """What the log's entry about a community's roots of a day is about."""
    return f"ledger:{community}:{on.isoformat()}"


def entry_of(row: LedgerRow) -> bytes:
    """The bytes of a stored row."""
    return door_entry(
        unit=row.dwelling_id, grid=row.grid_code, area_version=row.area_version, on=row.on, state=row.state,
        roster_n=row.roster_n, roster_closed_on=row.roster_closed_on, confirmed_on=row.confirmed_on, method=row.method,
        by=row.by_id, evidence=row.evidence, prev=bytes(row.prev) if row.prev is not None else None,
    )  # fmt: skip


def history_of(dwelling_id: str) -> list[LedgerRow]:
    """Every row of one unit, newest first."""
    return list(LedgerRow.objects.filter(dwelling_id=dwelling_id).order_by("-id"))


def roots_in(area: str) -> list[LedgerRoot]:
    """The newest root of each grid below `area`."""
    rows = LedgerRoot.objects.filter(grid_code__startswith=area).order_by("grid_code", "-on")
    return list(rows.distinct("grid_code"))


def proof_of(dwelling_id: str) -> dict[str, Any] | None:
    """What the newest root of its grid shows of one unit; with `log` once the root is sealed. None: not yet in the ledger.

    The form is that of `verify.py --door`. Without `log` and at its length it fits into a printed code.
    """
    newest = LedgerRow.objects.filter(dwelling_id=dwelling_id).order_by("-id").first()
    if newest is None:
        return None
    root = LedgerRoot.objects.filter(grid_code=newest.grid_code, on__gte=newest.on).order_by("-on").first()
    if root is None:
        return None
    leaves = leaves_on(root.on, root.grid_code)
    position = [unit for _, unit, _ in leaves].index(dwelling_id)
    proof = {
        "form": DOOR, "entry": entry_of(newest).decode(), "position": position, "size": root.size,
        "root": key_text(bytes(root.root)),
        "path": [key_text(one) for one in grid_path([made for _, _, made in leaves], position)],
    }  # fmt: skip
    sealed, _waiting = proofs_about(closed_about(root.grid_code[:12], root.on), 1)
    if sealed:
        one = sealed[0]
        proof["log"] = {"entry": one.entry.decode(), "position": one.position, "head": one.head.line,
                        "path": [key_text(step) for step in one.path]}  # fmt: skip
    return proof


def coverage_in(area: dict[str, str]) -> QuerySet[Coverage]:
    """Units of the ledger as they stand now, inside an area."""
    return Coverage.objects.filter(**area).select_related("dwelling")


def unit_in(area: dict[str, str], dwelling_id: str) -> Coverage | None:
    """One unit inside an area."""
    return coverage_in(area).filter(pk=dwelling_id).first()


def numbers_of(area: dict[str, str]) -> dict[str, Any]:
    """frame, confirmed, unconfirmed, refused, unreached, closed (rosters), people (on closed rosters), framed_on (oldest)."""
    inside = ~Q(state__in=OUTSIDE)
    found = Coverage.objects.filter(**area).aggregate(
        frame=Count("pk", filter=inside), confirmed=Count("pk", filter=Q(state__in=CONFIRMED)),
        refused=Count("pk", filter=Q(state="refused")), unreached=Count("pk", filter=Q(state="unreached")),
        closed=Count("pk", filter=Q(roster_closed_on__isnull=False)), framed_on=Min("dwelling__framed_on", filter=inside),
    )  # fmt: skip
    return found | {"unconfirmed": found["frame"] - found["confirmed"]}
