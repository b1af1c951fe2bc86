"""Who does what in tests of matters: one account a role of the loop, and a matter on its way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wangge_server.accounts.models import User
from wangge_server.feedback import matter_actions as actions
from wangge_server.feedback.models import Matter

NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
ON = {"purpose": "service"}


def people() -> dict[str, User]:
    """finder, desk, dispatcher, boss, handler, other (another unit), verifier, closer"""
    names = {"desk": "community_lead", "dispatcher": "street_lead", "boss": "commander", "handler": "clerk", "other": "clerk2",
             "verifier": "supervisor", "closer": "supervisor2"}  # fmt: skip
    found = {what: User.objects.get(username=name) for what, name in names.items()}
    worker = User.objects.filter(role="grid_worker", area_code__startswith=found["desk"].area_code[:12]).first()
    return found | {"finder": worker or User.objects.filter(role="grid_worker").first()}  # type: ignore[dict-item]


def report(who: dict[str, User], kind: str = "lamp_out", **more: Any) -> Matter:
    what = {"kind": kind, "place": "东门口", "words": "路灯不亮", "grid_code": who["desk"].area_code + "001"} | more
    return actions.report_matter(what=what, by=who["finder"], **ON)


def taken_up(who: dict[str, User], kind: str = "lamp_out") -> Matter:
    """Reported, accepted, dispatched and acknowledged."""
    matter = report(who, kind)
    actions.take_in_matter(matter_id=matter.pk, act="accept", said={}, by=who["desk"], **ON)
    actions.dispatch_matter(
        matter_id=matter.pk, act="dispatch", said={"unit": who["handler"].unit_code}, by=who["dispatcher"], **ON
    )
    return actions.handle_matter(matter_id=matter.pk, act="acknowledge", said={}, by=who["handler"], **ON)


def said_done(who: dict[str, User], kind: str = "lamp_out") -> Matter:
    matter = taken_up(who, kind)
    return actions.handle_matter(
        matter_id=matter.pk, act="feed_back", said={"words": "已换灯泡"}, by=who["handler"], **ON
    )


def closed(who: dict[str, User]) -> Matter:
    matter = said_done(who)
    actions.verify_matter(matter_id=matter.pk, act="confirm", said={"words": "亮了"}, by=who["verifier"], **ON)
    return actions.close_matter(matter_id=matter.pk, act="close", said={}, by=who["closer"], **ON)
