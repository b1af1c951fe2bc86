"""Reads about grades."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet

from wangge import risk
from wangge_server.risk.models import Grade


def grades_in(area: dict[str, str], on: dt.date) -> QuerySet[Grade]:
    """Grades in force on a day, strongest first. An expired grade is no grade."""
    rows = Grade.objects.filter(expires_on__gte=on, **area).select_related("person", "person__household")
    return rows.order_by("-grade", "person_id")


def grade_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by grade in force. -> {"red": n, "yellow": n, "blue": n}"""
    rows = Grade.objects.filter(expires_on__gte=on, **area).values("grade").annotate(n=Count("pk"))
    return {"red": 0, "yellow": 0, "blue": 0} | {row["grade"]: row["n"] for row in rows}


def reasons_for(person_ids: list[str], lang: str = "zh-hans") -> dict[str, str]:
    """Why these people were graded, in words: the strongest rule that held. -> {person_id: sentence}"""
    rows = Grade.objects.filter(person_id__in=person_ids).values_list("person_id", "rules")
    return {person_id: risk.explain(held[0], lang) for person_id, held in rows if held}
