"""Reads about cases and exposures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce
from psycopg import sql

from wangge.tables.shapes import EXPOSURE
from wangge_server.base.bulk import copy_out
from wangge_server.exposure.models import Case, Exposure


def cases_in(area: dict[str, str]) -> QuerySet[Case]:
    """Cases whose home stands in the reader's area, newest onset first."""
    return Case.objects.filter(**area).select_related("person__household").order_by("-onset_on", "case_id")


def exposures_of(person_ids: list[str]) -> QuerySet[Exposure]:
    """Exposures of these people, strongest category first."""
    return Exposure.objects.filter(person_id__in=person_ids).order_by("person_id", "degree", "-overlap_minutes")


def contacts_of_case(person_id: str, area: dict[str, str] | None = None) -> QuerySet[Exposure]:
    """Who shared a place and a time with this case, as far as they live in the reader's area."""
    rows = Exposure.objects.filter(source_id=person_id, degree=1, **(area or {})).select_related("person__household")
    return rows.order_by("category", "-overlap_minutes")


def case_in(area: dict[str, str], case_id: str) -> Case | None:
    """One case whose home stands in the reader's area, or None: outside it does not exist for the reader."""
    return cases_in(area).filter(case_id=case_id).first()


def places_of_case(person_id: str) -> list[Any]:
    """Where a case met others, in order of time. -> place_id, place_kind, first_at, last_at, n people"""
    rows = Exposure.objects.filter(source_id=person_id, degree=1).values("place_id", "place_kind")
    rows = rows.annotate(start=Min("first_at"), end=Max("last_at"), n=Count("person_id", distinct=True))
    return list(rows.order_by("start", "place_id"))


def case_counts(area: dict[str, str]) -> list[Any]:
    """Cases by kind."""
    return list(Case.objects.filter(**area).values("kind").annotate(n=Count("pk")).order_by("kind"))


def n_contacts_by_case() -> dict[str, int]:
    """First-degree contacts by case. -> {person_id: n}"""
    rows = Exposure.objects.filter(degree=1).values("source_id").annotate(n=Count("person_id", distinct=True))
    return {row["source_id"]: row["n"] for row in rows}


def category_counts(area: dict[str, str] | None = None) -> list[Any]:
    """People by category of exposure, most first."""
    rows = Exposure.objects.filter(**(area or {})).values("category").annotate(n=Count("person_id", distinct=True))
    return list(rows.order_by("-n", "category"))


INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
STORED = f"""
SELECT person_id, source_id, place_id, place_kind, {INSTANT.format("first_at")}, {INSTANT.format("last_at")}, overlap_minutes, degree,
       category, protocol, evidence FROM exposure_exposure WHERE emergency_id = {{}}
"""


def exposure_table(emergency: str, person_ids: list[str] | None = None) -> pa.Table:
    """Stored exposures, of everybody or of these people, for grading. -> EXPOSURE"""
    stored = sql.SQL(STORED).format(sql.Literal(emergency))
    if person_ids is not None:
        stored += sql.SQL(" AND person_id = ANY({}::text[])").format(sql.Literal(person_ids))
    connection.ensure_connection()
    return copy_out(stored.as_string(connection.connection), EXPOSURE.schema)


def begun_between(emergency: str, after: dt.date, until: dt.date) -> list[str]:
    """People with an exposure that begins on a later day than `after` and not later than `until`: until then no rule sees it."""
    rows = Exposure.objects.annotate(begun=Coalesce("first_at", "last_at")).filter(emergency_id=emergency)
    rows = rows.filter(begun__date__gt=after, begun__date__lte=until)
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())
