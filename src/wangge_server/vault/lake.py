"""The lake: rows of departments' lists, some columns of which belong to the event vault; and the movements beside it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
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
            _write(kept, file)
            changed += 1
    return changed


def forget_visits(before: dt.datetime) -> int:
    """Movements that ended before an instant go; without an end the start counts. -> how many"""
    file = Path(settings.DATA) / "ground" / "visits.parquet"
    if not file.exists():
        return 0
    table = pq.read_table(file)
    ended = pc.coalesce(table.column("end_at"), table.column("start_at"))
    kept = table.filter(pc.greater_equal(ended, pa.scalar(before, ended.type)))
    if kept.num_rows < table.num_rows:
        _write(kept, file)
    return table.num_rows - kept.num_rows


def forget_journeys(before: dt.date) -> int:
    """Of rows that tell of a journey before a day, train, carriage, seat and day are blanked; the person stays. -> rows"""
    changed = 0
    for file in lake_files():
        if "trip_on" not in pq.read_schema(file).names:
            continue
        table = pq.read_table(file)
        old = pc.fill_null(pc.less(table.column("trip_on"), pa.scalar(before, pa.date32())), False)
        if n := pc.sum(old).as_py():
            for name in [name for name in table.column_names if name.startswith("trip_")]:
                blanked = pc.if_else(old, pa.scalar(None, table.schema.field(name).type), table.column(name))
                table = table.set_column(table.column_names.index(name), table.schema.field(name), blanked)
            _write(table, file)
            changed += n
    return changed


def _write(table: pa.Table, file: Path) -> None:
    part = file.with_suffix(".part")
    pq.write_table(table, part, compression="zstd")
    part.replace(file)
