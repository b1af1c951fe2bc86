"""How the house starts: production settings pass Django's own deployment checks; keys that others can read stop it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = ("secret_key", "identity_key", "audit_key")
# Never connected to: checks of settings ask no database, and an embedded one would have to start.
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


def manage(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`wangge manage WORDS` in a process of its own, with this data folder."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_", "DJANGO_"))}
    env |= {"WANGGE_DATA": str(data), "DATABASE_URL": NO_DATABASE, **more}
    return subprocess.run(
        [sys.executable, "-m", "wangge", "manage", *words], env=env, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start behind TLS."""
    data = tmp_path_factory.mktemp("first")
    found = manage(data, "check", "--deploy", "--fail-level", "WARNING", WANGGE_TLS="1", WANGGE_HOSTS="wangge.example")
    assert found.returncode == 0, found.stderr[-2000:]
    return data


def test_production_settings_pass_the_deployment_checks(started: Path) -> None:
    """Not clean without TLS: the check is one that can fail."""
    plain = manage(started, "check", "--deploy", "--fail-level", "WARNING")
    assert plain.returncode != 0 and "security.W012" in plain.stderr


def test_the_first_start_makes_the_keys_for_the_owner_alone(started: Path) -> None:
    for name in KEYS:
        file = started / name
        assert file.stat().st_mode & 0o777 == 0o600, name
        assert len(file.read_text()) >= 40, name


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_others_can_read_stops_the_start(started: Path, name: str) -> None:
    (started / name).chmod(0o644)
    try:
        found = manage(started, "check")
    finally:
        (started / name).chmod(0o600)
    assert found.returncode != 0 and f"{name} is readable by others" in found.stderr


def test_debugging_cannot_be_switched_on_by_the_environment(started: Path) -> None:
    words = "from wangge_server.config import settings; assert settings.DEBUG is False"
    found = manage(started, "shell", "--no-imports", "-c", words, DEBUG="1", DJANGO_DEBUG="1", WANGGE_DEBUG="1")
    assert found.returncode == 0, found.stderr[-2000:]
