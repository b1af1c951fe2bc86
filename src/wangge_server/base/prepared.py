"""Statements of the hot path, prepared: PostgreSQL plans them once a connection, which is half of their price."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection


def fetch(sql: str, params: Any) -> list[tuple[Any, ...]]:
    """Run one statement in the caller's transaction, prepared on this connection. -> all rows"""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, params, prepare=True).fetchall()
