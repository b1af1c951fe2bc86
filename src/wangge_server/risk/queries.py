"""Reads about grades."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Count, F, Func, IntegerField, QuerySet, When

from wangge import risk
from wangge_server.risk.models import Grade


def grades_in(area: dict[str, str], on: dt.date) -> QuerySet[Grade]:
    """Grades in force on a day, strongest first. An expired grade is no grade."""
    rows = Grade.objects.filter(expires_on__gte=on, **area).select_related("person", "person__household")
    strongest = Case(When(grade="red", then=0), When(grade="yellow", then=1), default=2, output_field=IntegerField())
    return rows.annotate(weight=strongest).order_by("weight", "expires_on", "person_id")


def grade_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by grade in force. -> {"red": n, "yellow": n, "blue": n}"""
    rows = Grade.objects.filter(expires_on__gte=on, **area).values("grade").annotate(n=Count("pk"))
    return {"red": 0, "yellow": 0, "blue": 0} | {row["grade"]: row["n"] for row in rows}


def expiring(area: dict[str, str], on: dt.date, days: int = 2) -> dict[str, int]:
    """Grades that end within so many days, by grade."""
    rows = Grade.objects.filter(expires_on__gte=on, expires_on__lte=on + dt.timedelta(days=days), **area)
    return {row["grade"]: row["n"] for row in rows.values("grade").annotate(n=Count("pk")).order_by("grade")}


def rule_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by rule that holds; somebody under two rules counts in both. -> {rule: n}"""
    rows = Grade.objects.filter(expires_on__gte=on, **area).annotate(rule=Func(F("rules"), function="unnest"))
    return {row["rule"]: row["n"] for row in rows.values("rule").annotate(n=Count("pk")).order_by("rule")}


def reasons_for(person_ids: list[str], lang: str = "zh-hans") -> dict[str, str]:
    """Why these people were graded, in words: the strongest rule that held. -> {person_id: sentence}"""
    rows = Grade.objects.filter(person_id__in=person_ids).values_list("person_id", "rules")
    return {person_id: risk.explain(held[0], lang) for person_id, held in rows if held}
