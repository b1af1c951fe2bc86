"""Reads about appeals: what is due next, what one appeal holds, who may review it, the month's figures."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, Value, When
from django.utils import timezone

from wangge import risk
from wangge_server.risk.models import Appeal, AppealMove, AppealReceipt, Grade, GuardAnswer, Signature

OPEN = tuple(name for name, row in risk.appeal_terms()["state"].items() if row["open"])
ACTORS = {"resident": "resident", "grid_worker": "worker", "community_lead": "clerk", "system": "clock"}
CHANNELS = {"resident": ("slip", "proxy"), "worker": ("door",), "clerk": ("desk", "phone", "proxy", "paper")}


def actor_of(user: Any) -> str:
    """What the table of moves calls this user: a reviewer, unless their role files or is the clock."""
    return ACTORS.get(user.role, "reviewer")


def appeals_in(area: dict[str, str]) -> QuerySet[Appeal]:
    """Appeals of an area: open ones by what is due next, then those that are over, newest first."""
    rows = Appeal.objects.filter(**area).select_related("person", "grade")
    when = Case(When(state="submitted", then=F("acknowledge_due")), When(state="acknowledged", then=F("decide_due")),
                default=Value(None), output_field=DateTimeField())  # fmt: skip
    rank = Case(When(state__in=("submitted", "acknowledged"), then=0), When(state="in_favour", then=1), default=2)
    return rows.annotate(next_due=when, rank=rank).order_by("rank", F("next_due").asc(nulls_last=True), "-id")


def appeal_in(area: dict[str, str], pk: UUID) -> Appeal | None:
    """One appeal of an area, or None."""
    return Appeal.objects.filter(pk=pk, **area).select_related("person", "grade", "emergency", "filed_by").first()


def appeal_by_receipt(digest: str) -> Appeal | None:
    """The appeal whose receipt has this digest, or None."""
    return Appeal.objects.filter(receipt_digest=digest).select_related("emergency", "grade").first()


def appeals_of(person_id: str) -> QuerySet[Appeal]:
    """All appeals of somebody, newest first."""
    return Appeal.objects.filter(person_id=person_id).select_related("emergency", "grade")


def open_appeal_of(person_id: str) -> Appeal | None:
    """The appeal of somebody that still waits, or None."""
    return appeals_of(person_id).filter(state__in=OPEN).first()


def grade_now(person_id: str, emergency: str) -> Grade | None:
    """The grade in force of one person, or None."""
    return Grade.objects.filter(emergency_id=emergency, person_id=person_id, valid_until=None).first()


def grade_today(person_id: str, now: dt.datetime) -> Grade | None:
    """The grade that counts today, or None; over since midnight is over, though the job has not come by yet."""
    rows = Grade.objects.filter(person_id=person_id, valid_until=None, expires_on__gte=timezone.localdate(now))
    return rows.select_related("emergency").order_by("-id").first()


def moves_of(appeal: Appeal) -> list[AppealMove]:
    """What was done, in order."""
    return list(AppealMove.objects.filter(appeal=appeal).select_related("by"))


def told_moves(appeal: Appeal, lang: str) -> list[dict[str, Any]]:
    """The same in words: what was done, with which reason and what was said. Who did it is for the caller to show or not."""
    acts = risk.said("act", lang)
    reasons = risk.said("reason.correct", lang) | risk.said("reason.uphold", lang)
    return [{"act": one.act, "word": acts[one.act], "at": one.at, "by": one.by, "reason": reasons.get(one.reason, ""), "words": one.words,
             "left": one.left, "lowered": one.act in ("run_out", "correct")} for one in moves_of(appeal)]  # fmt: skip


def waiting_counts(area: dict[str, str], now: dt.datetime) -> dict[str, int]:
    """Appeals of an area nobody decided yet, by state, and how many of them are late. -> {state: n, "late": n}"""
    rows = Appeal.objects.filter(**area, state__in=OPEN)
    found = dict.fromkeys(OPEN, 0) | {
        r["state"]: r["n"] for r in rows.values("state").order_by("state").annotate(n=Count("pk"))
    }
    late = rows.filter(Q(decide_due__lte=now) | Q(state="submitted", acknowledge_due__lte=now)).count()
    return found | {"late": late}


def receipts_of(appeal: Appeal) -> list[AppealReceipt]:
    """Who was told of a correction, and whether it arrived."""
    return list(AppealReceipt.objects.filter(move__appeal=appeal).select_related("move"))


def unconfirmed() -> QuerySet[AppealReceipt]:
    """Receivers a correction has not reached yet."""
    return AppealReceipt.objects.filter(confirmed_at=None).select_related("move__appeal")


def is_apart(appeal: Appeal, user: Any) -> bool:
    """Had this user no hand in the grade, neither as signer nor as who answered for it, and did not write the appeal down?"""
    forced = grade_now(appeal.person_id, appeal.emergency_id)
    batches = {appeal.grade.batch_id, *([forced.batch_id] if forced else [])}
    signed = Signature.objects.filter(batch_id__in=batches, by=user).exists()
    answered = GuardAnswer.objects.filter(batch_id__in=batches, by=user).exists()
    spoke = AppealMove.objects.filter(appeal=appeal, by=user, act__in=("file", "add")).exists()
    return not (signed or answered or spoke)


def facts_for(appeal: Appeal, now: dt.datetime, **given: Any) -> risk.Facts:
    """What the guards look at for one appeal, now."""
    forced = grade_now(appeal.person_id, appeal.emergency_id)
    return risk.Facts(now=now, filed_at=appeal.filed_at, rules=tuple(forced.rules) if forced else (), **given)


def n_added(appeal: Appeal) -> int:
    """How often the person's side added something."""
    return AppealMove.objects.filter(appeal=appeal, act="add").count()


def to_clock(now: dt.datetime) -> list[Appeal]:
    """Open appeals for which time may have to act: past their end, or about a grade that is over."""
    waiting = Appeal.objects.filter(state__in=("submitted", "acknowledged"))
    graded = Grade.objects.filter(valid_until=None).values("person_id")
    return list(waiting.filter(Q(decide_due__lte=now) | ~Q(person__in=graded)))


def figures(start: dt.datetime, end: dt.datetime) -> dict[str, int]:
    """What is published of appeals filed in a month: how many, how they ended, how many the clock decided first."""
    rows = Appeal.objects.filter(filed_at__gte=start, filed_at__lt=end)
    by_state = {row["state"]: row["n"] for row in rows.values("state").order_by("state").annotate(n=Count("pk"))}
    acts = AppealMove.objects.filter(appeal__in=rows)
    in_time = acts.filter(act="acknowledge", at__lt=F("appeal__acknowledge_due"))
    decided = acts.filter(act__in=("uphold", "correct"), at__lt=F("appeal__decide_due"))
    return {
        "filed": rows.count(), "acknowledged_in_time": in_time.count(), "decided_in_time": decided.count(),
        "by_clock": acts.filter(act="run_out").count(), **{name: by_state.get(name, 0) for name in risk.appeal_terms()["state"]},
    }  # fmt: skip
