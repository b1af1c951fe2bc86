"""Reading that stands out calls somebody of another department, who says whether it was justified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.policy.models import ReadingAlarm
from wangge_server.policy.queries import who_is_told
from wangge_server.policy.second import must_be_second


@dataclass(frozen=True)
class Reading:
    """What stood out on one day: the reader (an account), "bulk" or "elsewhere", how many, and what is usual for them."""

    reader: Any
    kind: str
    n: int
    usual: int | None = None


@action("alarm.raise")
def raise_alarms(
    *, readings: Sequence[Reading], day: dt.date, now: dt.datetime, by: Any, purpose: str
) -> dict[str, int]:
    """Tell somebody of each reading, once a reader, day and kind; what waits for judgement grows. -> {raised, grown, untold}

    `untold`: in nobody's other department is there anybody to tell. The auditor's page shows those readings all the same.
    """
    due = now + dt.timedelta(hours=policy.table()["break_glass"]["review_hours"])
    done = {"raised": 0, "grown": 0, "untold": 0}
    for one in readings:
        told = who_is_told(one.reader)
        if told is None:
            done["untold"] += 1
            continue
        alarm, is_new = ReadingAlarm.objects.get_or_create(
            reader=one.reader, day=day, kind=one.kind,
            defaults={"n": one.n, "usual": one.usual, "raised_at": now, "told": told, "review_due": due},
        )  # fmt: skip
        done["raised"] += is_new
        done["grown"] += ReadingAlarm.objects.filter(pk=alarm.pk, reviewed_at=None, n__lt=one.n).update(n=one.n)
    note(about=day.isoformat(), **done)
    return done


@action("glass.review")
def review_alarm(*, alarm: ReadingAlarm, is_justified: bool, now: dt.datetime, by: Any, purpose: str) -> ReadingAlarm:
    """Whoever was told says whether the reading was justified; once. E8004 where it is judged or one's own, E8005 the same
    department."""
    alarm = ReadingAlarm.objects.select_for_update().get(pk=alarm.pk)
    must_be_second("glass.review", alarm.reader, by)
    if alarm.reviewed_at is not None or alarm.told_id != by.pk:
        raise WanggeError("E8004")
    alarm.is_justified, alarm.reviewed_at = is_justified, now
    alarm.save(update_fields=["is_justified", "reviewed_at"])
    note(about=str(alarm.pk), kind=alarm.kind, is_justified=is_justified, late=now > alarm.review_due)
    return alarm
