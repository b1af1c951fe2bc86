"""Statements of the hot path, prepared: PostgreSQL plans them once a connection, which is half of their price.

The plan is one for all parameters and is made without sequential scans: on the first morning the tables are empty, a scan
of them looks cheapest, and the plan would be kept while they grow by a million rows an hour.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection

planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def fetch(sql: str, params: Any) -> list[tuple[Any, ...]]:
    """Run one statement in the caller's transaction, prepared on this connection. -> all rows"""
    connection.ensure_connection()
    raw: Any = connection.connection
    known = planned.setdefault(raw, set())
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        if sql not in known:
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            cursor.execute("SET enable_seqscan = off")
        rows: list[tuple[Any, ...]] = cursor.execute(sql, params, prepare=True).fetchall()
        if sql not in known:  # after an error the transaction is rolled back, and what was set with it
            cursor.execute("RESET enable_seqscan")
            known.add(sql)
        return rows
