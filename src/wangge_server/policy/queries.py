"""The policy table in words, for pages that explain it; and the looks past it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet

from wangge import policy
from wangge_server.accounts.queries import accounts
from wangge_server.policy.models import ReadingAlarm, UrgentLook
from wangge_server.policy.second import is_second


def label(part: str, code: str, lang: str) -> str:
    """What the screen calls a role or purpose ("role", "auditor"); the code itself where the table has no word."""
    row = policy.table()[part].get(code)
    if row is None:
        return code
    words = row if part == "role" else row["label"]
    return str(words.get(lang, words["zh-hans"]))


def purposes(role: str, lang: str) -> list[dict[str, str]]:
    """Purposes a role may choose. -> [{code, label}]"""
    return [{"code": code, "label": label("purpose", code, lang)} for code in policy.purposes_for(role)]


def purpose_words(code: str, lang: str) -> dict[str, Any] | None:
    """One purpose with its basis and who answers for it; None for an unknown one."""
    row = policy.table()["purpose"].get(code)
    if row is None:
        return None
    return {
        "code": code,
        "label": label("purpose", code, lang),
        "basis": row["basis"].get(lang, row["basis"]["zh-hans"]),
        "answerable": label("role", row["answerable"], lang),
    }


def grants(lang: str) -> list[dict[str, Any]]:
    """Every grant of the table: role, purpose, phases, permissions with their relation, elements."""
    return [
        {
            "role": label("role", row["role"], lang),
            "purpose": label("purpose", row["purpose"], lang),
            "code": row["role"],
            "phases": row.get("phases", []),
            "may": sorted(row["may"].items()),
            "elements": sorted(row["elements"]),
        }
        for row in policy.table()["grant"]
    ]


# ---- urgent looks -----------------------------------------------------------------------------------------


def open_look(pk: Any, reader: Any, now: dt.datetime) -> UrgentLook | None:
    """A look of this reader that has not run out; anything else does not exist."""
    return UrgentLook.objects.filter(pk=pk, by=reader, expires_at__gt=now).first()


def looks_of(reader: Any) -> QuerySet[UrgentLook]:
    """Looks this reader opened, the newest first."""
    return UrgentLook.objects.filter(by=reader).select_related("by", "told", "reviewed_by")


def looks_told(reader: Any) -> QuerySet[UrgentLook]:
    """Looks this reader was told of, those that wait first."""
    rows = UrgentLook.objects.filter(told=reader).select_related("by", "told", "reviewed_by")
    return rows.order_by(F("reviewed_at").desc(nulls_first=True), "review_due")


def n_looks_waiting(reader: Any) -> int:
    """How many looks wait for this reader's judgement."""
    return UrgentLook.objects.filter(told=reader, reviewed_at=None).count()


def alarms_told(reader: Any) -> QuerySet[ReadingAlarm]:
    """Alarms about others' reading that this reader was told of, those that wait first."""
    rows = ReadingAlarm.objects.filter(told=reader).select_related("reader")
    return rows.order_by(F("reviewed_at").desc(nulls_first=True), "review_due")


def n_alarms_waiting(reader: Any) -> int:
    """How many alarms about reading wait for this reader's judgement."""
    return ReadingAlarm.objects.filter(told=reader, reviewed_at=None).count()


def who_is_told(by: Any) -> Any:
    """The account that is told of a look by `by`: the first role of the table that has one in another department, or None."""
    for role in policy.table()["break_glass"]["told"]:
        for one in accounts(role=role).filter(is_active=True):
            if is_second("glass.review", by, one):
                return one
    return None
