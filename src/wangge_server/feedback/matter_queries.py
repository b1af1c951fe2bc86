"""Reads of matters: by what is due next, one with its history, what a reader may do now, and who stands apart."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from wangge import feedback, policy
from wangge.base.errors import WanggeError
from wangge.feedback.matters import HANDLES
from wangge_server.accounts.queries import units_of
from wangge_server.feedback.models import Matter, MatterMove
from wangge_server.feedback.queries import actor
from wangge_server.geography.queries import area_version

OPEN = tuple(name for name, row in feedback.matter_terms()["state"].items() if row["open"])
VERBS = ("report", "accept", "dispatch", "handle", "decide", "verify", "close", "reopen")
FAR = dt.timedelta(days=3650)


def matters_in(within: Q) -> QuerySet[Matter]:
    """Matters of an area or a unit: open ones by what is due next, then the others, newest first."""
    rows = Matter.objects.filter(within).select_related("reported_by")
    return rows.annotate(over=Q(state__in=OPEN)).order_by("-over", F("due_at").asc(nulls_last=True), "-id")


def matter_in(within: Q, pk: UUID) -> Matter | None:
    """One matter, or None where it lies beyond."""
    return Matter.objects.filter(within, pk=pk).select_related("merged_into").first()


def matter_by_foreign(source: str, external_id: str) -> Matter | None:
    """The matter another system knows by this number; our own number, come back in a file, is the matter itself."""
    found = Matter.objects.filter(source=source, external_id=external_id).first()
    try:
        return found or Matter.objects.filter(pk=UUID(external_id)).first()
    except ValueError:
        return None


def moves_of(matter: Matter) -> list[MatterMove]:
    """What was done, in order."""
    return list(MatterMove.objects.filter(matter=matter).select_related("by"))


def counts_of(within: Q, now: dt.datetime) -> dict[str, int]:
    """open, late, to_verify (said to be done, seen by nobody), hung_up, closed, asked and satisfied."""
    is_open = Q(state__in=OPEN)
    return Matter.objects.filter(within).aggregate(
        open=Count("pk", filter=is_open), late=Count("pk", filter=is_open & Q(due_at__lt=now)),
        to_verify=Count("pk", filter=Q(state="feedback")), hung_up=Count("pk", filter=Q(state="hung_up")),
        closed=Count("pk", filter=Q(state="closed")), asked=Count("pk", filter=Q(satisfaction__in=("yes", "no"))),
        satisfied=Count("pk", filter=Q(satisfaction="yes")), reworked=Count("pk", filter=Q(n_reworks__gt=0)),
    )  # fmt: skip


def alike(matter: Matter) -> list[Matter]:
    """Open matters of the same kind in the same grid: perhaps the same thing."""
    rows = Matter.objects.filter(kind=matter.kind, grid_code=matter.grid_code, state__in=OPEN)
    return list(rows.exclude(pk=matter.pk).order_by("-id")[:5])


def units() -> list[str]:
    """Units with somebody who may handle matters."""
    roles = [role for role in policy.table()["role"] if policy.decide(role, "service", "matter.handle").allowed]
    return units_of(roles)


def verbs_of(role: str, purpose: str, phase: str) -> frozenset[str]:
    """What the policy table lets this reader do with matters."""
    return frozenset(verb for verb in VERBS if policy.decide(role, purpose, f"matter.{verb}", phase).allowed)


def facts_for(matter: Matter, by: Any, now: dt.datetime, **given: Any) -> feedback.MatterFacts:
    """What the guards look at for one matter, one actor, now."""
    moves = moves_of(matter)
    since = max((i for i, m in enumerate(moves) if m.act == "reopen"), default=-1)
    mine = [(i, m.act) for i, m in enumerate(moves) if m.by_id == by.pk]
    acted = {act for i, act in mine if act != "confirm" or i > since}
    before = any(act in ("confirm", "send_back") and i < since for i, act in mine)
    return feedback.MatterFacts(
        **{"now": now, "kind": matter.kind, "own_unit": bool(matter.unit) and matter.unit == by.unit_code,
           "own_report": matter.reported_by_id == by.pk, "apart": is_apart(matter, moves, by), "acted": frozenset(acted),
           "dispatched_at": matter.dispatched_at, "due_at": matter.handling_due, "closed_at": matter.closed_at,
           "n_returns": matter.n_returns, "n_extensions": matter.n_extensions, "n_reopens": matter.n_reopens,
           "arbitrated": matter.is_arbitrated, "reopened_verifier": before} | given)  # fmt: skip


def is_apart(matter: Matter, moves: list[MatterMove], by: Any) -> bool:
    """Is this one neither a handler, nor of a handler's unit, nor of a handler's line?"""
    handlers = {m.by_id: m.by for m in moves if m.act in HANDLES}.values()
    return matter.unit != by.unit_code and all(feedback.may_verify(_placed(one), _placed(by)) for one in handlers)


def _placed(user: Any) -> dict[str, str]:
    """As `actor`, but the line ends below the district all belong to (workflows 1.2)."""
    found = actor(user)
    at_top = found["reports_to"].isdecimal() and len(found["reports_to"]) <= 6
    return found | {"reports_to": ""} if at_top else found


def acts_for(matter: Matter, by: Any, verbs: frozenset[str], now: dt.datetime) -> list[tuple[feedback.MatterMove, str]]:
    """What this reader could do from here, each with the number of what stands against it, or "" where nothing does."""
    said = facts_for(matter, by, now, words="…", unit="…", until=now + FAR, satisfaction="yes", other_open=True)
    return [(move, _against(matter, move, said)) for move in feedback.matter_possible(matter.state, verbs)]


def _against(matter: Matter, move: feedback.MatterMove, said: feedback.MatterFacts) -> str:
    try:
        feedback.matter_step(matter.state, move.act, move.who, said)
    except WanggeError as error:
        return error.code
    return ""


def to_resume(now: dt.datetime) -> list[Matter]:
    """Hung-up matters whose review day has come."""
    return list(Matter.objects.filter(state="hung_up", asked_until__lte=now).order_by("id"))


def version_of(grid_code: str) -> str:
    """Since when the grid is as it is; empty where nobody knows it."""
    return area_version(grid_code)
