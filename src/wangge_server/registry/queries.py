"""Reads about people and households. Whoever calls passes the filter of the gate."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from wangge_server.registry.models import Household, Person


def households_in(area: dict[str, str], *, name: str = "", address: str = "") -> QuerySet[Household]:
    """Households inside the reader's area, by the beginning of a member's name or a part of the address."""
    rows = Household.objects.filter(**area)
    if name:
        rows = rows.filter(people__name__startswith=name).distinct()
    if address:
        rows = rows.filter(address__contains=address)
    return rows.select_related("dwelling").order_by("grid_code", "dwelling_id", "household_id")


def household_in(area: dict[str, str], household_id: str) -> Household | None:
    """One household inside the reader's area, or None: outside it does not exist for the reader."""
    return Household.objects.filter(household_id=household_id, **area).select_related("dwelling").first()


def members(household_ids: list[str]) -> QuerySet[Person]:
    """People of these households."""
    return Person.objects.filter(household_id__in=household_ids).order_by("household_id", "birth_date")


def register_counts(area: dict[str, str]) -> dict[str, Any]:
    """How many households and people, and how many doors nobody can name."""
    rows = Household.objects.filter(**area)
    return {
        "households": rows.count(),
        "people": Person.objects.filter(household__in=rows).count() if area else Person.objects.count(),
        "unlocated": Household.objects.filter(grid_code__isnull=True).count(),
    }


def households_by_grid(area: str) -> dict[str, int]:
    """How many households stand in each grid below `area`. -> {grid_code: n}"""
    rows = Household.objects.filter(grid_code__startswith=area).values("grid_code").annotate(n=Count("pk"))
    return {row["grid_code"]: row["n"] for row in rows}
