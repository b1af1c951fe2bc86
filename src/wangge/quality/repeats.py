"""Rows that say word for word what an earlier row of the same file says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.quality.marks import Array
from wangge.quality.prepare import COLUMNS

FEW = 1000  # so few rows are compared at once


def repeats(ready: pa.Table) -> pa.Array:
    """Table of prepare() -> bool for each row: an earlier row of the list and batch is equal in every element the list
    holds, in its cleaned form where there is one. Tickets are left alone: trips differ.

    Rows are told apart by 64 bits; only those that share them are compared word for word.
    """
    out = np.zeros(ready.num_rows, bool)
    asked = ready.append_column("i", pa.array(np.arange(ready.num_rows, dtype=np.int32)))
    if not _all_null(ready, "trip_vehicle") or not _all_null(ready, "trip_on"):
        asked = asked.filter(pc.and_(ready["trip_vehicle"].is_null(), ready["trip_on"].is_null()))
    filled = [name for name in ready.column_names if name.startswith("element:") and not _all_null(ready, name)]
    if asked.num_rows > FEW:
        asked = asked.take(pa.array(_alike(asked, [_cleaned(name) for name in filled])))
    if asked.num_rows > 1 and filled:
        alike = pa.table(_equal(asked, filled)).sort_by([("row", "ascending"), ("i", "ascending")])
        same = alike.group_by([n for n in alike.column_names if n not in ("row", "i")], use_threads=False)
        out[alike["i"].to_numpy()] = True
        out[same.aggregate([("i", "first")])["i_first"].to_numpy()] = False
    return pa.array(out)


def _cleaned(name: str) -> str:
    return COLUMNS.get(name.removeprefix("element:"), name)


def _equal(asked: pa.Table, filled: list[str]) -> dict[str, pa.ChunkedArray]:
    """What must be equal: the cleaned values, and what is written where nothing could be made of it."""
    columns = {name: asked[name] for name in ("row", "i", "batch", *map(_cleaned, filled))}
    for name in filled:
        if _cleaned(name) != name:
            columns[name] = pc.if_else(asked[_cleaned(name)].is_null(), asked[name], pa.scalar(None, pa.string()))
    return columns


def _alike(asked: pa.Table, columns: list[str]) -> Array:
    """Places of the rows whose 64 bits are those of another row."""
    numbered = pa.array(np.arange(asked.num_rows, dtype=np.int32))
    texts = ", ".join(f'"{name}"' for name in columns)
    hashed = query(f"SELECT n, hash({texts}) AS h FROM asked", asked=asked.append_column("n", numbered))
    n, h = hashed["n"].to_numpy(), hashed["h"].to_numpy()
    ordered = np.sort(h)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not twice.size:
        return np.zeros(0, np.int32)
    at = np.minimum(np.searchsorted(twice, h), twice.size - 1)
    return np.sort(n[twice[at] == h])


def _all_null(table: pa.Table, name: str) -> bool:
    return bool(table[name].null_count == table.num_rows)
