"""The board's counts, always with their denominators, straight from the ledger and the envelopes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

CONFIRMED = ("occupied_confirmed", "vacant_confirmed")
OUTSIDE_FRAME = ("non_residential", "demolished")


def cells(area: str, digits: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Counts by area of `digits` digits below `area`. -> code, frame, confirmed, unconfirmed, people, leads, outcomes, open, overdue"""
    with connection.cursor() as cursor:
        cursor.execute(
            CELLS, {"n": digits, "area": f"{area}%", "now": now, "ok": list(CONFIRMED), "out": list(OUTSIDE_FRAME)}
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


CELLS = """
WITH doors AS (
  SELECT left(grid_code, %(n)s) AS code, count(*) FILTER (WHERE state <> ALL(%(out)s)) AS frame,
         count(*) FILTER (WHERE state = ANY(%(ok)s)) AS confirmed
  FROM feedback_coverage WHERE grid_code LIKE %(area)s GROUP BY 1),
homes AS (
  SELECT left(grid_code, %(n)s) AS code, sum(n_people) AS people
  FROM registry_household WHERE grid_code LIKE %(area)s GROUP BY 1),
work AS (
  SELECT left(t.grid_code, %(n)s) AS code, count(*) AS leads, count(o.lead_id) AS outcomes,
         count(*) FILTER (WHERE o.lead_id IS NULL) AS open,
         count(*) FILTER (WHERE o.lead_id IS NULL AND t.result_due < %(now)s) AS overdue
  FROM dispatch_lead l JOIN dispatch_task t USING (task_id) LEFT JOIN feedback_outcome o USING (lead_id)
  WHERE coalesce(t.grid_code, '') LIKE %(area)s GROUP BY 1)
SELECT coalesce(doors.code, homes.code, work.code) AS code, coalesce(frame, 0) AS frame, coalesce(confirmed, 0) AS confirmed,
       coalesce(frame, 0) - coalesce(confirmed, 0) AS unconfirmed, coalesce(people, 0)::int AS people,
       coalesce(leads, 0) AS leads, coalesce(outcomes, 0) AS outcomes, coalesce(open, 0) AS open,
       coalesce(overdue, 0) AS overdue
FROM doors FULL JOIN homes USING (code) FULL JOIN work USING (code) ORDER BY 1 NULLS LAST
"""


def total(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The sum line of a table of cells."""
    keys = ("frame", "confirmed", "unconfirmed", "people", "leads", "outcomes", "open", "overdue")
    return {key: sum(row[key] for row in rows) for key in keys}
