"""A real installation on the real PostgreSQL: one account a role, and a district that went the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from installation import PASSPHRASE, install_whole

from wangge import policy

__all__ = ["PASSPHRASE", "PASSWORD"]
PASSWORD = "wangge-test-only"


@pytest.fixture(scope="session")
def installed(django_db_setup: None, django_db_blocker: Any, tiny: Path) -> Any:
    """The tiny district, installed, read and run once for the whole session. Tests change it inside transactions only."""
    with django_db_blocker.unblock():
        return install_whole(tiny, PASSWORD)


@pytest.fixture
def district(installed: Any, db: None) -> Any:
    """The installation, inside this test's transaction."""
    return installed


@pytest.fixture
def users(district: Any) -> dict[str, Any]:
    """One account a role; the grid worker is one with an open envelope."""
    from wangge_server.accounts.models import User
    from wangge_server.dispatch.models import Task

    found = {role: User.objects.filter(role=role).order_by("username").first() for role in policy.table()["role"]}
    busy = Task.objects.filter(worker_id__isnull=False).order_by("order", "task_id").first()
    assert busy is not None
    found["grid_worker"] = User.objects.get(username=busy.worker_id)
    return found


@pytest.fixture
def sign_in(users: dict[str, Any]) -> Any:
    """`sign_in("commander")` -> a client of that role, with the role's first purpose or the one named."""

    def as_role(role: str, purpose: str | None = None) -> Client:
        client = Client()
        client.force_login(users[role], backend="django.contrib.auth.backends.ModelBackend")
        if purpose:
            session = client.session
            session["purpose"] = purpose
            session.save()
        return client

    return as_role
