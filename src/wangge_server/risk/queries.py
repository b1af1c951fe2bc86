"""Reads about grades."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet

from wangge_server.risk.models import Grade


def grades_in(area: dict[str, str], on: dt.date) -> QuerySet[Grade]:
    """Grades in force on a day, strongest first. An expired grade is no grade."""
    rows = Grade.objects.filter(expires_on__gte=on, **area).select_related("person", "person__household")
    return rows.order_by("-grade", "person_id")


def grade_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by grade in force. -> {"red": n, "yellow": n, "blue": n}"""
    rows = Grade.objects.filter(expires_on__gte=on, **area).values("grade").annotate(n=Count("pk"))
    return {"red": 0, "yellow": 0, "blue": 0} | {row["grade"]: row["n"] for row in rows}


def reasons_for(person_ids: list[str]) -> dict[str, str]:
    """Evidence of the grades of these people, in codes. -> {person_id: evidence}"""
    return dict(Grade.objects.filter(person_id__in=person_ids).values_list("person_id", "evidence"))
