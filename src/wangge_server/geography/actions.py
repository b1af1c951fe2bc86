"""Writes about the ground."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pyarrow as pa
import shapely
from django.db import connection
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.geography.models import Area, Dwelling, Redivision
from wangge_server.geography.queries import doors_of

# About one metre: finer than a screen shows, and a sixth of the bytes.
SCREEN_TOLERANCE, SCREEN_DIGITS = 0.00001, 6


@action("install.make")
def load_ground(*, areas: pa.Table, dwellings: pa.Table, by: Any, purpose: str) -> dict[str, int]:
    """Load areas (AREA) and the frame of dwellings (DWELLING). Codes are identities: known ones are brought up to date.

    What a re-division changed since stays: a file never takes it back.
    """
    shapes = pa.array([screen_shape(wkb) for wkb in areas.column("polygon").to_pylist()], pa.string())
    flat = areas.drop_columns(["polygon"]).append_column("shape", shapes)
    loaded = {"areas": upsert(Area, flat, keep=["valid_to", "shape"]),
              "dwellings": upsert(Dwelling, dwellings, keep=["grid_code"])}  # fmt: skip
    note(**loaded)  # type: ignore[arg-type]
    return loaded


def screen_shape(wkb: bytes | None) -> str | None:
    """A polygon for the screen: simplified GeoJSON geometry as text, or None."""
    if wkb is None:
        return None
    shape = shapely.from_wkb(wkb).simplify(SCREEN_TOLERANCE)
    return json.dumps(json.loads(shapely.to_geojson(shapely.set_precision(shape, 10**-SCREEN_DIGITS))))


MOVE_HOMES = """
WITH moved AS (SELECT unnest(%(doors)s::text[]) AS dwelling_id),
first AS (
  INSERT INTO geography_home (dwelling_id, grid_code, valid_from, valid_to)
  SELECT dwelling_id, d.grid_code, d.framed_on, %(at)s FROM moved JOIN geography_dwelling d USING (dwelling_id)
  WHERE NOT EXISTS (SELECT FROM geography_home h WHERE h.dwelling_id = moved.dwelling_id)
)
UPDATE geography_home h SET valid_to = %(at)s FROM moved WHERE h.dwelling_id = moved.dwelling_id AND h.valid_to IS NULL
"""
OPEN_HOMES = """
INSERT INTO geography_home (dwelling_id, grid_code, valid_from, redivision_id)
SELECT unnest(%(doors)s::text[]), %(target)s, %(at)s, %(id)s
"""
MOVE_DOORS = "UPDATE geography_dwelling SET grid_code = %(target)s WHERE dwelling_id = ANY (%(doors)s)"


@action("grid.redivide")
def redivide_ground(
    *, kind: str, source: str, target: str, buildings: Sequence[tuple[str, str]], name: str, reason: str,
    at: dt.datetime, by: Any, purpose: str,
) -> Redivision:  # fmt: skip
    """Split some buildings off a grid into a new one (target empty), merge it into `target`, or move buildings there.

    Areas and homes of doors are dated facts: nothing is renumbered, a code that ends is never given again.
    E7200 where a grid is not in force (any more); E7201 where a split or a move would leave one side empty; E7204.
    """
    grids = {
        g.code: g
        for g in Area.objects.select_for_update().filter(kind="grid", valid_to=None, code__in=[source, target])
    }
    for code in (source, *([target] if kind != "split" else [])):
        if code not in grids or (kind != "split" and source == target):
            raise WanggeError("E7200", grid=code)
    doors = doors_of(source, [] if kind == "merge" else buildings)
    if kind != "merge" and (not buildings or not doors or len(doors) == len(doors_of(source))):
        raise WanggeError("E7201")
    day = timezone.localdate(at)
    if kind == "split":
        target = next_code(source[:12])
        Area.objects.create(code=target, kind="grid", name=name or target[12:], parent_code=source[:12], valid_from=day,
                            crs=grids[source].crs)  # fmt: skip
    made = Redivision.objects.create(
        id=uuid4(), kind=kind, source=source, target=target, buildings=[f"{c} {b}" for c, b in buildings],
        n_doors=len(doors), reason=reason, at=at, by=by,
    )  # fmt: skip
    given: dict[str, Any] = {"doors": doors, "target": target, "at": at, "id": made.pk}
    with connection.cursor() as cursor:
        for statement in (MOVE_HOMES, OPEN_HOMES, MOVE_DOORS):
            cursor.execute(statement, given)
    Area.objects.filter(code__in=[source, target]).update(changed_on=day)
    if kind == "merge":
        Area.objects.filter(code=source).update(valid_to=day)
    note(about=str(made.pk), kind=kind, doors=len(doors))
    return made


def next_code(community: str) -> str:
    """The next grid number of a community; numbers that ever were are never given again. E7204 after 999."""
    last = (
        Area.objects.filter(code__startswith=community, kind="grid")
        .order_by("-code")
        .values_list("code", flat=True)
        .first()
    )
    number = int(last[12:]) + 1 if last else 1
    if number > 999:
        raise WanggeError("E7204", community=community)
    return f"{community}{number:03d}"
