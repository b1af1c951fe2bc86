"""Reads about the ground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wangge_server.geography.models import Area, Dwelling

LEVELS = {"district": 6, "street": 9, "community": 12, "grid": 15}


def area_name(code: str) -> str:
    """Name of an area, or its code where the name is unknown."""
    found = Area.objects.filter(code=code).values_list("name", flat=True).first()
    return found or code


def area_version(code: str) -> str:
    """The day since which an area is as it is; empty where nobody knows it."""
    found = Area.objects.filter(code=code).values_list("valid_from", flat=True).first()
    return found.isoformat() if found else ""


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names of these areas, as far as known. -> {code: name}"""
    return dict(Area.objects.filter(code__in=[c for c in codes if c]).values_list("code", "name"))


def area_names(kind: str, prefix: str = "") -> dict[str, str]:
    """Names of all areas of a kind below `prefix`. -> {code: name}"""
    return dict(Area.objects.filter(kind=kind, code__startswith=prefix).values_list("code", "name"))


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
