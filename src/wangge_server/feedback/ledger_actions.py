"""Closing the coverage ledger of a day: new rows for what changed, a root for each grid, one entry of the log a community."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.db import connection

from wangge.audit.doors import door_entry, grid_root
from wangge.audit.verifier import key_text, leaf_hash
from wangge_server.base.actions import action, note
from wangge_server.feedback import ledger_queries as queries
from wangge_server.feedback.models import LedgerRoot

# Whatever stands in the frame stands in the ledger: a unit nobody ever named is unconfirmed, not absent.
FRAME = """
INSERT INTO feedback_coverage (dwelling_id, grid_code, state)
SELECT d.dwelling_id, d.grid_code, CASE WHEN d.kind = 'non_residential' THEN 'non_residential' ELSE 'vacant_unconfirmed' END
FROM geography_dwelling d LEFT JOIN feedback_coverage c USING (dwelling_id) WHERE c.dwelling_id IS NULL
ON CONFLICT DO NOTHING
"""
MOVED = """
UPDATE feedback_coverage c SET grid_code = d.grid_code FROM geography_dwelling d
WHERE d.dwelling_id = c.dwelling_id AND d.grid_code <> c.grid_code
"""
FOLLOW_DOORS = MOVED + " AND d.grid_code = %s"
FIELDS = (
    'dwelling_id, grid_code, area_version, "on", state, roster_n, roster_closed_on, confirmed_on, method,'
    " by_id, evidence, prev, hash"
)


@action("ledger.close")
def close_ledger(*, on: dt.date, by: Any, purpose: str) -> int:
    """Close the ledger of a day, once. -> rows added (0 where the day is closed)"""
    if queries.is_closed(on):
        note(on=on.isoformat(), rows=0)
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FRAME)
        cursor.execute(MOVED)
    added = _append(on)
    leaves = queries.leaves_on(on)
    for community, rows in groupby(leaves, key=lambda row: row[0][:12]):
        roots = {grid: [row[2] for row in some] for grid, some in groupby(rows, key=lambda row: row[0])}
        close_community(community=community, on=on, leaves=roots, by=by, purpose=purpose)
    note(on=on.isoformat(), rows=added, units=len(leaves))
    return added


@action("ledger.close")
def close_community(*, community: str, on: dt.date, leaves: dict[str, list[bytes]], by: Any, purpose: str) -> None:
    """Keep the root of each grid of one community, and say it in the log: {grid: [units, root]}."""
    roots = {grid: (len(hashes), grid_root(hashes)) for grid, hashes in leaves.items()}
    LedgerRoot.objects.bulk_create(
        [LedgerRoot(grid_code=grid, on=on, size=n, root=root) for grid, (n, root) in roots.items()]
    )
    note(about=queries.closed_about(community, on), on=on.isoformat(),
         roots={grid: [n, key_text(root)] for grid, (n, root) in roots.items()})  # fmt: skip


def _append(on: dt.date) -> int:
    """One row for each unit whose state changed. Rows are made here one by one: their bytes have one definition (door_entry)."""
    rows = queries.changed_units()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY feedback_ledgerrow ({FIELDS}) FROM STDIN") as copy,  # type: ignore[attr-defined]
    ):
        for unit, grid, version, state, roster, closed, confirmed, method, by_id, evidence, prev in rows:
            before = bytes(prev) if prev is not None else None
            entry = door_entry(unit=unit, grid=grid, area_version=version, on=on, state=state, roster_n=roster,
                               roster_closed_on=closed, confirmed_on=confirmed, method=method, by=by_id,
                               evidence=evidence, prev=before)  # fmt: skip
            copy.write_row((unit, grid, version, on, state, roster, closed, confirmed, method, by_id, evidence, before,
                            leaf_hash(entry)))  # fmt: skip
    return len(rows)


@action("grid.redivide")
def rehome_coverage(*, grid: str, by: Any, purpose: str) -> int:
    """Units of the ledger follow the doors that came to a grid; what was confirmed stays confirmed. -> how many"""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_DOORS, [grid])
        moved = int(cursor.rowcount)
    note(n=moved)
    return moved
