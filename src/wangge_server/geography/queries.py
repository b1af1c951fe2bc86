"""Reads about the ground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from django.db import connection

from wangge.frame import query
from wangge.tables.shapes import AREA, DWELLING
from wangge_server.base.bulk import copy_out
from wangge_server.geography.models import Area, Dwelling, Home, Redivision

LEVELS = {"district": 6, "street": 9, "community": 12, "grid": 15}


def area_name(code: str) -> str:
    """Name of an area, or its code where the name is unknown."""
    found = Area.objects.filter(code=code).values_list("name", flat=True).first()
    return found or code


def area_version(code: str) -> str:
    """The day since which an area is as it is; empty where nobody knows it."""
    found = Area.objects.filter(code=code).values_list("valid_from", "changed_on").first()
    return (found[1] or found[0]).isoformat() if found else ""


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names of these areas, as far as known. -> {code: name}"""
    return dict(Area.objects.filter(code__in=[c for c in codes if c]).values_list("code", "name"))


def area_names(kind: str, prefix: str = "") -> dict[str, str]:
    """Names of all areas of a kind in force below `prefix`. -> {code: name}"""
    return dict(Area.objects.filter(kind=kind, code__startswith=prefix, valid_to=None).values_list("code", "name"))


def full_name(code: str) -> str:
    """Street · community · grid of a code, as far as known."""
    codes = [code[:n] for n in (9, 12, 15) if len(code) >= n]
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return " · ".join(names[c] for c in codes if c in names)


def shapes(kind: str, prefix: str = "") -> list[Any]:
    """Code, name and GeoJSON geometry of the areas of a kind that have a shape."""
    rows = Area.objects.filter(kind=kind, code__startswith=prefix, shape__isnull=False)
    return list(rows.values("code", "name", "shape"))


def children(code: str) -> list[Any]:
    """Areas right below one."""
    return list(Area.objects.filter(parent_code=code).values("code", "kind", "name"))


def n_dwellings(prefix: str, compound: str = "") -> int:
    """Dwelling units of the frame in an area, or of one compound in it."""
    rows = Dwelling.objects.filter(grid_code__startswith=prefix)
    return (rows.filter(compound=compound) if compound else rows).count()


def buildings_of(grid: str) -> list[dict[str, Any]]:
    """Buildings of a grid and how many doors each has. -> compound, building, doors"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT compound, building, count(*) AS doors FROM geography_dwelling WHERE grid_code = %s GROUP BY 1, 2"
            " ORDER BY 1, length(building), 2",
            [grid],
        )
        return [{"compound": c, "building": b, "doors": n} for c, b, n in cursor.fetchall()]


def doors_of(grid: str, buildings: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Doors of a grid, or of some of its buildings. -> dwelling ids"""
    chosen = list(buildings)
    named = "AND (compound, building) IN (SELECT * FROM unnest(%s::text[], %s::text[]))" if chosen else ""
    given: list[Any] = [grid, *([[c for c, _ in chosen], [b for _, b in chosen]] if chosen else [])]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT dwelling_id FROM geography_dwelling WHERE grid_code = %s {named} ORDER BY 1", given)
        return [row[0] for row in cursor.fetchall()]


def grid_at(dwelling_id: str, at: Any) -> str | None:
    """The grid a door lay in at an instant; None where the frame does not know the door."""
    spell = Home.objects.filter(dwelling_id=dwelling_id, valid_from__lte=at).order_by("-valid_from").first()
    if spell is None:  # before the first spell, or never moved
        spell = Home.objects.filter(dwelling_id=dwelling_id).order_by("valid_from").first()
    return (
        spell.grid_code
        if spell
        else Dwelling.objects.filter(pk=dwelling_id).values_list("grid_code", flat=True).first()
    )


def redivisions(prefix: str) -> list[Redivision]:
    """What was re-divided below an area, newest first."""
    return list(Redivision.objects.filter(source__startswith=prefix).select_related("by").order_by("-at")[:50])


def in_force(code: str) -> bool:
    """Is there such a grid today?"""
    return Area.objects.filter(code=code, kind="grid", valid_to=None).exists()


def ground_now(areas: pa.Table, dwellings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Areas and frame as they were loaded, brought to today's division. -> AREA, DWELLING"""
    moved = copy_out("SELECT dwelling_id, grid_code FROM geography_home WHERE valid_to IS NULL",
                     pa.schema([("dwelling_id", pa.string()), ("grid_code", pa.string())]))  # fmt: skip
    if moved.num_rows == 0:
        return areas, dwellings
    frame = query("SELECT d.* REPLACE (coalesce(m.grid_code, d.grid_code) AS grid_code) FROM dwellings d LEFT JOIN moved m"
                  " USING (dwelling_id)", dwellings=dwellings, moved=moved)  # fmt: skip
    now = copy_out("SELECT code, kind, name, parent_code, valid_from, valid_to, crs FROM geography_area",
                   pa.schema([f for f in AREA.schema if f.name != "polygon"]))  # fmt: skip
    whole = query("SELECT n.*, a.polygon FROM now n LEFT JOIN areas a USING (code) ORDER BY code", now=now, areas=areas)
    return AREA.hand_over(whole), DWELLING.hand_over(frame)
