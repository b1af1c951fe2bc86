"""Who comes in, who is kept out, and what every answer carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from wangge_server.config import database, secrets

WRONG, LIMIT = "not-the-password", 10


def knock(client: Client, username: str, password: str) -> Any:
    return client.post("/login/", {"username": username, "password": password})


def test_ten_wrong_passwords_lock_the_account_even_for_the_right_one(district: Any, client: Client) -> None:
    from tests.server.conftest import PASSWORD

    for _ in range(LIMIT):
        assert knock(client, "commander", WRONG).status_code in (200, 429)
    locked = knock(client, "commander", PASSWORD)
    assert locked.status_code == 429
    assert "_auth_user_id" not in client.session
    assert knock(Client(), "auditor", PASSWORD).status_code == 302, "another account is not locked with it"


def test_a_right_password_lets_in_and_is_recorded(district: Any, client: Client) -> None:
    from tests.server.conftest import PASSWORD

    from wangge_server.audit.models import Event

    assert knock(client, "commander", PASSWORD).status_code == 302
    assert Event.objects.filter(kind="login", by__username="commander").count() == 1


def test_every_page_forbids_framing_foreign_scripts_and_caching(sign_in: Any) -> None:
    answer = sign_in("commander").get("/board/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy and "'unsafe-eval'" not in policy
    assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY" and answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin" and answer["X-Content-Type-Options"] == "nosniff"


def test_a_write_without_the_form_token_is_refused(users: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(users["grid_worker"], backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/m/api/answers", "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    ("address", "host", "port", "name"),
    [
        ("postgresql://u:p%40ss@db.example:5433/wangge", "db.example", "5433", "wangge"),
        ("postgresql://postgres:@/postgres?host=/tmp/socket", "/tmp/socket", "", "postgres"),  # noqa: S108
    ],
)
def test_a_database_elsewhere_by_its_address(address: str, host: str, port: str, name: str) -> None:
    found = database.settings(address)
    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, name)


def test_secrets_are_made_once_and_for_one_pair_of_eyes(tmp_path: Path) -> None:
    first = secrets.secret_key(tmp_path)
    assert secrets.secret_key(tmp_path) == first != secrets.identity_key(tmp_path)
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(PermissionError, match="readable by others"):
        secrets.secret_key(tmp_path)
