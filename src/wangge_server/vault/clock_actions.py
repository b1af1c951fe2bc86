"""What is past its day goes, clock by clock, while the emergency still runs. Killed in the middle it leaves the rest to
the next night."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from wangge_server.base.actions import action, note
from wangge_server.vault.clocks import Clock, blank, clocks, past
from wangge_server.vault.lake import forget_journeys, forget_visits


def run_clocks(*, now: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """Every clock once. -> {clock: how many rows went or were blanked}, of those where something did"""
    done = {
        clock.name: run_clock(clock=clock, now=now, by=by, purpose=purpose) for clock in clocks() if _is_due(clock, now)
    }
    return {name: n for name, n in done.items() if n}


def _is_due(clock: Clock, now: dt.datetime) -> bool:
    """Is there anything to do? A clock that finds nothing leaves no entry in the log every night; of files nobody knows."""
    return not clock.table or past(clock, now).exists()


@action("clock.run")
def run_clock(*, clock: Clock, now: dt.datetime, by: Any, purpose: str) -> int:
    """Let go what one clock says. -> how many rows"""
    bounds = clock.bounds(now)
    if clock.takes == "visits":
        n = forget_visits(bounds[""])
    elif clock.takes == "journeys":
        n = forget_journeys(timezone.localdate(bounds[""]))
    elif clock.takes == "columns":
        n = past(clock, now).update(**blank(clock))
    else:
        rows, n = past(clock, now), 0
        with transaction.atomic():
            n = rows.count()
            rows.delete()
    note(about=clock.name, n=n, until={tier or "all": before.date().isoformat() for tier, before in bounds.items()})
    return int(n)
