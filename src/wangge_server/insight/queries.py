"""The board's counts, always with their denominators, straight from the ledger and the envelopes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from django.db import connection

from wangge import feedback
from wangge.tables.shapes import HOUSEHOLD, LOCATED
from wangge_server.geography.queries import area_names, shapes
from wangge_server.registry.queries import households_by_grid, households_without_building

# jobs/apps.py puts its reader here when Django starts: the board stands upstream of the runs.
last_run: Callable[[], dict[str, Any] | None] | None = None
COUNTED = ("frame", "confirmed", "unconfirmed", "people", "leads", "outcomes", "open", "overdue")
KINDS = {6: "district", 9: "street", 12: "community", 15: "grid"}

CONFIRMED = ("occupied_confirmed", "vacant_confirmed")
OUTSIDE_FRAME = ("non_residential", "demolished")


def cells(area: str, digits: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Counts by area of `digits` digits below `area`; with area "" also a row whose code is None: what nobody can place.

    -> code, frame, confirmed, unconfirmed, people, leads, outcomes, open, overdue
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CELLS, {"n": digits, "area": f"{area}%", "now": now, "ok": list(CONFIRMED), "out": list(OUTSIDE_FRAME)}
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


CELLS = """
WITH doors AS (
  SELECT left(coalesce(grid_code, ''), %(n)s) AS code, count(*) FILTER (WHERE state <> ALL(%(out)s)) AS frame,
         count(*) FILTER (WHERE state = ANY(%(ok)s)) AS confirmed
  FROM feedback_coverage WHERE coalesce(grid_code, '') LIKE %(area)s GROUP BY 1),
homes AS (
  SELECT left(coalesce(grid_code, ''), %(n)s) AS code, sum(n_people) AS people
  FROM registry_household WHERE coalesce(grid_code, '') LIKE %(area)s GROUP BY 1),
work AS (
  SELECT left(coalesce(t.grid_code, ''), %(n)s) AS code, count(*) AS leads, count(o.lead_id) AS outcomes,
         count(*) FILTER (WHERE o.lead_id IS NULL AND l.withdrawn_at IS NULL) AS open,
         count(*) FILTER (WHERE o.lead_id IS NULL AND l.withdrawn_at IS NULL AND t.result_due < %(now)s) AS overdue
  FROM dispatch_lead l JOIN dispatch_task t USING (task_id) LEFT JOIN feedback_outcome o USING (lead_id)
  WHERE coalesce(t.grid_code, '') LIKE %(area)s GROUP BY 1)
SELECT nullif(code, '') AS code, coalesce(frame, 0) AS frame, coalesce(confirmed, 0) AS confirmed,
       coalesce(frame, 0) - coalesce(confirmed, 0) AS unconfirmed, coalesce(people, 0)::int AS people,
       coalesce(leads, 0) AS leads, coalesce(outcomes, 0) AS outcomes, coalesce(open, 0) AS open,
       coalesce(overdue, 0) AS overdue
FROM doors FULL JOIN homes USING (code) FULL JOIN work USING (code) ORDER BY 1 NULLS LAST
"""


def named_cells(area: str, digits: int, now: dt.datetime) -> list[dict[str, Any]]:
    """`cells` with a name for each area."""
    names = area_names(KINDS[digits], area)
    return [row | {"name": names.get(row["code"], row["code"])} for row in cells(area, digits, now)]


def all_grids(area: str, now: dt.datetime) -> list[dict[str, Any]]:
    """Every grid in force below `area` with its counts and households, grids without anything included."""
    found, homes = {row["code"]: row for row in cells(area, 15, now)}, households_by_grid(area)
    empty = dict.fromkeys(COUNTED, 0)
    return [
        {**empty, **found.get(code, {}), "code": code, "name": name, "households": homes.get(code, 0)}
        for code, name in sorted(area_names("grid", area).items())
    ]


def progress_since(area: str, at: dt.datetime) -> dict[str, int]:
    """What was added since an instant: doors confirmed, leads with an outcome."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM feedback_coverage
                       WHERE confirmed_on >= %(day)s AND state = ANY(%(ok)s) AND grid_code LIKE %(area)s) AS confirmed,
                      (SELECT count(*) FROM feedback_outcome JOIN dispatch_lead USING (lead_id) JOIN dispatch_task t USING (task_id)
                       WHERE decided_at >= %(at)s AND coalesce(t.grid_code, '') LIKE %(area)s) AS outcomes""",
            {"at": at, "day": at.date(), "ok": list(CONFIRMED), "area": f"{area}%"},
        )
        confirmed, outcomes = cursor.fetchone()
    return {"confirmed": confirmed, "outcomes": outcomes}


def grid_map(area: str, now: dt.datetime) -> dict[str, Any]:
    """Grids below `area` as GeoJSON with their coverage. -> FeatureCollection (code, label, share, frame, confirmed, …)"""
    found = {row["code"]: row for row in cells(area, 15, now)}
    return {
        "type": "FeatureCollection",
        "features": [_feature(one, found.get(one["code"])) for one in shapes("grid", area)],
    }


def _feature(one: dict[str, Any], cell: dict[str, Any] | None) -> dict[str, Any]:
    shape = json.loads(one["shape"]) if isinstance(one["shape"], str) else one["shape"]
    cell = cell or dict.fromkeys(COUNTED, 0)
    share = cell["confirmed"] / cell["frame"] if cell["frame"] else None
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {
            "code": one["code"],
            "label": one["name"],
            "share": share,
            **{key: cell[key] for key in ("frame", "confirmed", "open", "overdue")},
        },
    }


def missed() -> dict[str, Any]:
    """People that no list holds, as the last run estimated: {"low": n or None, "high": n or None, "why": …}."""
    run = last_run() if last_run else None
    found = (run or {}).get("missed")
    if isinstance(found, dict):
        return {"low": found.get("low"), "high": found.get("high")}
    return {"low": found, "high": None}


def buildings_outside(area: str) -> list[dict[str, Any]]:
    """Buildings that at least two households of the register name and the frame does not hold, most households first."""
    rows = households_without_building(area)
    home = [{"household_id": pk, "address": address, "n_people": n, "head_person_id": None} for pk, address, n in rows]
    place = [
        {"household_id": pk, "dwelling_id": None, "grid_code": None, "how": "compound", "reason": "no_such_building"}
        for pk, _, _ in rows
    ]
    found = feedback.outside(
        pa.Table.from_pylist(home, schema=HOUSEHOLD.schema), pa.Table.from_pylist(place, schema=LOCATED.schema)
    )
    return [row for row in found.to_pylist() if row["n_households"] > 1]


def missed_in(area: str, *, whole: bool) -> int | None:
    """At least so many people whom no list holds, below `area`: of its communities as far as known. None: not known."""
    if whole:
        low = missed()["low"]
        return None if low is None else int(low)
    known = ((last_run() if last_run else None) or {}).get("missed_by") or {}
    found = [int(low) for code, low in known.items() if code.startswith(area) and low is not None]
    return sum(found) if found else None


def total(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The sum line of a table of cells."""
    return {key: sum(row[key] for row in rows) for key in COUNTED}
