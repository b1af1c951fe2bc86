"""The one writer of audit events. Not an action itself: it is what actions end in."""

from __future__ import annotations

from typing import Any

from wangge import policy
from wangge_server.audit.models import Event


def write_event(
    *, by: Any, purpose: str, verb: str, permission: str, about: str = "", facts: dict[str, Any], kind: str = "write"
) -> None:
    """Append one event in the caller's transaction. `facts` are counts and codes, never values."""
    Event.objects.create(
        by=by if by is not None and by.pk else None,
        role=getattr(by, "role", ""),
        purpose=purpose,
        verb=verb,
        permission=permission,
        about=about,
        facts=facts,
        kind=kind,
        policy_version=policy.version(),
    )
