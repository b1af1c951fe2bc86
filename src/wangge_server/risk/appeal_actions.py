"""Writes of appeals. The ground floor says which move is possible (wangge.risk.appeal); here it is carried out and told onward."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from wangge import risk
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.base.actions import action, note
from wangge_server.base.system import AS_SYSTEM
from wangge_server.risk import appeal_queries as appeals
from wangge_server.risk.grade_actions import weaken_grade
from wangge_server.risk.models import Appeal, AppealMove, AppealReceipt, Grade

log = logging.getLogger(__name__)
# Rooms downstream put themselves here when Django starts: who acted on a grade must hear that it was corrected.
# receiver(person_id=, left=, at=, by=, purpose=) -> what was withdrawn or changed there, as counts
receivers: dict[str, Callable[..., dict[str, int]]] = {}


@action("appeal.file")
def file_appeal(
    *,
    person: Any,
    emergency: Any,
    channel: str,
    words: str,
    receipt_digest: str,
    relation: str = "",
    by: Any,
    purpose: str,
) -> Appeal:
    """Somebody says that their grade is wrong. E6100 for a way in that is not the filer's, E6101, E6102, E6106."""
    now, actor = timezone.now(), appeals.actor_of(by)
    if channel not in appeals.CHANNELS.get(actor, ()):
        raise WanggeError("E6100", state="—", act=channel)
    grade = appeals.grade_now(person.pk, emergency.pk)
    if grade is not None:  # two who file at the same moment do so one after the other
        Grade.objects.select_for_update().get(pk=grade.pk)
    if grade is not None and grade.expires_on < timezone.localdate(now):
        grade = None  # over since midnight, though the job has not come by yet
    facts = risk.Facts(
        now=now, rules=tuple(grade.rules) if grade else (), none_open=appeals.open_appeal_of(person.pk) is None,
        on_behalf=channel == "proxy", relation=relation,
    )  # fmt: skip
    state = risk.step("", "file", actor, facts)
    if grade is None:
        raise WanggeError("E6101")
    first, last = risk.dues(now)
    appeal = Appeal.objects.create(
        emergency=emergency, person=person, grade=grade, state=state, channel=channel, relation=relation,
        receipt_digest=receipt_digest, filed_by=by, filed_at=now, acknowledge_due=first, decide_due=last,
    )  # fmt: skip
    AppealMove.objects.create(appeal=appeal, act="file", state=state, words=words, by=by, at=now)
    note(about=str(appeal.pk), channel=channel, relation=relation)
    return appeal


@action("appeal.file")
def add_to_appeal(*, appeal_id: UUID, words: str, by: Any, purpose: str) -> Appeal:
    """Something more to say, while it waits."""
    return _act(appeal_id, "add", by, words=words)


@action("appeal.file")
def withdraw_appeal(*, appeal_id: UUID, by: Any, purpose: str) -> Appeal:
    """The person lets it be."""
    return _act(appeal_id, "withdraw", by)


@action("appeal.decide")
def acknowledge_appeal(*, appeal_id: UUID, by: Any, purpose: str) -> Appeal:
    """A reviewer takes it up. E6103 for whoever had a hand in the grade."""
    return _act(appeal_id, "acknowledge", by)


@action("appeal.decide")
def ask_about_appeal(*, appeal_id: UUID, words: str, by: Any, purpose: str) -> Appeal:
    """The reviewer asks the person for something; the answer is an addition. No clock stops for it. E6103, E6105."""
    return _act(appeal_id, "ask", by, words=words)


@action("appeal.decide")
def uphold_appeal(*, appeal_id: UUID, reason: str, words: str, by: Any, purpose: str) -> Appeal:
    """The grade stands, with reasons. What the clock has lowered meanwhile stays lowered: it rises on new evidence only."""
    return _act(appeal_id, "uphold", by, reason=reason, words=words)


@action("appeal.decide")
def correct_appeal(*, appeal_id: UUID, reason: str, words: str, left: str = "", by: Any, purpose: str) -> Appeal:
    """The grade was wrong: it ends, or a weaker one is left, and everybody who acted on it is told. E6108 for no weaker one."""
    return _act(appeal_id, "correct", by, reason=reason, words=words, left=left)


@action("appeal.clock")
def run_appeal_clock(*, now: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """What time alone does: appeals nobody decided are lowered, those about a grade that is over lapse, and receivers a
    correction has not reached are asked again. -> {run_out, lapse, receipts}"""
    done = {"run_out": 0, "lapse": 0, "receipts": 0}
    for row in appeals.to_clock(now):
        appeal = Appeal.objects.select_for_update().select_related("grade").get(pk=row.pk)
        act = _bring_up(appeal, now)
        if act:
            done[act] += 1
    for receipt in appeals.unconfirmed():
        done["receipts"] += _deliver(receipt, now)
    note(**done)  # type: ignore[arg-type]
    return done


def _act(appeal_id: UUID, act: str, by: Any, *, reason: str = "", words: str = "", left: str = "") -> Appeal:
    """One move of a person, after whatever the clock has to do first."""
    appeal, now = Appeal.objects.select_for_update().select_related("grade").get(pk=appeal_id), timezone.now()
    _bring_up(appeal, now)
    facts = appeals.facts_for(
        appeal, now, apart=appeals.is_apart(appeal, by), reason=reason, words=words, n_added=appeals.n_added(appeal)
    )
    state = risk.step(appeal.state, act, appeals.actor_of(by), facts)
    _move(appeal, act, state, by, now, reason=reason, words=words, left=left)
    note(about=str(appeal.pk), act=act, state=state, reason=reason)
    return appeal


def _bring_up(appeal: Appeal, now: dt.datetime) -> str:
    """What the clock says of this appeal is done before anybody else acts, so that a late job changes nothing."""
    facts = appeals.facts_for(appeal, now)
    act = risk.clock(appeal.state, facts)
    if act:
        state = risk.step(appeal.state, act, "clock", facts)
        _move(appeal, act, state, system_user(), now)
    return act


def _move(
    appeal: Appeal,
    act: str,
    state: str,
    by: Any,
    now: dt.datetime,
    *,
    reason: str = "",
    words: str = "",
    left: str = "",
) -> None:
    """Write the move down; where it lowers the grade, lower it and tell everybody who acted on it."""
    lowered = _lower(appeal, act, left, now)
    appeal.state = state
    appeal.save(update_fields=["state"])
    move = AppealMove.objects.create(
        appeal=appeal, act=act, state=state, reason=reason, words=words, left=lowered or "", by=by, at=now
    )
    if lowered is not None:
        for name in receivers:
            _deliver(AppealReceipt.objects.create(move=move, receiver=name, sent_at=now, tries=0), now)


def _lower(appeal: Appeal, act: str, left: str, now: dt.datetime) -> str | None:
    """What is left of the grade in force after `run_out` or `correct`; None where the act touches no grade. E6108."""
    grade = appeals.grade_now(appeal.person_id, appeal.emergency_id)
    if act not in ("run_out", "correct"):
        return None
    if grade is None:
        return ""  # it is over already; those who acted on it are told all the same
    after = risk.WEAKER[grade.grade] if act == "run_out" else left
    if after not in (*risk.GRADES[risk.GRADES.index(grade.grade) + 1 :], ""):
        raise WanggeError("E6108")
    weaken_grade(grade=grade, left=after, ref=str(appeal.pk), now=now, by=system_user(), purpose=AS_SYSTEM)
    return after


def _deliver(receipt: AppealReceipt, now: dt.datetime) -> int:
    """Tell one receiver. One that fails is asked again by the clock and stops nobody else. -> 1 where it arrived"""
    receipt.tries += 1
    try:
        with transaction.atomic():
            receipt.effect = receivers[receipt.receiver](
                person_id=receipt.move.appeal.person_id,
                left=receipt.move.left,
                at=now,
                by=system_user(),
                purpose=AS_SYSTEM,
            )
        receipt.confirmed_at = now
    except Exception:
        # Whatever goes wrong at a receiver must not keep the correction from the person: it waits, and is seen on the page.
        log.warning("a correction did not reach %s (try %s)", receipt.receiver, receipt.tries)
    receipt.save(update_fields=["effect", "confirmed_at", "tries"])
    return int(receipt.confirmed_at is not None)
