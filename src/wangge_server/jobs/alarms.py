"""Who read far more than is usual for them today, or outside their ground: found from the log, told to somebody."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from wangge_server.accounts.actions import system_user
from wangge_server.accounts.queries import accounts
from wangge_server.audit.queries import bulk_readers, shown_to
from wangge_server.base.system import AS_SYSTEM
from wangge_server.policy.alarm_actions import Reading, raise_alarms
from wangge_server.registry.queries import lying_elsewhere


def tell_of_readings(now: dt.datetime) -> dict[str, int]:
    """Look at the day so far and tell of what stands out. -> {raised, grown, untold}, or nothing where nothing does"""
    day = timezone.localdate(now)
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    bulk = {row["who"]: row for row in bulk_readers(day)}
    elsewhere = dict(lying_elsewhere(shown_to(midnight)))
    known = {one.username: one for one in accounts().filter(username__in=bulk.keys() | elsewhere.keys())}
    found = [Reading(known[who], "bulk", int(row["n"]), int(row["usual"])) for who, row in bulk.items() if who in known]
    found += [Reading(known[who], "elsewhere", n) for who, n in elsewhere.items() if who in known]
    if not found:
        return {}
    return raise_alarms(readings=found, day=day, now=now, by=system_user(), purpose=AS_SYSTEM)
