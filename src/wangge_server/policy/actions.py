"""Writes about the purpose of a session: changing it is one click and is recorded."""

from __future__ import annotations

from typing import Any

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.actions import write_event
from wangge_server.base.actions import action, note


@action("home.view")
def choose_purpose(*, chosen: str, by: Any, purpose: str) -> str:
    """From now on this session works for `chosen`. E8002 where the role has no such purpose."""
    if chosen not in policy.purposes_for(by.role):
        raise WanggeError("E8002")
    note(before=purpose, after=chosen)
    return chosen


def record_login(user: Any) -> None:
    """Somebody came in. Not an action: there is no purpose yet."""
    write_event(by=user, purpose="", verb="login", permission="", facts={}, kind="login")
