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
from wangge_server.exposure.models import Case, Confirmation, Exposure
from wangge_server.intake.queries import batches, mapping
from wangge_server.registry.queries import batches_naming

# What the CDC may say a contact is; `none`: no contact after all.
DECIDABLE = ("close", "secondary", "general", "companion", "none")


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
# The newest word of the CDC on a pair stands in the place of what the machine proposed; `none` takes the pair out.
STORED = f"""
WITH said AS (SELECT DISTINCT ON (source_id, person_id) source_id, person_id, category AS decided FROM exposure_confirmation
              WHERE emergency_id = {{}} ORDER BY source_id, person_id, id DESC)
SELECT person_id, source_id, place_id, place_kind, {INSTANT.format("first_at")}, {INSTANT.format("last_at")}, overlap_minutes, degree,
       coalesce(decided, category), protocol, evidence FROM exposure_exposure LEFT JOIN said USING (source_id, person_id)
WHERE emergency_id = {{}} AND decided IS DISTINCT FROM 'none'
"""


def exposure_table(emergency: str, person_ids: list[str] | None = None) -> pa.Table:
    """Stored exposures, of everybody or of these people, for grading. -> EXPOSURE"""
    stored = sql.SQL(STORED).format(sql.Literal(emergency), sql.Literal(emergency))
    if person_ids is not None:
        stored += sql.SQL(" AND person_id = ANY({}::text[])").format(sql.Literal(person_ids))
    connection.ensure_connection()
    return copy_out(stored.as_string(connection.connection), EXPOSURE.schema)


def begun_between(emergency: str, after: dt.date, until: dt.date) -> list[str]:
    """People with an exposure that begins on a later day than `after` and not later than `until`: until then no rule sees it."""
    rows = Exposure.objects.annotate(begun=Coalesce("first_at", "last_at")).filter(emergency_id=emergency)
    rows = rows.filter(begun__date__gt=after, begun__date__lte=until)
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def decided_of_case(case: Case) -> dict[str, Confirmation]:
    """The newest word of the CDC on each contact of a case. -> {person_id: Confirmation}"""
    rows = Confirmation.objects.filter(emergency_id=case.emergency_id, source_id=case.person_id).select_related("by")
    return {row.person_id: row for row in rows}


def n_confirmed_by_case() -> dict[str, int]:
    """First-degree contacts somebody of the CDC looked at, by case. -> {person_id of the case: n}"""
    rows = Confirmation.objects.values("source_id").annotate(n=Count("person_id", distinct=True))
    return {row["source_id"]: row["n"] for row in rows}


def confirmed_people(emergency: str) -> list[str]:
    """Everybody the CDC said something of: their grades follow it."""
    rows = Confirmation.objects.filter(emergency_id=emergency).order_by("person_id")
    return list(rows.values_list("person_id", flat=True).distinct())


def homes_of_contacts(person_id: str, area: dict[str, str]) -> dict[str, int]:
    """In which grids the contacts of a case live. -> {grid_code: people}"""
    rows = contacts_of_case(person_id, area).exclude(person__household__grid_code=None).order_by()
    counted = rows.values("person__household__grid_code").annotate(n=Count("person_id", distinct=True))
    return {str(row["person__household__grid_code"]): row["n"] for row in counted}


def received_at_by_person(person_ids: list[str]) -> dict[str, dt.datetime]:
    """When the first list that reports cases and names the person came in. -> {person_id: instant}"""
    lists = [
        name for name, one in mapping().lists.items() if any(str(e).startswith("case.") for e in one.columns.values())
    ]
    came = {batch.pk.hex: batch.received_at for batch in batches()}
    found: dict[str, dt.datetime] = {}
    for person_id, batch in batches_naming(person_ids, lists):
        if batch in came:
            found[person_id] = min(found.get(person_id, came[batch]), came[batch])
    return found
