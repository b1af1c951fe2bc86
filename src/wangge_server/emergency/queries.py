"""Reads about emergencies: the one in force, all of them, what a reader may do with one now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.base.prepared import fetch
from wangge_server.emergency import life
from wangge_server.emergency.models import Emergency, EmergencyMove

# A draft is nobody's emergency yet.
STOOD = tuple(phase for phase in life.terms()["phase"] if phase not in ("draft", "withdrawn"))
IN_FORCE = tuple(phase for phase in life.terms()["phase"] if life.in_force(phase))
PHASE = """SELECT phase FROM emergency_emergency WHERE phase IN ('active', 'wind_down', 'ended')
           ORDER BY phase = 'ended', starts_on DESC LIMIT 1"""
VERBS = ("draft", "sign")
DECLARATION = (*life.MUST_SAY, "ends_on")


def current_emergency() -> Emergency | None:
    """The emergency in force, else the newest that ended; None in peacetime, whatever was drafted."""
    rows = Emergency.objects.filter(phase__in=STOOD)
    return rows.exclude(phase="ended").first() or rows.first()


def current_phase() -> str:
    """active, wind_down, ended; peace when none was ever in force. Asked at every gate, so by hand."""
    rows = fetch(PHASE, ())
    return str(rows[0][0]) if rows else "peace"


def must_be_in_force(code: str) -> None:
    """Go on only where something may hang on this emergency. E5105 for a draft, one that ended, one nobody knows."""
    if not Emergency.objects.filter(code=code, phase__in=IN_FORCE).exists():
        raise WanggeError("E5105")


def emergencies() -> QuerySet[Emergency]:
    """All emergencies, the newest start first."""
    return Emergency.objects.select_related("asked_by")


def emergency_by_code(code: str) -> Emergency | None:
    """One emergency."""
    return emergencies().filter(code=code).first()


def moves_of(emergency: Emergency) -> list[EmergencyMove]:
    """What was done, in order."""
    return list(EmergencyMove.objects.filter(emergency=emergency).select_related("by"))


def signatures(codes: list[str]) -> dict[str, list[EmergencyMove]]:
    """Who drafted and who signed, by emergency."""
    found: dict[str, list[EmergencyMove]] = {code: [] for code in codes}
    for one in EmergencyMove.objects.filter(emergency_id__in=codes, act__in=("draft", "sign")).select_related("by"):
        found[one.emergency_id].append(one)
    return found


def late_review(emergency: Any, today: dt.date) -> bool:
    """Is it in force past the day on which somebody had to look at it again, or past its end?"""
    due = min(emergency.review_on, emergency.ends_on or emergency.review_on)
    return emergency.phase in IN_FORCE and due < today


def declaration(emergency: Emergency) -> dict[str, Any]:
    """What it says of itself: what the second person signs."""
    return {key: getattr(emergency, key) for key in DECLARATION}


def first_of(emergency: Emergency) -> Any:
    """The first of two: who asked for what is open, else who drafted it."""
    if emergency.asked_by is not None:
        return emergency.asked_by
    drafted = EmergencyMove.objects.filter(emergency=emergency, act="draft").select_related("by").first()
    return drafted.by if drafted else None


def facts_for(emergency: Emergency, by: Any, today: dt.date, **given: Any) -> life.Facts:
    """What the guards look at for one emergency, one actor, one day."""
    first = first_of(emergency)
    other = Emergency.objects.filter(phase__in=IN_FORCE).exclude(pk=emergency.pk).exists()
    said: dict[str, Any] = {"today": today, "said": declaration(emergency), "asked": emergency.asked, "alone": not other,
                            "own": first is not None and first.pk == by.pk, "second": _second(first, by)}  # fmt: skip
    return life.Facts(**said | given)


def _second(first: Any, by: Any) -> str:
    """How the rule of two people sees them; policy's own room lies downstream of this one."""
    if first is None:
        return ""
    a, b = (policy.Signer(str(one.pk or ""), one.unit_code) for one in (first, by))
    return str(policy.second("emergency.sign", a, b).cause)


def acts_for(emergency: Emergency, by: Any, verbs: frozenset[str], today: dt.date) -> list[tuple[life.Move, str]]:
    """What this reader could do from here, each with the number of what stands against it, or "" where nothing does."""
    said = facts_for(emergency, by, today, words="…", until=dt.date.max)
    return [(move, _against(emergency, move, said)) for move in life.possible(emergency.phase, verbs)]


def _against(emergency: Emergency, move: life.Move, said: life.Facts) -> str:
    try:
        life.step(emergency.phase, move.act, move.who, said)
    except WanggeError as error:
        return error.code
    return ""
