"""Accounts for tests of forms: made up, each with a role, an area and, for workers, grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.test import Client

from wangge_server.accounts.models import User
from wangge_server.dispatch.models import Worker

PASSWORD = "wangge-test-only"


def person(role: str, name: str = "", area: str = "440305001001", grids: Sequence[str] = ()) -> Any:
    """An account of that role, made at the first call."""
    username = name or f"test-{role}"
    found = User.objects.filter(username=username).first()
    if found is None:
        found = User(username=username, name=username, role=role, area_code=area, unit_code=area[:12])
        found.set_password(PASSWORD)
        found.save()
        for grid in grids:
            Worker.objects.create(holding_id=f"{username}:{grid}", worker_id=username, user=found, unit_code=area[:12],
                                  grid_code=grid, minutes_a_day=300)  # fmt: skip
    return found


def client_of(user: Any, purpose: str) -> Client:
    """A browser of that account, at work for that purpose."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["purpose"] = purpose
    session.save()
    return client
