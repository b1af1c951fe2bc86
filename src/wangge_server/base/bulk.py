"""Arrow tables into PostgreSQL by COPY, in the caller's transaction. No row is walked in Python."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection, models

from wangge.base.csv_file import write_csv


def upsert(model: type[models.Model], table: pa.Table, *, update: bool = True, keep: Sequence[str] = ()) -> int:
    """Load `table` (columns named as the model's database columns) into the model. -> rows handed in

    Rows whose key exists are updated where they differ (columns in `keep` stay as they are), or left alone with
    `update=False`, so that a killed run can simply run again, and what did not change costs no write. An empty table
    is filled directly. Lists become PostgreSQL arrays.
    """
    if table.num_rows == 0:
        return 0
    meta = model._meta
    target, key, columns = meta.db_table, meta.pk.column, table.column_names  # type: ignore[union-attr]
    quoted = ", ".join(f'"{c}"' for c in columns)
    set_anew = [c for c in columns if c != key and c not in keep]
    changes = ", ".join(f'"{c}" = EXCLUDED."{c}"' for c in set_anew)
    old, new = (", ".join(f'{side}."{c}"' for c in set_anew) for side in (f'"{target}"', "EXCLUDED"))
    differs = f"WHERE ({old}) IS DISTINCT FROM ({new})"
    conflict = f"DO UPDATE SET {changes} {differs}" if update and changes else "DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{target}")')
        if cursor.fetchone()[0]:
            copy_in(cursor, target, table)
            return table.num_rows
        cursor.execute(f'CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {quoted} FROM "{target}" WITH NO DATA')
        copy_in(cursor, "incoming", table)
        cursor.execute(
            f'INSERT INTO "{target}" ({quoted}) SELECT {quoted} FROM incoming ON CONFLICT ("{key}") {conflict}'
        )
        cursor.execute("DROP TABLE incoming")
    return table.num_rows


def copy_in(cursor: object, target: str, table: pa.Table) -> None:
    """COPY one Arrow table into `target` by CSV: quoted text, unquoted nulls."""
    flat = pa.table({name: _flat(table.column(name)) for name in table.column_names})
    buffer = io.BytesIO()
    write_csv(flat, buffer, include_header=False, quoting_style="all_valid")
    quoted = ", ".join(f'"{c}"' for c in table.column_names)
    with cursor.copy(f'COPY "{target}" ({quoted}) FROM STDIN (FORMAT csv)') as copy:  # type: ignore[attr-defined]
        copy.write(buffer.getvalue())


def _flat(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Lists of codes as PostgreSQL array text; everything else as it is. Codes hold no comma, quote or brace."""
    if not pa.types.is_list(values.type):
        return values
    joined = pc.binary_join(values, ",")
    return pc.binary_join_element_wise("{", joined, "}", "")


def with_constants(table: pa.Table, constants: Mapping[str, object]) -> pa.Table:
    """The table with one more column for each constant."""
    for name, value in constants.items():
        table = table.append_column(
            name, pa.array([value] * table.num_rows) if table.num_rows else pa.array([], pa.string())
        )
    return table


def copy_out(sql: str, schema: pa.Schema) -> pa.Table:
    """The answer of a SELECT (our own text, no parameters) as an Arrow table of `schema`, by COPY."""
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        for part in copy:
            buffer.write(part)
    if buffer.tell() == 0:
        return schema.empty_table()
    buffer.seek(0)
    options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False)
    return pa_csv.read_csv(buffer, pa_csv.ReadOptions(column_names=schema.names), convert_options=options)
