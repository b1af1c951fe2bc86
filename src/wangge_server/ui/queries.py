"""Reads that belong to no room: the demo's logins, and how the machine is."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from wangge_server.policy.queries import label
from wangge_server.vault.backup import last_backup


def demo_logins(lang: str) -> list[dict[str, str]]:
    """One login a role where this installation is a demo of made-up people, else nothing."""
    file = Path(settings.DATA) / "demo.json"
    if not file.exists():
        return []
    rows = json.loads(file.read_text("utf-8")).get("logins", [])
    return [{**row, "label": label("role", row["role"], lang)} for row in rows]


def database_answers() -> bool:
    """Does the database answer?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def machine_version() -> str:
    """The version that runs."""
    return version("wangge")


def machine() -> dict[str, Any]:
    """Version, database, disk: what the health page says."""
    free = shutil.disk_usage(settings.DATA)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        server, size = cursor.fetchone()
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        jobs = dict(cursor.fetchall())
    return {
        "version": machine_version(),
        "postgres": server,
        "database_mb": size >> 20,
        "free_gb": free.free >> 30,
        "disk_gb": free.total >> 30,
        "jobs": jobs,
        "tls": settings.TLS,
        "debug": settings.DEBUG,
        "backup": last_backup(settings.BACKUPS),
    }
