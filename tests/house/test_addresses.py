"""Every address names the permission it needs; the policy table knows each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from wangge import policy
from wangge_server.policy.gate import PUBLIC

# Doors that must open without an account. Anything else needs a gate.
OPEN = {
    "login", "logout", "set_language", "health", "odk_session",
    # What residents reach from a code on a wall or with a receipt in their hand.
    "resident_poster", "resident_fill", "resident_xform", "resident_file", "resident_send", "pass", "pass_why", "pass_leave", "mine", "mine_proofs", "gate_worker", "gate_keys", "gate_check", "resident_done",
    "resident_receipt", "resident_withdraw",
    "appeal_start", "appeal_done", "appeal_status", "appeal_say", "appeal_withdraw", "appeal_leave", "appeal_figures",
    # What is shared, in aggregate.
    "share_register",
    # Other installations post here: a signature of a trusted key, not an account, says who they are.
    "region_inbox",
}  # fmt: skip
STATIC = {"static"}


def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def permission_of(pattern: URLPattern) -> str | None:
    view: Any = pattern.callback
    while view is not None:
        found = getattr(view, "permission", None) or getattr(getattr(view, "view_class", None), "permission", None)
        if found:
            return str(found)
        view = getattr(view, "__wrapped__", None)
    return None


def test_every_address_has_a_gate() -> None:
    found = list(patterns())
    assert len(found) > 20
    for pattern in found:
        permission = permission_of(pattern)
        assert permission, f"{pattern.pattern} has no gate"
        if permission == PUBLIC:
            assert pattern.name in OPEN, f"{pattern.pattern} is open to all and not on the list"


def test_the_policy_table_knows_every_permission() -> None:
    known = {name for grant in policy.table()["grant"] for name in grant["may"]}
    asked = {permission_of(p) for p in patterns()} - {PUBLIC}
    assert asked <= known


def test_policy_table_is_whole() -> None:
    table = policy.table()
    for grant in table["grant"]:
        assert grant["role"] in table["role"], grant
        assert grant["purpose"] in table["purpose"], grant
        assert set(grant["may"].values()) <= {"counts", "own", "assigned", "area", "all"}, grant
        assert "elements" in grant, grant
    for purpose in table["purpose"].values():
        assert purpose["answerable"] in table["role"]
        assert purpose["retention"] in {"batch", "register", "event", "work", "audit"}
        assert set(purpose["label"]) == set(purpose["basis"]) == {"zh-hans", "zh-hant", "en"}


def test_no_grant_gives_what_a_line_forbids() -> None:
    """The line would win anyway: a table that says both is written wrongly, and its reader is misled."""
    rules = policy.rules()
    for (role, purpose), grant in rules.grants.items():
        assert set(grant["elements"]) == rules.shown(role, purpose), (role, purpose)
        for verb in grant["may"]:
            assert not rules.forbidden(role, purpose, verb), (role, purpose, verb)


@pytest.mark.parametrize("role", list(policy.table()["role"]))
def test_deny_by_default(role: str) -> None:
    granted = {(g["purpose"], p) for g in policy.table()["grant"] if g["role"] == role for p in g["may"]}
    permissions = {name for grant in policy.table()["grant"] for name in grant["may"]}
    for purpose in policy.table()["purpose"]:
        for permission in permissions:
            assert policy.decide(role, purpose, permission).allowed == ((purpose, permission) in granted)
    assert policy.decide(role, "no_such_purpose", "board.view").verdict == "gap"
    assert policy.decide(role, "command", "no.such").verdict == "gap"


def test_visits_end_with_the_emergency() -> None:
    assert policy.decide("grid_worker", "visit", "task.open", "active").allowed
    assert not policy.decide("grid_worker", "visit", "task.open", "ended").allowed


def test_police_seats_never_search_the_register_nor_see_health() -> None:
    """R4: police accounts exist as seats with their team's tasks; no query interface."""
    for role in ("community_police", "judge_police"):
        for grant in policy.table()["grant"]:
            if grant["role"] == role:
                assert not {p for p in grant["may"] if p.startswith(("household.", "person.", "case.", "exposure."))}
                assert not {e for e in grant["elements"] if e in {"case", "exposure", "status"}}
