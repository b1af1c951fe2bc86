"""Writes about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import make_password

from wangge_server.accounts.models import User
from wangge_server.audit.actions import write_event
from wangge_server.base.actions import action, note


@action("install.make")
def add_users(*, users: Sequence[dict[str, Any]], password: str | None, by: Any, purpose: str) -> int:
    """Add accounts that do not exist yet; all share `password` (a demo), or can not sign in (None). -> how many are new"""
    known = set(User.objects.values_list("username", flat=True))
    sealed = make_password(password)  # one Argon2 hash for a demo's thousand workers
    fresh = [User(password=sealed, **row) for row in users if row["username"] not in known]
    User.objects.bulk_create(fresh)
    note(n=len(fresh))
    return len(fresh)


def system_user() -> User:
    """The account in whose name jobs act; made at the first call, can never sign in."""
    found = User.objects.filter(username="system").first()
    if found is None:
        found = User.objects.create(username="system", name="系统", role="system", password=make_password(None))
        write_event(by=found, purpose="administration", verb="system_user", permission="install.make", facts={})
    return found
