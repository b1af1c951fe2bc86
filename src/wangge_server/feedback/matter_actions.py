"""Writes of matters. The ground floor says which move is possible (wangge.feedback.matters); here it is carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from wangge import feedback
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.base.actions import action, note
from wangge_server.feedback import matter_queries as queries
from wangge_server.feedback.models import Matter, MatterMove

Said = Mapping[str, Any]  # words, unit, until, satisfaction, merge_into, device_at: whatever the act needs


@action("matter.report")
def report_matter(*, what: Said, by: Any, purpose: str) -> Matter:
    """Somebody found something: kind, place, words, grid_code, source; lon, lat, external_id, device_at where known.

    The same number of the same source again is the matter that stands. E7102 for a kind nobody knows or no words.
    """
    source, number = str(what.get("source", "patrol")), str(what.get("external_id", ""))
    known = queries.matter_by_foreign(source, number) if number else None
    if known is not None:
        note(about=str(known.pk), again=True)
        return known
    now, words = timezone.now(), str(what.get("words", ""))
    if source not in feedback.matter_terms()["source"] or not str(what.get("place", "")).strip():
        raise WanggeError("E7102")
    facts = feedback.MatterFacts(now=now, kind=str(what.get("kind", "")), words=words)
    state = feedback.matter_step("", "report", "report", facts)
    grid = str(what.get("grid_code", ""))
    matter = Matter.objects.create(
        kind=facts.kind, source=source, external_id=number, grid_code=grid, area_version=queries.version_of(grid),
        place=str(what["place"]), lon=what.get("lon"), lat=what.get("lat"), state=state, reported_by=by, reported_at=now,
        entered_at=now, due_at=feedback.next_due(state, now, None),
    )  # fmt: skip
    _write(matter, "report", {"words": words, "device_at": what.get("device_at")}, by, now)
    note(about=str(matter.pk), kind=matter.kind, source=source)
    return matter


@action("matter.report")
def withdraw_matter(*, matter_id: UUID, by: Any, purpose: str) -> Matter:
    """Who reported it takes it back, while nobody was sent."""
    return _act(matter_id, "withdraw", "report", {}, by)


@action("matter.accept")
def take_in_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """accept, reject (words) or merge (merge_into). E7100, E7102, E7108."""
    return _act(matter_id, act, "accept", said, by)


@action("matter.dispatch")
def dispatch_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """Send it to a unit: from here the limit of its class runs. E7106 for no unit, E7109 for whoever accepted it."""
    return _act(matter_id, act, "dispatch", said, by)


@action("matter.handle")
def handle_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """acknowledge, return (words, unit), ask_extension (words, until) or feed_back (words). E7103, E7104, E7105."""
    return _act(matter_id, act, "handle", said, by)


@action("matter.decide")
def decide_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """What the dispatcher's superior decides: arbitrate, grant, refuse, hang_up."""
    return _act(matter_id, act, "decide", said, by)


@action("matter.verify")
def verify_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """confirm or send_back what the handler says is done, after a look on site. E7101 for the handler's own people."""
    return _act(matter_id, act, "verify", said, by)


@action("matter.close")
def close_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """close, doubt, or note what the resident said (ask_satisfaction). E7101, E7109 for whoever verified."""
    return _act(matter_id, act, "close", said, by)


@action("matter.reopen")
def reopen_matter(*, matter_id: UUID, act: str, said: Said, by: Any, purpose: str) -> Matter:
    """The resident (or an auditor) says that it is not done: a new clock, a new verifier. E7104 after fifteen days."""
    return _act(matter_id, act, "reopen", said, by)


@action("matter.clock")
def run_matter_clock(*, now: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """What time alone does: hung-up matters come back on their day; what is late is flagged, long late is escalated."""
    resumed = queries.to_resume(now)
    for matter in resumed:
        _act(matter.pk, "resume", "clock", {}, by, now=now, bring_up=False)
    waiting = Matter.objects.filter(state__in=queries.OPEN)
    late = waiting.filter(due_at__lt=now, overdue_at__isnull=True).update(overdue_at=now)
    longest = now - dt.timedelta(hours=feedback.matter_terms()["hours"]["escalate"])
    told = waiting.filter(due_at__lt=longest, escalated_at__isnull=True).update(escalated_at=now)
    done = {"resumed": len(resumed), "overdue": late, "escalated": told}
    note(**done)  # type: ignore[arg-type]
    return done


def _act(
    matter_id: UUID, act: str, who: str, said: Said, by: Any, *, now: dt.datetime | None = None, bring_up: bool = True
) -> Matter:
    """One move, after what the clock has to do first."""
    matter, now = Matter.objects.select_for_update().get(pk=matter_id), now or timezone.now()
    if bring_up and matter.state == "hung_up" and matter.asked_until and matter.asked_until <= now:
        matter = _act(matter_id, "resume", "clock", {}, system_user(), now=now, bring_up=False)
    target = _target(matter, said)
    facts = queries.facts_for(
        matter, by, now, words=str(said.get("words", "")), unit=_unit(said), other_open=target is not None,
        until=matter.asked_until if act == "resume" else said.get("until"), satisfaction=str(said.get("satisfaction", "")),
    )  # fmt: skip
    state = feedback.matter_step(matter.state, act, who, facts)
    if state != matter.state:
        matter.entered_at, matter.overdue_at, matter.escalated_at = now, None, None
    matter.state, before = state, matter.state
    EFFECTS.get(act, lambda *_: None)(matter, facts, said)
    if target is not None and act == "merge":
        matter.merged_into = target
    if state != before or act == "grant":
        matter.due_at = matter.asked_until if state == "hung_up" else feedback.next_due(state, now, matter.handling_due)
    matter.save()
    _write(matter, act, said, by, now)
    note(about=str(matter.pk), act=act, state=state)
    return matter


def _unit(said: Said) -> str:
    unit = str(said.get("unit", ""))
    return unit if unit in queries.units() else ""


def _target(matter: Matter, said: Said) -> Matter | None:
    """The other open matter of the same street this one repeats."""
    if not said.get("merge_into"):
        return None
    rows = Matter.objects.filter(state__in=queries.OPEN, grid_code__startswith=matter.grid_code[:9])
    return rows.exclude(pk=matter.pk).filter(pk=said["merge_into"]).first()


def _write(matter: Matter, act: str, said: Said, by: Any, now: dt.datetime) -> None:
    MatterMove.objects.create(
        matter=matter, act=act, state=matter.state, words=str(said.get("words", "")), unit=str(said.get("unit", "")),
        until=said.get("until"), by=by, device_at=said.get("device_at"), at=now, area_version=queries.version_of(matter.grid_code),
    )  # fmt: skip


# ---- effects: what a move changes beside the state --------------------------------------------------------


def _sent(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    """To a unit; its limit runs from now. The first due hour is kept for statistics."""
    matter.unit, matter.dispatched_at = facts.unit, facts.now
    matter.handling_due = facts.now + feedback.handling_limit(matter.kind)
    matter.original_due = matter.original_due or matter.handling_due


def _arbitrated(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    _sent(matter, facts, said)
    matter.is_arbitrated = True


def _returned(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.n_returns, matter.unit = matter.n_returns + 1, ""


def _extension(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.n_extensions, matter.asked_until = matter.n_extensions + 1, facts.until


def _granted(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.handling_due, matter.asked_until = matter.asked_until, None


def _refused(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.asked_until = None


def _hung_up(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.asked_until = facts.until


def _resumed(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.asked_until, matter.handling_due = None, facts.now + feedback.handling_limit(matter.kind)


def _reworked(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.n_reworks += 1


def _closed(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.closed_at = facts.now


def _reopened(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    """A new clock; counted against the handler, whose unit stays on the moves."""
    matter.n_reopens, matter.closed_at, matter.original_due, matter.satisfaction = matter.n_reopens + 1, None, None, ""


def _asked(matter: Matter, facts: feedback.MatterFacts, said: Said) -> None:
    matter.satisfaction = facts.satisfaction


EFFECTS = {
    "dispatch": _sent, "arbitrate": _arbitrated, "return": _returned, "ask_extension": _extension, "grant": _granted,
    "refuse": _refused, "hang_up": _hung_up, "resume": _resumed, "send_back": _reworked, "close": _closed,
    "reopen": _reopened, "ask_satisfaction": _asked,
}  # fmt: skip
