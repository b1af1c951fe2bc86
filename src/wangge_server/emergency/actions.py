"""Writes about the emergency."""

from __future__ import annotations

from typing import Any

from wangge_server.base.actions import action, note
from wangge_server.emergency.models import Emergency


@action("install.make")
def declare_emergency(*, facts: dict[str, Any], by: Any, purpose: str) -> Emergency:
    """Declare an emergency, or take up the one of that code again."""
    emergency, is_new = Emergency.objects.update_or_create(code=facts["code"], defaults=facts)
    note(about=emergency.code, new=is_new)
    return emergency
