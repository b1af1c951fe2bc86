"""What a table is: columns with type, sensitivity and retention, and a check that a hand-over keeps its word."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.dictionary import Retention, Sensitivity, elements


@dataclass(frozen=True)
class Column:
    """One column. Every column declares how sensitive it is and when it must go; there is no default."""

    name: str
    type: pa.DataType
    sensitivity: Sensitivity
    retention: Retention
    doc: str = ""
    may_lack: bool = False  # a table handed over without it gets nulls, or empty texts for the batch


@dataclass(frozen=True)
class Table:
    """One hand-over. `open_to_elements` lets columns named as data elements ("person.name") ride along as text."""

    name: str
    doc: str
    owner: str
    columns: tuple[Column, ...]
    open_to_elements: bool = False

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(c.name, c.type) for c in self.columns])

    def empty(self) -> pa.Table:
        """No rows, right columns."""
        return self.schema.empty_table()

    def hand_over(self, table: pa.Table) -> pa.Table:
        """The table with exactly these columns in this order, cast to these types; extra columns are left behind.

        Raises E9001 for a lacking column, E9002 where a type cannot be cast without loss.
        """
        arrays, fields = [], []
        for column in self.columns:
            if column.name in table.column_names:
                values = self._cast(table.column(column.name), column)
                arrays.append(values.fill_null("") if column.name == "batch" else values)
            elif column.may_lack:
                arrays.append(pa.chunked_array([_blank(column, table.num_rows)]))
            else:
                raise WanggeError("E9001", table=self.name, column=column.name)
            fields.append(pa.field(column.name, column.type))
        if self.open_to_elements:
            known = {c.name for c in self.columns}
            for name in table.column_names:
                if name not in known and name in elements():
                    arrays.append(table.column(name))
                    fields.append(pa.field(name, table.schema.field(name).type))
        return pa.table(arrays, schema=pa.schema(fields))

    def _cast(self, values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
        if values.type == column.type:
            return values
        try:
            return values.cast(column.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as why:
            raise WanggeError(
                "E9002", table=self.name, column=column.name, found=values.type, wanted=column.type
            ) from why


def _blank(column: Column, n: int) -> pa.Array:
    """What stands in a column that was left out: a list that is one file names no batch."""
    return pa.repeat(pa.scalar("", pa.string()), n) if column.name == "batch" else pa.nulls(n, column.type)
