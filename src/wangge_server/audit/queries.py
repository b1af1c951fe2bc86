"""Reads of what was done. Who reads them passed the gate of a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from wangge_server.audit.models import Event
from wangge_server.audit.sealed import entries_about

KINDS = ("refused", "read", "write", "login")
OVER, LEAST_DAYS, LOOK_BACK = 3, 3, 30
LEAST_PEOPLE = 10  # fewer on a day is no bulk, whatever is usual
DAILY = """
WITH today AS MATERIALIZED (
  SELECT by_id FROM audit_event WHERE kind = 'read' AND by_id IS NOT NULL AND at >= %(from)s AND at < %(to)s
  GROUP BY 1 HAVING sum(coalesce((facts->>'n')::bigint, 0)) >= %(people)s),
daily AS (
  SELECT by_id, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, sum(coalesce((facts->>'n')::bigint, 0)) AS n
  FROM today JOIN audit_event USING (by_id)
  WHERE kind = 'read' AND at >= %(from)s::timestamptz - make_interval(days => %(back)s) AND at < %(to)s GROUP BY 1, 2),
beside AS (
  SELECT d.by_id, d.n, count(e.n) AS days, percentile_cont(0.5) WITHIN GROUP (ORDER BY e.n) AS usual
  FROM daily d JOIN daily e ON e.by_id = d.by_id AND e.day < d.day WHERE d.day = %(on)s GROUP BY d.by_id, d.n)
SELECT u.username, u.name, u.role, b.n, b.usual FROM beside b JOIN accounts_user u ON u.id = b.by_id
WHERE b.days >= %(least)s AND b.n > %(over)s * b.usual ORDER BY b.n / greatest(b.usual, 1) DESC, u.username LIMIT 50
"""


def events(
    *, kind: str = "", permission: str = "", who: str = "", about: str = "",
    since: dt.date | None = None, until: dt.date | None = None,
) -> QuerySet[Event]:  # fmt: skip
    """Events newest first, by kind, permission or verb, account, whose (lists too), and days, both of them included."""
    rows: QuerySet[Event] = entries_about(about) if about else Event.objects.all()
    rows = rows.select_related("by")
    if until:
        rows = rows.filter(at__date__lte=until)
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


def bulk_readers(on: dt.date) -> list[dict[str, Any]]:
    """Accounts that were shown over three times as many people on a day as is usual for them.

    Usual is the median of their own earlier days with any reading within thirty days. With fewer than three such days
    nobody knows what is usual, and there is no alarm; nor with fewer than ten people. The earlier days are looked up only of
    accounts that read that much on the day. -> [{who, name, role, n, usual}], worst first
    """
    begins = timezone.make_aware(dt.datetime.combine(on, dt.time()))
    asked: dict[str, Any] = {"on": on, "from": begins, "to": begins + dt.timedelta(days=1), "back": LOOK_BACK, "least": LEAST_DAYS,
             "over": OVER, "people": LEAST_PEOPLE}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DAILY, asked)
        rows = cursor.fetchall()
    return [dict(zip(("who", "name", "role", "n", "usual"), row, strict=True)) for row in rows]


def shown_to(at: dt.datetime) -> list[tuple[str, str, str]]:
    """Whom accounts with ground of their own were shown since an instant: (account, its area, opaque id), each once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT u.username, u.area_code, i.id FROM audit_event e JOIN accounts_user u ON u.id = e.by_id"
            " CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(e.facts->'ids')) AS i(id)"
            " WHERE e.kind = 'read' AND e.at >= %s AND u.area_code <> '' AND jsonb_typeof(e.facts->'ids') = 'array'",
            [at],
        )
        return cursor.fetchall()


def n_with(verb: str, since: dt.datetime, **facts: Any) -> int:
    """How many events of a verb since an instant say these facts."""
    return Event.objects.filter(verb=verb, at__gte=since, facts__contains=facts).count()
