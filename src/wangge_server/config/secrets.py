"""Secrets are made at the first start, in a file only the owner can read, outside code and database."""

from __future__ import annotations

import base64
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path


def secret_key(folder: Path) -> str:
    """Django's secret key."""
    return _kept(folder / "secret_key")


def identity_key(folder: Path) -> str:
    """The key of this installation's person ids: without it an id says nothing about an ID number."""
    return _kept(folder / "identity_key")


def audit_seed(folder: Path) -> bytes:
    """32 secret bytes: the Ed25519 key that signs the heads of the audit log. Whoever has it can sign another history."""
    return base64.b64decode(_kept(folder / "audit_key", lambda: base64.b64encode(secrets.token_bytes(32)).decode()))


def _random_text() -> str:
    return secrets.token_urlsafe(50)


def _kept(file: Path, make: Callable[[], str] = _random_text) -> str:
    """A random key, made once. Refuses a file that others can read."""
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(make())
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise PermissionError(f"{file.name} is readable by others: chmod 600 it")
    return file.read_text()
