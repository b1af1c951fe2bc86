"""Reads of what was done. Who reads them passed the gate of a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from wangge_server.audit.models import Event

KINDS = ("refused", "read", "write", "login")


def events(*, kind: str = "", permission: str = "", who: str = "", since: dt.date | None = None) -> QuerySet[Event]:
    """Events newest first, by kind, permission or verb, account, and day."""
    rows = Event.objects.select_related("by")
    if kind:
        rows = rows.filter(kind=kind)
    if permission:
        rows = rows.filter(Q(permission=permission) | Q(verb=permission))
    if who:
        rows = rows.filter(by__username=who)
    if since:
        rows = rows.filter(at__date__gte=since)
    return rows.order_by("-id")


def counts_since(at: dt.datetime) -> dict[str, int]:
    """Events by kind since an instant. -> {"refused": n, "read": n, "write": n, "login": n}"""
    rows = Event.objects.filter(at__gte=at).values("kind").annotate(n=Count("pk")).order_by("kind")
    return dict.fromkeys(KINDS, 0) | {row["kind"]: row["n"] for row in rows}


def refusals(at: dt.datetime) -> list[Any]:
    """Who was refused what since an instant, most first: the alarms."""
    rows = Event.objects.filter(kind="refused", at__gte=at)
    counted = rows.values("by__username", "by__name", "role", "permission", "purpose").annotate(n=Count("pk"))
    return list(counted.order_by("-n", "by__username", "permission")[:20])


def people_read(at: dt.datetime) -> int:
    """How many times a person's data were shown since an instant (ids counted, not people)."""
    rows = Event.objects.filter(kind="read", at__gte=at).values_list("facts__n", flat=True)
    return sum(int(n or 0) for n in rows)


def reads_about(about: str, limit: int = 10) -> list[Any]:
    """Who read this one record last: instant, role, purpose, verb."""
    rows = Event.objects.filter(about=about, kind="read").order_by("-id")
    return list(rows.values("at", "role", "purpose", "verb")[:limit])


def permissions() -> list[str]:
    """Permissions that occur, for a filter."""
    return list(
        Event.objects.exclude(permission="").values_list("permission", flat=True).distinct().order_by("permission")
    )
