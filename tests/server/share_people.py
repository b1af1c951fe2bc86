"""Who asks, who answers for the data, who is the second person: what tests of shares have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from wangge_server.accounts.models import User
from wangge_server.emergency.models import Emergency
from wangge_server.registry.models import Person
from wangge_server.sharing import actions
from wangge_server.sharing.models import Share

SEEN = frozenset({"person.name", "person.sex", "person.birth_date", "person.phone", "grade", "grade.reason"})


def cast() -> dict[str, User]:
    """asker, colleague (the same department), owner_people, owner_grades, second, auditor, outsider, stray (the asker's
    department, another purpose)"""
    names = {"asker": "cdc", "owner_people": "data_officer", "owner_grades": "judge_health", "second": "commander",
             "auditor": "auditor", "outsider": "cdc2", "stray": "supervisor2"}  # fmt: skip
    found = {what: User.objects.get(username=name) for what, name in names.items()}
    found["stray"].unit_code = found["asker"].unit_code
    found["stray"].save(update_fields=["unit_code"])
    found["colleague"] = User.objects.create(
        username="z-colleague", name="同事", role="data_officer", unit_code=found["asker"].unit_code,
        area_code=found["asker"].area_code,
    )  # fmt: skip
    return found


def work(by: User) -> dict[str, Any]:
    """As whom and for which purpose an account acts here."""
    purposes = {
        "data_officer": "administration",
        "commander": "command",
        "auditor": "audit",
        "supervisor": "supervision",
    }
    return {"by": by, "purpose": purposes.get(by.role, "judgement")}


def terms(**more: Any) -> dict[str, Any]:
    today, emergency = timezone.localdate(), Emergency.objects.get()
    home = Person.objects.filter(household__grid_code__isnull=False).order_by("pk")[0].household
    return {
        "dataset": "people", "fields": ["person.name", "person.phone"], "pseudonymised": [], "area_code": str(home.grid_code),
        "grades": [], "since": None, "max_rows": 5000, "max_reads": 3, "begins_on": today,
        "ends_on": min(today + dt.timedelta(days=5), emergency.review_on), "basis": "应急〔2026〕9 号", "reason": "流调需要联系本人",
        "emergency": emergency,
    } | more  # fmt: skip


def requested(who: dict[str, User], **more: Any) -> Share:
    return actions.request_share(terms=terms(**more), officer=who["asker"], **work(who["asker"]))


def in_force(who: dict[str, User], **more: Any) -> Share:
    share = requested(who, **more)
    owner = who["owner_grades"] if share.dataset == "graded_people" else who["owner_people"]
    actions.grant_share(share_id=share.pk, **work(owner))
    return actions.approve_share(share_id=share.pk, **work(who["second"]))


def read(share: Share, by: User, kind: str = "whole", granted: frozenset[str] = SEEN) -> dict[str, Any]:
    return actions.read_share(share_id=share.pk, kind=kind, granted=granted, **work(by))
