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
    return _nobody("system", "系统", "administration")


def resident_user() -> User:
    """The account in whose name residents without an account speak of themselves; can never sign in."""
    return _nobody("resident", "居民", "own")


def _nobody(role: str, name: str, purpose: str) -> User:
    """An account of no person, named as its role; made at the first call."""
    found = User.objects.filter(username=role).first()
    if found is None:
        found = User.objects.create(username=role, name=name, role=role, password=make_password(None))
        write_event(by=found, purpose=purpose, verb=f"{role}_user", permission="install.make", facts={})
    return found
