"""The columns a stage asks for, out of a file that may hold others, lack some or name one twice."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from wangge.base.errors import WanggeError, Where


def choose(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """These columns as text, in this order; others are left. E1003: one is lacking; E4006: one stands there twice."""
    for column in columns:
        if column not in table.column_names:
            raise WanggeError("E1003", Where(column=column), column=column, found=", ".join(table.column_names[:20]))
        if table.column_names.count(column) > 1:
            raise WanggeError("E4006", Where(column=column), column=column)
    return table.select(columns).cast(pa.schema([(column, pa.string()) for column in columns]))
