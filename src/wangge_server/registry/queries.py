"""Reads about people and households. Whoever calls passes the filter of the gate."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.db.models import Count, QuerySet, Sum

from wangge.tables.shapes import LINK
from wangge_server.base.bulk import copy_out
from wangge_server.registry.models import Household, Link, Person


def households_in(
    area: dict[str, str], *, name: str = "", address: str = "", grid: str = "", unlocated: bool = False
) -> QuerySet[Household]:
    """Households inside the reader's area, by the beginning of a member's name, a part of the address, or their grid."""
    rows = Household.objects.filter(**area)
    if name:
        rows = rows.filter(pk__in=Person.objects.filter(name__startswith=name).values("household_id"))
    if grid:
        rows = rows.filter(grid_code=grid)
    if unlocated:
        rows = rows.filter(grid_code__isnull=True)
    if address:
        rows = rows.filter(address__contains=address)
    return rows.select_related("dwelling").order_by("grid_code", "dwelling_id", "household_id")


def household_in(area: dict[str, str], household_id: str) -> Household | None:
    """One household inside the reader's area, or None: outside it does not exist for the reader."""
    return Household.objects.filter(household_id=household_id, **area).select_related("dwelling").first()


def members(household_ids: list[str]) -> QuerySet[Person]:
    """People of these households."""
    return Person.objects.filter(household_id__in=household_ids).order_by("household_id", "birth_date")


def links_of(person_ids: list[str]) -> dict[str, list[Any]]:
    """Which row of which list said so. -> {person_id: [{list_name, row, evidence}]}"""
    rows = Link.objects.filter(person_id__in=person_ids).order_by("list_name", "row")
    found: dict[str, list[Any]] = {}
    for row in rows.values("person_id", "list_name", "row", "evidence"):
        found.setdefault(row["person_id"], []).append(row)
    return found


def heads_of(households: list[Household]) -> dict[str, str]:
    """Names of the heads of these households. -> {person_id: name}"""
    ids = [one.head_person_id for one in households if one.head_person_id]
    return dict(Person.objects.filter(person_id__in=ids).values_list("person_id", "name"))


def register_counts(area: dict[str, str]) -> dict[str, Any]:
    """How many households and people, and how many doors nobody can name."""
    rows = Household.objects.filter(**area)
    return {
        "households": rows.count(),
        "people": rows.aggregate(n=Sum("n_people"))["n"] or 0,
        "unlocated": rows.filter(grid_code__isnull=True).count(),
        "confirmed": rows.filter(people__confirmed_on__isnull=False).distinct().count(),
    }


def households_by_grid(area: str) -> dict[str, int]:
    """How many households stand in each grid below `area`. -> {grid_code: n}"""
    rows = Household.objects.filter(grid_code__startswith=area).values("grid_code").annotate(n=Count("pk"))
    return {row["grid_code"]: row["n"] for row in rows if row["grid_code"]}


def all_links() -> pa.Table:
    """Every row of every list with its person. -> LINK"""
    return copy_out("SELECT list_name, batch, row, person_id, evidence FROM registry_link", LINK.schema)
