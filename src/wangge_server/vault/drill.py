"""A backup nobody has restored is a hope: put it back into a folder of its own, compare, throw it away."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from wangge_server.accounts.actions import system_user
from wangge_server.base.system import AS_SYSTEM
from wangge_server.vault.backup import make_backup, prune, record_backup

AT_MOST = 3 * 3600  # seconds; a restore that takes longer is no restore


def back_up(to: Path, now: dt.datetime, *, keep: int = 0, drilled: bool = True) -> dict[str, Any]:
    """Make a backup under `to`, restore it elsewhere and compare, record both, keep the newest `keep` (0: all).

    -> {name, rows, tables, files, bytes, seconds, drill}; drill as `wangge restore` prints it, with its own seconds
    """
    started = time.monotonic()
    folder = make_backup(to, now)
    seconds = round(time.monotonic() - started, 1)
    drill = restored_elsewhere(folder) if drilled else None
    body = record_backup(folder=folder, drill=drill, by=system_user(), purpose=AS_SYSTEM)
    if keep:
        prune(to, keep)
    return {
        "name": folder.name,
        "rows": sum(one["rows"] for one in body["tables"].values()),
        "tables": len(body["tables"]),
        "files": body["n_files"],
        "bytes": sum(file.stat().st_size for file in folder.iterdir()),
        "seconds": seconds,
        "drill": drill,
    }


def restored_elsewhere(folder: Path) -> dict[str, Any]:
    """Restore a backup into a throw-away folder with a throw-away database server of its own. -> what the restore printed"""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wangge-drill-") as place:
        words = [
            sys.executable,
            "-m",
            "wangge",
            "restore",
            str(folder),
            "--data",
            f"{place}/data",
            "--keys",
            str(settings.KEYS),
            "--json",
        ]
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "WANGGE_DATA")}
        run = subprocess.run(  # noqa: S603 - our own words
            words, env=env, capture_output=True, text=True, timeout=AT_MOST, check=False
        )
    try:
        said = dict(json.loads(run.stdout.strip().splitlines()[-1]))
    except (ValueError, IndexError):
        said = {"equal": False, "said": run.stderr.strip()[-300:]}
    return said | {"seconds": round(time.monotonic() - started, 1)}
