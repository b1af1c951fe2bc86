"""Writes about the purpose of a session, and about urgent looks past the policy table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.actions import write_event
from wangge_server.base.actions import action, note
from wangge_server.policy.models import UrgentLook
from wangge_server.policy.queries import who_is_told
from wangge_server.policy.second import must_be_second


@action("home.view")
def choose_purpose(*, chosen: str, by: Any, purpose: str) -> str:
    """From now on this session works for `chosen`. E8002 where the role has no such purpose."""
    if chosen not in policy.purposes_for(by.role):
        raise WanggeError("E8002")
    note(before=purpose, after=chosen)
    return chosen


def record_login(user: Any) -> None:
    """Somebody came in. Not an action: there is no purpose yet."""
    write_event(by=user, purpose="", verb="login", permission="", facts={}, kind="login")


@action("glass.open")
def open_urgent_look(*, person_id: str, reason: str, now: dt.datetime, by: Any, purpose: str) -> UrgentLook:
    """Open one person's few fields past the table, for as long as it says; somebody of another department is told at once.

    E8007 without a reason worth the name; E8006 where there is nobody to tell.
    """
    rule, reason = policy.table()["break_glass"], " ".join(reason.split())
    if len(reason) < rule["reason_length"]:
        raise WanggeError("E8007", least=rule["reason_length"])
    told = who_is_told(by)
    if told is None:
        raise WanggeError("E8006")
    look = UrgentLook.objects.create(
        by=by, purpose=purpose, person_id=person_id, reason=reason[:300], opened_at=now, told=told,
        expires_at=now + dt.timedelta(minutes=rule["minutes"]), review_due=now + dt.timedelta(hours=rule["review_hours"]),
    )  # fmt: skip
    note(about=person_id, look=str(look.pk), told=told.pk)
    return look


@action("glass.review")
def review_urgent_look(*, look: UrgentLook, is_justified: bool, now: dt.datetime, by: Any, purpose: str) -> UrgentLook:
    """Whoever was told says whether it was justified; once. E8004 where it is judged or one's own, E8005 the same department."""
    look = UrgentLook.objects.select_for_update().get(pk=look.pk)
    must_be_second("glass.review", look.by, by)
    if look.reviewed_at is not None or look.told_id != by.pk:
        raise WanggeError("E8004")
    look.is_justified, look.reviewed_by, look.reviewed_at = is_justified, by, now
    look.save(update_fields=["is_justified", "reviewed_by", "reviewed_at"])
    note(about=look.person_id, look=str(look.pk), is_justified=is_justified, late=now > look.review_due)
    return look
