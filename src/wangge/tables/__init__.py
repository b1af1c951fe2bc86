"""The hand-overs: the only data shapes that stages share. One row's noun with its state names a table."""

from wangge.tables.protocol import Protocol
from wangge.tables.shapes import TABLES
from wangge.tables.spec import Column, Table

__all__ = ["TABLES", "Column", "Protocol", "Table"]
