"""A real installation on the real PostgreSQL: one account a role, and a district that went the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from wangge import policy

PASSWORD = "wangge-test-only"
PASSPHRASE = "three seats of a test"


@pytest.fixture(scope="session")
def installed(django_db_setup: None, django_db_blocker: Any, tiny: Path) -> Any:
    """The tiny district, installed, read and run once for the whole session. Tests change it inside transactions only."""
    from wangge_server.accounts.actions import system_user
    from wangge_server.config import rehearse
    from wangge_server.config.install import install, receive_lists
    from wangge_server.intake.actions import read_batch
    from wangge_server.jobs.actions import start_run
    from wangge_server.jobs.tasks import carry

    with django_db_blocker.unblock():
        emergency = install(tiny, "test", PASSWORD)
        by = system_user()
        for batch in receive_lists(tiny):
            read_batch(batch=batch, by=by, purpose="administration")
        carry(start_run(emergency=emergency, by=by, purpose="administration"))
        rehearse.sign_waiting(PASSPHRASE)
        return emergency


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
