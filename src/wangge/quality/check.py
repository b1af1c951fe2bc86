"""check(): rows -> good rows and held rows, each held one with the first reason in written order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.base.shelf import ShelfError, members
from wangge.frame import query
from wangge.quality import checks
from wangge.quality.prepare import COLUMNS, prepare
from wangge.tables.shapes import FAULT, GOOD_ROW, HELD_ROW, RAW_ROW

REQUIRED = ("PLACE", "CODE", "ELEMENTS", "EXPRESSION", "EXAMPLES")


@dataclass(frozen=True)
class Checked:
    """`good` has the shape of GOOD_ROW, `held` of HELD_ROW: every row went to one of them. `faults` (FAULT) names the
    values of good rows that were set aside: rows in = good without a fault + good with one + held."""

    good: pa.Table
    held: pa.Table
    faults: pa.Table = field(default_factory=FAULT.empty)


@cache
def all_checks() -> tuple[ModuleType, ...]:
    """The members of the shelf in the order they are asked. Two of one PLACE would leave the reason to chance."""
    found = sorted(members(checks, REQUIRED).values(), key=lambda m: m.PLACE)
    if len({m.PLACE for m in found}) < len(found):
        raise ShelfError("two checks share a PLACE")
    return tuple(found)


def check(rows: pa.Table, as_of: dt.date) -> Checked:
    """RAW_ROW -> Checked. Lists are checked one by one; the order of lists and rows is kept inside a list.

    Raises E2009 when rows do not add up: a defect, nothing may be loaded then.
    """
    rows = RAW_ROW.hand_over(rows)
    names = pc.unique(rows.column("list")).to_pylist()
    parts = [_check_list(_of_list(rows, name) if len(names) > 1 else rows, as_of) for name in names]
    good = pa.concat_tables([GOOD_ROW.empty(), *(p.good for p in parts)])
    held = pa.concat_tables([HELD_ROW.empty(), *(p.held for p in parts)])
    faults = pa.concat_tables([FAULT.empty(), *(p.faults for p in parts)])
    if good.num_rows + held.num_rows != rows.num_rows:
        raise WanggeError("E2009", rows=rows.num_rows, good=good.num_rows, held=held.num_rows)
    return Checked(good, held, faults)


def _of_list(rows: pa.Table, name: str) -> pa.Table:
    return rows.filter(pc.equal(rows.column("list"), name))


def _check_list(rows: pa.Table, as_of: dt.date) -> Checked:
    ready = prepare(rows)
    reasons = reasons_for(ready, as_of, all_checks())
    is_good = pc.is_null(reasons.column("code"))
    good = GOOD_ROW.hand_over(ready)
    if reasons.column("code").null_count < ready.num_rows:
        good = good.filter(is_good)
    bad = pc.invert(is_good)
    held = ready.select(["list", "batch", "file", "sheet", "row", "line"]).filter(bad)
    for name in ("element", "code"):
        held = held.append_column(name, reasons.column(name).filter(bad))
    return Checked(good, HELD_ROW.hand_over(held))


def reasons_for(ready: pa.Table, as_of: dt.date, asked: tuple[ModuleType, ...]) -> pa.Table:
    """One row for each row of `ready`, in its order: `code` and `element` of the first check that holds, else null."""
    filled = [n for n in ready.column_names if n.startswith("element:")]
    # What was written counts, but in its cleaned form where there is one.
    same = [f'"{COLUMNS.get(n.removeprefix("element:"), n)}"' for n in filled]
    count = " + ".join(f'("{n}" IS NOT NULL)::INT' for n in filled) or "0"
    cases = [_case(member, element) for member in asked for element in (member.ELEMENTS or (None,))]
    numbered = ready.append_column("i", pa.array(range(ready.num_rows), pa.int32()))
    return query(
        f"""
        WITH seen AS (SELECT *, {count} AS n_filled, {_fingerprint(same)} AS fingerprint,
                             CAST($as_of AS DATE) AS as_of FROM ready),
             found AS (SELECT i, CASE {" ".join(cases)} END AS found FROM seen)
        SELECT found[1:5] AS code, nullif(found[6:], '') AS element FROM found ORDER BY i
        """,
        {"as_of": as_of},
        ready=numbered,
    )


def _fingerprint(columns: list[str]) -> str:
    """128 bits of the row: with 64, two of some million different rows might be called equal."""
    there, back = (", ".join(some) or "0" for some in (columns, columns[::-1]))
    return f"hash({there})::UHUGEINT * 18446744073709551616 + hash({back}, 1)"


def _case(member: ModuleType, element: str | None) -> str:
    expression = member.EXPRESSION.replace("{it}", COLUMNS[element] if element else "")
    return f"WHEN {expression} THEN '{member.CODE}{element or ''}'"
