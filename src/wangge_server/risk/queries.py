"""Reads about grades."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Count, F, Func, IntegerField, Q, QuerySet, When
from django.utils import timezone

from wangge import risk
from wangge_server.risk.models import Grade


def standing_on(on: dt.date) -> QuerySet[Grade]:
    """Grades no act has ended, as far as they last to that day. One that ran out later still stood on it."""
    return Grade.objects.filter(expires_on__gte=on, ended_by__in=("", "expiry"))


def grades_in(area: dict[str, str], on: dt.date) -> QuerySet[Grade]:
    """Grades in force on a day, strongest first. An expired grade is no grade."""
    rows = standing_on(on).filter(**area).select_related("person", "person__household")
    strongest = Case(When(grade="red", then=0), When(grade="yellow", then=1), default=2, output_field=IntegerField())
    return rows.annotate(weight=strongest).order_by("weight", "expires_on", "person_id")


def grade_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by grade in force. -> {"red": n, "yellow": n, "blue": n}"""
    rows = standing_on(on).filter(**area).values("grade").annotate(n=Count("pk"))
    return {"red": 0, "yellow": 0, "blue": 0} | {row["grade"]: row["n"] for row in rows}


def expiring(area: dict[str, str], on: dt.date, days: int = 2) -> dict[str, int]:
    """Grades that end within so many days, by grade."""
    rows = standing_on(on).filter(expires_on__lte=on + dt.timedelta(days=days), **area)
    return {row["grade"]: row["n"] for row in rows.values("grade").annotate(n=Count("pk")).order_by("grade")}


def rule_counts(area: dict[str, str], on: dt.date) -> dict[str, int]:
    """People by rule that holds; somebody under two rules counts in both. -> {rule: n}"""
    rows = standing_on(on).filter(**area).annotate(rule=Func(F("rules"), function="unnest"))
    return {row["rule"]: row["n"] for row in rows.values("rule").annotate(n=Count("pk")).order_by("rule")}


def reasons_for(person_ids: list[str], lang: str = "zh-hans") -> dict[str, str]:
    """Why these people were graded, in words: the strongest rule that held. -> {person_id: sentence}"""
    rows = Grade.objects.filter(person_id__in=person_ids, ended_by__in=("", "expiry")).order_by("id")
    return {
        person_id: risk.explain(held[0], lang) for person_id, held in rows.values_list("person_id", "rules") if held
    }


def history_of(person_id: str) -> QuerySet[Grade]:
    """Every grade somebody ever had in this installation's emergencies, newest first, with how each ended."""
    return Grade.objects.filter(person_id=person_id).order_by("-valid_from", "-id")


def grade_at(person_id: str, moment: dt.datetime) -> Grade | None:
    """The grade that counted at an instant: begun, not ended by an act, its last day not over."""
    rows = Grade.objects.filter(person_id=person_id, valid_from__lte=moment, expires_on__gte=timezone.localdate(moment))
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=moment)).order_by("-id").first()
