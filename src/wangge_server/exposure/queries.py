"""Reads about cases and exposures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from wangge_server.exposure.models import Case, Exposure


def cases_in(area: dict[str, str]) -> QuerySet[Case]:
    """Cases whose home stands in the reader's area, newest onset first."""
    return Case.objects.filter(**area).select_related("person").order_by("-onset_on", "case_id")


def exposures_of(person_ids: list[str]) -> QuerySet[Exposure]:
    """Exposures of these people, strongest category first."""
    return Exposure.objects.filter(person_id__in=person_ids).order_by("person_id", "degree", "-overlap_minutes")


def contacts_of_case(person_id: str) -> QuerySet[Exposure]:
    """Who shared a place and a time with this case."""
    rows = Exposure.objects.filter(source_id=person_id, degree=1).select_related("person")
    return rows.order_by("category", "-overlap_minutes")


def n_contacts_by_case() -> dict[str, int]:
    """First-degree contacts by case. -> {person_id: n}"""
    rows = Exposure.objects.filter(degree=1).values("source_id").annotate(n=Count("person_id", distinct=True))
    return {row["source_id"]: row["n"] for row in rows}


def category_counts() -> list[dict[str, Any]]:
    """People by category of exposure."""
    return list(Exposure.objects.values("category").annotate(n=Count("person_id", distinct=True)).order_by("category"))
