"""Engines. The only room that opens DuckDB or Spark; stages ask it questions about Arrow tables."""

from wangge.frame.engine import Engine, duckdb_engine, evaluate, query

__all__ = ["Engine", "duckdb_engine", "evaluate", "query"]
