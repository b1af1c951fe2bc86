"""The lake: rows of departments' lists, some columns of which belong to the event vault."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from wangge.dictionary import Retention
from wangge.tables.shapes import GOOD_ROW


def lake_files() -> list[Path]:
    """Every file of good rows."""
    return sorted((Path(settings.DATA) / "lake" / "good").glob("*.parquet"))


def without_event_columns(table: pa.Table) -> pa.Table:
    """Rows as they stay with the register: what they said about illness and journeys is null. The same object: it said nothing."""
    gone = {column.name for column in GOOD_ROW.columns if column.retention is Retention.EVENT}
    for at, name in enumerate(table.column_names):
        if name in gone and table.column(name).null_count < table.num_rows:
            table = table.set_column(at, name, pa.nulls(table.num_rows, table.column(name).type))
    return table


def forget_event_columns() -> int:
    """Write the lake anew without them. -> files that changed"""
    changed = 0
    for file in lake_files():
        table = pq.read_table(file)
        kept = without_event_columns(table)
        if kept is not table:
            part = file.with_suffix(".part")
            pq.write_table(kept, part, compression="zstd")
            part.replace(file)
            changed += 1
    return changed
