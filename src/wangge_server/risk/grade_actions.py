"""Every write of a grade, and there are no others (R3): put in force by a signed batch, put back by a recall, weakened by an
appeal, ended by time. No row is overwritten: what ends keeps its row with the instant and the act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models.functions import Greatest
from django.utils import timezone

from wangge_server.base.actions import action, note
from wangge_server.risk import cell_queries as cell
from wangge_server.risk.models import Batch, Grade

SAME = "grade, rules, facts, evidence, protocol, expires_on, next_on"
_END_OTHERS = f"""
UPDATE risk_grade g SET valid_until = %s, ended_by = %s, ended_ref = %s
WHERE emergency_id = %s AND valid_until IS NULL
  AND NOT (person_id = ANY(%s) AND made_by = 'appeal' AND batch_id = %s)
  AND NOT EXISTS (SELECT FROM risk_proposed p WHERE p.batch_id = %s AND p.person_id = g.person_id AND p.person_id <> ALL(%s)
                  AND ({", ".join("p." + c for c in SAME.split(", "))}) IS NOT DISTINCT FROM
                      ({", ".join("g." + c for c in SAME.split(", "))}))
"""
_FROM_BATCH = f"""
INSERT INTO risk_grade (emergency_id, batch_id, person_id, {SAME}, as_of, valid_from, made_by, ended_by, ended_ref)
SELECT %s, batch_id, person_id, {SAME}, as_of, %s, %s, '', '' FROM risk_proposed p
WHERE batch_id = %s AND person_id <> ALL(%s)
  AND NOT EXISTS (SELECT FROM risk_grade g WHERE g.emergency_id = %s AND g.person_id = p.person_id AND g.valid_until IS NULL)
"""
_WEAKER = """
INSERT INTO risk_grade (emergency_id, batch_id, person_id, grade, rules, facts, evidence, protocol, expires_on, next_on, as_of,
                        valid_from, made_by, ended_by, ended_ref)
SELECT emergency_id, batch_id, person_id, %s, rules, facts, evidence, protocol, expires_on, next_on, as_of, %s, 'appeal', '', ''
FROM risk_grade g WHERE g.id = %s
"""


def put_in_force(
    batch: Batch, act: str, ref: str, now: dt.datetime, without: list[str] | None = None
) -> tuple[int, int]:
    """The grades of the emergency are those of this batch and no other; who has the same as before keeps the row.

    without: people whose grade of this batch ran out or fell in an appeal since it was signed: they keep what the appeal
    left them of it, or have none. -> rows ended, rows begun
    """
    left_out = without or []
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHERS, [now, act, ref, batch.emergency_id, left_out, batch.pk, batch.pk, left_out])
        ended = cursor.rowcount
        cursor.execute(_FROM_BATCH, [batch.emergency_id, now, act, batch.pk, left_out, batch.emergency_id])
        return ended, cursor.rowcount


def put_back(recalled: Batch, earlier: Batch | None, now: dt.datetime) -> tuple[int, int]:
    """After a recall the batch before it counts again, save what ran out or fell in an appeal. -> rows ended, rows begun"""
    ref = str(recalled.pk)
    if earlier is not None:
        return put_in_force(earlier, "recall", ref, now, cell.renewed_without_evidence(earlier))
    rows = Grade.objects.filter(emergency_id=recalled.emergency_id, valid_until=None)
    return rows.update(valid_until=now, ended_by="recall", ended_ref=ref), 0


@action("grade.lower")
def weaken_grade(*, grade: Grade, left: str, ref: str, now: dt.datetime, by: Any, purpose: str) -> None:
    """One person's grade ends by an appeal; `left`, a weaker one on the same batch and to the same day, goes on, or none."""
    Grade.objects.filter(pk=grade.pk, valid_until=None).update(valid_until=now, ended_by="appeal", ended_ref=ref)
    if left:
        with connection.cursor() as cursor:
            cursor.execute(_WEAKER, [left, now, grade.pk])
    note(about=ref, grade=grade.pk, ended=not left)


@action("grade.expire")
def expire_grades(*, now: dt.datetime, by: Any, purpose: str) -> int:
    """Grades whose last day is over end at the midnight after it, without anybody's doing. -> how many"""
    over = Grade.objects.filter(valid_until=None, expires_on__lt=timezone.localdate(now))
    ended = 0
    for day in over.values_list("expires_on", flat=True).distinct().order_by("expires_on"):
        midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        ended += over.filter(expires_on=day).update(valid_until=Greatest("valid_from", midnight), ended_by="expiry")
    note(ended=ended)
    return ended
