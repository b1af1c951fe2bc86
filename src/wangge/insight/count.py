"""Counts of areas, always with their denominator, adding up from grid to district and one line for the unlocated."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from wangge.frame import query
from wangge.insight.missed import missed
from wangge.tables.shapes import AREA, CELL, COVERAGE, LEAD, LOCATED, OUTCOME, PERSON, TASK

SIGNED = pa.schema([("task_id", pa.string()), ("signed_at", pa.timestamp("s", tz="UTC"))])

GRIDS = """
WITH doors AS (
  SELECT grid_code, count(*) FILTER (state NOT IN ('non_residential', 'demolished')) AS frame,
         count(*) FILTER (state IN ('occupied_confirmed', 'vacant_confirmed')) AS confirmed
  FROM coverage GROUP BY grid_code
),
persons AS (SELECT l.grid_code, count(*) AS people FROM people LEFT JOIN located l USING (household_id) GROUP BY 1),
closed AS (SELECT DISTINCT lead_id FROM outcomes WHERE is_closed),
work AS (
  SELECT t.grid_code, count(*) AS leads, count(closed.lead_id) AS outcomes,
         count(*) FILTER (closed.lead_id IS NULL) AS open,
         count(*) FILTER (closed.lead_id IS NULL AND signed_at + to_minutes(result_minutes) < $now) AS overdue
  FROM leads LEFT JOIN tasks t USING (task_id) LEFT JOIN closed ON leads.lead_id = closed.lead_id
       LEFT JOIN signed USING (task_id) GROUP BY t.grid_code
),
codes AS (SELECT code AS grid_code FROM areas WHERE kind = 'grid' AND valid_to IS NULL
          UNION SELECT grid_code FROM doors UNION SELECT grid_code FROM persons UNION SELECT grid_code FROM work
          UNION SELECT NULL)
SELECT c.grid_code, coalesce(frame, 0) AS frame, coalesce(confirmed, 0) AS confirmed, coalesce(people, 0) AS people,
       coalesce(leads, 0) AS leads, coalesce(outcomes, 0) AS outcomes, coalesce(open, 0) AS open,
       CASE WHEN $dated THEN coalesce(overdue, 0) END AS overdue
FROM codes c LEFT JOIN doors d ON c.grid_code IS NOT DISTINCT FROM d.grid_code
     LEFT JOIN persons p ON c.grid_code IS NOT DISTINCT FROM p.grid_code
     LEFT JOIN work w ON c.grid_code IS NOT DISTINCT FROM w.grid_code
"""

LEVELS = """
WITH levels AS (SELECT * FROM (VALUES (15, 'grid', 4), (12, 'community', 3), (9, 'street', 2), (6, 'district', 1))
                AS v(digits, kind, rank)),
missing AS (SELECT community_code12, missed_low FROM unseen),
lines AS (
  SELECT CASE WHEN grid_code IS NULL THEN 'unlocated' ELSE grid_code[1:digits] END AS area_code,
         CASE WHEN grid_code IS NULL THEN 'unlocated' ELSE kind END AS kind,
         CASE WHEN grid_code IS NULL THEN 0 ELSE rank END AS rank,
         sum(frame) AS frame, sum(confirmed) AS confirmed, sum(people) AS people, sum(leads) AS leads,
         sum(outcomes) AS outcomes, sum(open) AS open, sum(overdue) AS overdue
  FROM grids, levels WHERE grid_code IS NOT NULL OR rank = 1 GROUP BY 1, 2, 3
),
floors AS (SELECT community_code12[1:digits] AS area_code, kind, sum(missed_low) AS missed_low
           FROM missing, levels WHERE digits <= 12 GROUP BY 1, 2)
SELECT l.area_code, l.kind, frame, confirmed, frame - confirmed AS unconfirmed, missed_low, people, leads, outcomes,
       open, overdue
FROM lines l LEFT JOIN floors USING (area_code, kind) ORDER BY rank, area_code
"""


def count(
    coverage: pa.Table,
    located: pa.Table,
    people: pa.Table,
    leads: pa.Table,
    tasks: pa.Table,
    outcomes: pa.Table,
    areas: pa.Table,
    *,
    signed: pa.Table | None = None,
    now: dt.datetime | None = None,
    lists: tuple[str, ...] | None = None,
) -> pa.Table:
    """CELL by grid, community, street and district, and one `unlocated` line for what stands in no grid.

    Every level's sum plus the unlocated line is the whole. Grids in force without anything are lines of zeros.
    `overdue` needs `signed` (task_id, signed_at) and `now`; without them it is null, not zero. `missed_low` says "at
    least so many people that none of `lists` holds", by community and above; null where it cannot be said.
    """
    dated = signed is not None and now is not None
    grids = query(
        GRIDS,
        {"now": now or dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "dated": dated},
        coverage=COVERAGE.hand_over(coverage),
        located=LOCATED.hand_over(located),
        people=PERSON.hand_over(people),
        leads=LEAD.hand_over(leads),
        tasks=TASK.hand_over(tasks),
        outcomes=OUTCOME.hand_over(outcomes),
        areas=AREA.hand_over(areas),
        signed=SIGNED.empty_table() if signed is None else signed.select(SIGNED.names).cast(SIGNED),
    )
    return CELL.hand_over(query(LEVELS, grids=grids, unseen=missed(people, located, lists)))
