"""Ask a question of Arrow tables, on DuckDB by default.

Questions are written once: relational ones as SQL in DuckDB's dialect (Ibis translates it for Spark), rules and
checks as Ibis expressions. Every answer is an Arrow table, so stages never hold an engine's own objects.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Engine(Protocol):
    """What a stage may ask of an engine."""

    def query(self, sql: str, tables: Mapping[str, pa.Table], params: Mapping[str, Any] | None = None) -> pa.Table:
        """Run one SELECT over the named Arrow tables; `$name` marks a parameter."""
        ...

    def evaluate(self, build: Callable[[ir.Table], ir.Table], table: pa.Table) -> pa.Table:
        """Run an Ibis expression built from `table`."""
        ...


@cache
def _instance(process: int, threads: int) -> duckdb.DuckDBPyConnection:
    """One database in memory a process: opening one costs more than most questions. A forked child opens its own."""
    con = duckdb.connect()
    con.execute(f"SET threads={threads}")
    con.execute("SET GLOBAL TimeZone='UTC'")
    return con


class DuckEngine:
    """DuckDB in memory: two threads are enough for a district on a small machine; `WANGGE_THREADS` says otherwise."""

    name = "duckdb"

    def _connect(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own: tables registered in it are seen by nobody else and go with it."""
        return _instance(os.getpid(), int(os.environ.get("WANGGE_THREADS", os.cpu_count() or 2))).cursor()

    def query(self, sql: str, tables: Mapping[str, pa.Table], params: Mapping[str, Any] | None = None) -> pa.Table:
        con = self._connect()
        try:
            for name, table in tables.items():
                con.register(name, table)
            return con.sql(sql, params=dict(params or {})).to_arrow_table()
        finally:
            con.close()

    def evaluate(self, build: Callable[[ir.Table], ir.Table], table: pa.Table) -> pa.Table:
        import ibis  # takes most of a second, and most commands have no expression to evaluate

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
