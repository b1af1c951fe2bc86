"""Two vaults, two schemas: what dies with the emergency lies in `event`, everything else in `public`.

A table's declared retention decides, after every migration; nobody moves one by hand. A database administrator can so grant,
keep or watch one vault without the other, and whoever is granted `public` alone cannot even name a table of the other.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from wangge_server.vault.queries import event_models

REGISTER_SCHEMA, EVENT_SCHEMA = "public", "event"


def settle(using: str = "default", **_signal: Any) -> None:
    """Put every table into the schema of its vault. As often as it is called."""
    names = {model._meta.db_table for model in event_models()}
    with connections[using].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {EVENT_SCHEMA}")
        cursor.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = ANY(%s)",
            [[REGISTER_SCHEMA, EVENT_SCHEMA]],
        )
        for schema, table in cursor.fetchall():
            wanted = EVENT_SCHEMA if table in names else REGISTER_SCHEMA
            if schema != wanted:
                cursor.execute(f'ALTER TABLE "{schema}"."{table}" SET SCHEMA {wanted}')
