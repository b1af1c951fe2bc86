"""What a holder has: rows of (number, list, day, street) from its own CSV or Parquet file, and the two answers to be had of it."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from wangge import publish
from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.tables.shapes import CELL
from wangge_server.sharing.exchange.tokens import in_set, of_bytes, tokens_of

COLUMNS = ("number", "list", "day", "street")


@dataclass
class Holding:
    """rows: number, list (text), day (date), street (text of 9 digits); covers: days the file speaks of, both included.

    Answers differ: `no` within lists and days that are held, `unknown` beyond them.
    """

    rows: pa.Table
    covers: tuple[dt.date, dt.date]
    streets: tuple[str, ...] = ()
    _tokens: dict[bytes, pa.Array] = field(default_factory=dict, repr=False)

    @property
    def lists(self) -> set[str]:
        return set(self.rows.column("list").unique().to_pylist())

    def knows(self, list_name: str, since: dt.date, until: dt.date) -> bool:
        """Does the file speak of this list on all of these days?"""
        return list_name in self.lists and self.covers[0] <= since and until <= self.covers[1]

    def listed(self, key: bytes, asked: bytes, list_name: str, since: dt.date, until: dt.date) -> dict[str, Any]:
        """Which of the asked tokens stand in the list in these days. -> {n, n_yes, yes: base64 of one bit each}"""
        if key not in self._tokens:
            self._tokens[key] = tokens_of(key, self.rows.column("number").to_pylist())
        rows = self.rows
        day = rows.column("day")
        within = pc.and_(pc.equal(rows.column("list"), list_name), pc.and_(
            pc.greater_equal(day, pa.scalar(since)), pc.less_equal(day, pa.scalar(until))))  # fmt: skip
        yes = in_set(of_bytes(asked), self._tokens[key].filter(pc.fill_null(within, False).combine_chunks()))
        bits = base64.b64encode(np.packbits(yes).tobytes()).decode()
        return {"n": len(yes), "n_yes": int(yes.sum()), "yes": bits}

    def counted(self, list_name: str, day: dt.date) -> list[dict[str, str]]:
        """People of a list by street on one day, protected as in publication. -> [{street, shown}]; E8001 where the gate refuses"""
        sql = """SELECT s.street AS area_code, 'street' AS kind, count(DISTINCT r.number)::INTEGER AS people
                 FROM streets s LEFT JOIN rows r ON r.street = s.street AND r.list = $list AND r.day = $day
                 GROUP BY s.street ORDER BY s.street"""
        every = self.streets or tuple(sorted(s for s in set(self.rows.column("street").to_pylist()) if s))
        found = query(
            sql,
            {"list": list_name, "day": day},
            streets=pa.table({"street": pa.array(every, pa.string())}),
            rows=self.rows,
        )
        cells = pa.table({name: found.column(name) if name in found.column_names else pa.nulls(found.num_rows, CELL.schema.field(name).type)
                          for name in CELL.schema.names})  # fmt: skip
        released = publish.release(cells, "government")
        if released.verdict != "released":
            raise WanggeError("E8001", reason=publish.explain(released.reasons))
        return [
            {"street": r["area_code"], "shown": r["shown"]}
            for r in released.rows.to_pylist()
            if r["measure"] == "people"
        ]


def yes_of(answer: dict[str, Any]) -> list[bool]:
    """The bits of a `listed` answer, in the order of the question."""
    bits = np.unpackbits(np.frombuffer(base64.b64decode(answer["yes"]), np.uint8), count=answer["n"])
    return [bool(one) for one in bits]


def open_holding(
    file: Path, names: dict[str, str], covers: tuple[dt.date, dt.date], streets: tuple[str, ...] = ()
) -> Holding:
    """Read the holder's own file; `names`: which column is what (number, list, day, street). E8238 where it cannot be."""
    try:
        columns = [names[name] for name in COLUMNS]
        table = _read(file, columns).select(columns).rename_columns(list(COLUMNS))
        types = {"number": pa.string(), "list": pa.string(), "day": pa.date32(), "street": pa.string()}
        return Holding(table.cast(pa.schema(list(types.items()))).combine_chunks(), covers, streets)
    except (OSError, KeyError, pa.ArrowException) as why:
        # The reader's own words may quote a cell: only the kind of fault is told.
        raise WanggeError("E8238", name=file.name, reason=type(why).__name__) from None


def _read(file: Path, columns: list[str]) -> pa.Table:
    if file.suffix == ".parquet":
        return pq.read_table(file, columns=columns)
    text = pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), include_columns=columns)
    table = pa.csv.read_csv(file, convert_options=text)
    return table.set_column(2, columns[2], table.column(columns[2]).cast(pa.date32()))
