"""Who declares an emergency in tests: two people of different departments, and what the declaration says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wangge_server.accounts.models import User
from wangge_server.emergency import actions
from wangge_server.emergency.models import Emergency, ProtocolVersion

TODAY = dt.date(2026, 11, 24)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
ON = {"purpose": "command"}


def user(name: str, role: str, unit: str) -> User:
    return User.objects.create(username=name, name=f"{name}（演示）", role=role, unit_code=unit, area_code="440305")


def peace() -> None:
    """As if nothing was ever declared or signed here, whatever other tests installed; taken back with the transaction."""
    Emergency.objects.update(phase="withdrawn")
    ProtocolVersion.objects.all().delete()


def pair() -> dict[str, User]:
    """first drafts, second signs; same is of the first one's department."""
    return {"first": user("e-first", "commander", "command-a"), "second": user("e-second", "judge_health", "health-a"),
            "same": user("e-same", "commander", "command-a")}  # fmt: skip


def said(**more: Any) -> dict[str, Any]:
    return {"name": "流感应急响应（演习）", "kind": "declared", "hazard": "respiratory", "level": "III", "area_code": "440305",
            "legal_basis": "《突发公共卫生事件应对法》", "document_no": "演习〔2026〕9号", "protocol": "covid-2026-10",
            "starts_on": TODAY, "review_on": TODAY + dt.timedelta(30), "ends_on": None} | more  # fmt: skip


def in_force(who: dict[str, User]) -> Emergency:
    made = actions.draft_emergency(said=said(), by=who["first"], **ON)
    return actions.sign_emergency(code=made.pk, act="sign", said={}, by=who["second"], **ON)


def moved(who: dict[str, User], code: str, ask: str, **more: Any) -> Emergency:
    """Asked for by the first, agreed to by the second."""
    actions.ask_of_emergency(code=code, act=ask, said={"words": "会商意见"} | more, by=who["first"], **ON)
    return actions.sign_emergency(code=code, act="agree", said={}, by=who["second"], **ON)
