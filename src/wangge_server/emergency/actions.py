"""Writes of emergencies. The table says which move is possible (life.py, phases.toml); here it is carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from wangge_server.base.actions import action, note
from wangge_server.emergency import life, queries
from wangge_server.emergency.models import Emergency, EmergencyMove

Said = Mapping[str, Any]  # a declaration (queries.DECLARATION), or words and until


@action("emergency.draft")
def draft_emergency(*, said: Said, by: Any, purpose: str, as_of: dt.date | None = None, code: str = "") -> Emergency:
    """A declaration nobody has signed: nothing hangs on it. E5101 for what it leaves out, E5102 for its dates."""
    today, now = timezone.localdate(), timezone.now()
    given = _declared(said)
    life.step("", "draft", "draft", life.Facts(today=today, said=given))
    drafted = Emergency.objects.create(code=code or _new_code(today), **given, as_of=as_of or given["starts_on"])
    _write(drafted, "draft", {}, by, now)
    note(about=drafted.code)
    return drafted


@action("emergency.draft")
def change_draft(*, code: str, said: Said, by: Any, purpose: str) -> Emergency:
    """The drafter corrects the draft. E5103 for anybody else, E5100 once it was signed."""
    emergency, given = Emergency.objects.select_for_update().get(pk=code), _declared(said)
    life.step(emergency.phase, "change", "draft", queries.facts_for(emergency, by, timezone.localdate(), said=given))
    for key, value in given.items():
        setattr(emergency, key, value)
    emergency.as_of = emergency.starts_on
    emergency.save()
    _write(emergency, "change", {}, by, timezone.now())
    note(about=emergency.code)
    return emergency


@action("emergency.draft")
def ask_of_emergency(*, code: str, act: str, said: Said, by: Any, purpose: str) -> Emergency:
    """withdraw, ask_wind_down, ask_resume, ask_end, ask_review (until), drop: what the first of two does. E5100 to E5108."""
    return _act(code, act, "draft", said, by)


@action("emergency.sign")
def sign_emergency(*, code: str, act: str, said: Said, by: Any, purpose: str) -> Emergency:
    """sign, agree or decline: what the second does, of another department. E5100 to E5108, E8004, E8005."""
    return _act(code, act, "sign", said, by)


def _act(code: str, act: str, who: str, said: Said, by: Any) -> Emergency:
    """One move of the table."""
    emergency, today, now = Emergency.objects.select_for_update().get(pk=code), timezone.localdate(), timezone.now()
    given = {"words": str(said.get("words", "")), "until": said.get("until")}
    move = life.step(emergency.phase, act, who, queries.facts_for(emergency, by, today, **given))
    asked, until = emergency.asked, emergency.asked_until
    emergency.phase = life.phase_after(move, emergency.phase, asked)
    if act == "agree" and asked == "review" and until is not None:
        emergency.review_on = until
        emergency.ends_on = max(emergency.ends_on, until) if emergency.ends_on else None
    emergency.asked, emergency.asked_until = move.asks, given["until"] if move.asks == "review" else None
    emergency.asked_by = by if move.asks else None
    emergency.save()
    _write(emergency, act, given | {"asked": move.asks or asked, "until": emergency.asked_until or until}, by, now)
    note(about=emergency.code, act=act, phase=emergency.phase)
    return emergency


def _declared(said: Said) -> dict[str, Any]:
    given: dict[str, Any] = {key: said.get(key) for key in queries.DECLARATION}
    return {key: value.strip() if isinstance(value, str) else value for key, value in given.items()}


def _new_code(today: dt.date) -> str:
    """The year and a number: e2026-01."""
    n = Emergency.objects.filter(code__startswith=f"e{today.year}-").count() + 1
    return f"e{today.year}-{n:02d}"


def _write(emergency: Emergency, act: str, given: Said, by: Any, now: dt.datetime) -> None:
    said = {key: str(value) for key, value in queries.declaration(emergency).items() if value is not None}
    EmergencyMove.objects.create(
        emergency=emergency, act=act, phase=emergency.phase, asked=str(given.get("asked", "")), until=given.get("until"),
        words=str(given.get("words", ""))[:500], said=said if act in ("draft", "change", "sign") else {}, by=by,
        unit_code=by.unit_code, at=now,
    )  # fmt: skip
