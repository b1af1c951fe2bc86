"""Ask a question of Arrow tables, on DuckDB by default.

Questions are written once: relational ones as SQL in DuckDB's dialect (Ibis translates it for Spark), rules and
checks as Ibis expressions. Every answer is an Arrow table, so stages never hold an engine's own objects.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """What a stage may ask of an engine."""

    def query(self, sql: str, tables: Mapping[str, pa.Table], params: Mapping[str, Any] | None = None) -> pa.Table:
        """Run one SELECT over the named Arrow tables; `$name` marks a parameter."""
        ...

    def evaluate(self, build: Callable[[ir.Table], ir.Table], table: pa.Table) -> pa.Table:
        """Run an Ibis expression built from `table`."""
        ...


class DuckEngine:
    """DuckDB in memory: two threads are enough for a district on a small machine; `WANGGE_THREADS` says otherwise."""

    name = "duckdb"

    def _connect(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute(f"SET threads={int(os.environ.get('WANGGE_THREADS', os.cpu_count() or 2))}")
        # Order is kept only where a query asks for it; DuckDB may then stream.
        con.execute("SET TimeZone='UTC'")
        return con

    def query(self, sql: str, tables: Mapping[str, pa.Table], params: Mapping[str, Any] | None = None) -> pa.Table:
        con = self._connect()
        try:
            for name, table in tables.items():
                con.register(name, table)
            return con.sql(sql, params=dict(params or {})).to_arrow_table()
        finally:
            con.close()

    def evaluate(self, build: Callable[[ir.Table], ir.Table], table: pa.Table) -> pa.Table:
        con = ibis.duckdb.connect()
        try:
            return con.to_pyarrow(build(con.create_table("given", table, temp=True)))
        finally:
            con.disconnect()


def duckdb_engine() -> DuckEngine:
    """The default engine."""
    return DuckEngine()


def query(sql: str, params: Mapping[str, Any] | None = None, /, **tables: pa.Table) -> pa.Table:
    """`query("SELECT … FROM people", people=table)` on the default engine. -> pa.Table"""
    return duckdb_engine().query(sql, tables, params)


def evaluate(build: Callable[[ir.Table], ir.Table], table: pa.Table) -> pa.Table:
    """Run an Ibis expression on the default engine. -> pa.Table"""
    return duckdb_engine().evaluate(build, table)
