"""check(): rows -> good rows, the values that were set aside from them, and held rows with the first reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.base.shelf import ShelfError, members
from wangge.frame import query
from wangge.quality import checks
from wangge.quality.prepare import COLUMNS, PLACES, prepare
from wangge.quality.repeats import repeats
from wangge.tables.shapes import FAULT, GOOD_ROW, HELD_ROW, RAW_ROW

REQUIRED = ("PLACE", "CODE", "HOLDS", "SETS_ASIDE", "ELEMENTS", "EXPRESSION", "EXAMPLES")
MOST = 62  # questions; their answers are the bits of one integer
NUMBER = "person.id_number"


@dataclass(frozen=True)
class Checked:
    """`good` has the shape of GOOD_ROW, `held` of HELD_ROW: every row went to one of them. `faults` (FAULT) names what a
    person must look at in good rows: rows in = good without a fault + good with one + held."""

    good: pa.Table
    held: pa.Table
    faults: pa.Table = field(default_factory=FAULT.empty)

    @property
    def counts(self) -> dict[str, int]:
        """-> {"accepted", "needs_person", "refused"}: the three sides that every row is on one of."""
        doubtful = rows_with_fault(self.faults)
        return {
            "accepted": self.good.num_rows - doubtful,
            "needs_person": doubtful,
            "refused": self.held.num_rows,
        }


def rows_with_fault(faults: pa.Table) -> int:
    """How many rows FAULT speaks of; a row may have several."""
    return int(faults.group_by(["list", "batch", "row"]).aggregate([]).num_rows)


@cache
def all_checks() -> tuple[ModuleType, ...]:
    """The members of the shelf in the order they are asked. Two of one PLACE would leave the reason to chance."""
    found = sorted(members(checks, REQUIRED).values(), key=lambda m: m.PLACE)
    if len({m.PLACE for m in found}) < len(found):
        raise ShelfError("two checks share a PLACE")
    if any(m.HOLDS and m.SETS_ASIDE for m in found):
        raise ShelfError("a check that holds the row sets no value aside")
    return tuple(found)


def check(rows: pa.Table, as_of: dt.date) -> Checked:
    """RAW_ROW -> Checked. Lists are checked one by one; the order of lists and rows is kept inside a list.

    Raises E2009 when rows do not add up, or a fault names no good row: a defect, nothing may be loaded then.
    """
    rows = RAW_ROW.hand_over(rows)
    names = pc.unique(rows.column("list")).to_pylist()
    parts = [_check_list(_of_list(rows, name) if len(names) > 1 else rows, as_of) for name in names]
    good = pa.concat_tables([GOOD_ROW.empty(), *(p.good for p in parts)])
    held = pa.concat_tables([HELD_ROW.empty(), *(p.held for p in parts)])
    faults = pa.concat_tables([FAULT.empty(), *(p.faults for p in parts)])
    if good.num_rows + held.num_rows != rows.num_rows or not _are_good(faults, good):
        raise WanggeError("E2009", rows=rows.num_rows, good=good.num_rows, held=held.num_rows)
    return Checked(good, held, faults)


def _are_good(faults: pa.Table, good: pa.Table) -> bool:
    """Whether each row a fault speaks of is among the good ones."""
    if not faults.num_rows:
        return True
    names = ["list", "batch", "row"]
    near = good.select(names).filter(pc.is_in(good["row"], value_set=pc.unique(faults["row"])))
    return bool(faults.select(names).join(near, keys=names, join_type="left anti").num_rows == 0)


def _of_list(rows: pa.Table, name: str) -> pa.Table:
    return rows.filter(pc.equal(rows.column("list"), name))


def _check_list(rows: pa.Table, as_of: dt.date) -> Checked:
    ready = prepare(rows)
    found = verdicts(ready, as_of, all_checks())
    holding = found.filter(found["holds"])
    at, first = np.unique(holding["i"].to_numpy(), return_index=True)  # the first of each row: they come in order
    held = _named(ready, holding.take(pa.array(first)))
    faults = found.filter(pc.invert(pc.or_(found["holds"], pc.is_in(found["i"], value_set=pa.array(at, pa.int32())))))
    good = GOOD_ROW.hand_over(_set_aside(ready, faults))
    if at.size:
        keep = np.ones(ready.num_rows, bool)
        keep[at] = False
        good = _only(good, pa.array(keep))
    return Checked(good, HELD_ROW.hand_over(held), FAULT.hand_over(_named(ready, faults)))


def _named(ready: pa.Table, found: pa.Table) -> pa.Table:
    """The places in the file of what was found."""
    places = ready.select(PLACES).take(found["i"])
    return places.append_column("element", found["element"]).append_column("code", found["code"])


def _set_aside(ready: pa.Table, faults: pa.Table) -> pa.Table:
    """The table without the values that are at fault. A number goes to id_doubtful; no other value is kept."""
    doubtful: pa.ChunkedArray | pa.Array = pa.nulls(ready.num_rows, pa.string())
    aside = faults.filter(faults["aside"])
    for element in pc.unique(aside["element"]).to_pylist():
        column, mask = COLUMNS[element], np.zeros(ready.num_rows, bool)
        mask[aside.filter(pc.equal(aside["element"], element))["i"].to_numpy()] = True
        values = ready[column]
        blank = pa.scalar(None, values.type)
        if element == NUMBER:
            doubtful = pc.if_else(pa.array(mask), values, blank)
        values = pc.if_else(pa.array(mask), blank, values)
        ready = ready.set_column(ready.column_names.index(column), column, values)
    return ready.append_column("id_doubtful", doubtful)


def _only(table: pa.Table, keep: pa.Array) -> pa.Table:
    """The rows to keep. Most columns of GOOD_ROW are empty in most lists: those need no work."""
    n = int(keep.true_count)
    columns = [
        pa.chunked_array([pa.nulls(n, c.type)]) if c.null_count == len(c) else c.filter(keep) for c in table.columns
    ]
    return pa.table(columns, schema=table.schema)


def verdicts(ready: pa.Table, as_of: dt.date, asked: tuple[ModuleType, ...]) -> pa.Table:
    """What the checks say of the table of prepare(): one row for each check that is true of a row and element.

    -> i (place of the row), element, code, holds, aside; by row, then by PLACE. First the values are judged, then
    what is left of the row without those that were set aside.
    """
    if not ready.num_rows:
        return _listed([], np.zeros(0, np.int64), np.zeros(0, np.int64))
    questions = [(one, element) for one in asked for element in (one.ELEMENTS or (None,))]
    if len(questions) > MOST:
        raise ShelfError(f"more than {MOST} questions in the checks")
    if any("is_repeated" in one.EXPRESSION for one in asked):
        ready = ready.append_column("is_repeated", repeats(ready))
    found = query(_sql(questions), {"as_of": as_of}, ready=ready.append_column("i", _count(ready)))
    return _listed(questions, found["i"].to_numpy(), found["bits"].to_numpy())


def _count(table: pa.Table) -> pa.Array:
    return pa.array(np.arange(table.num_rows, dtype=np.int32))


def _sql(questions: list[tuple[ModuleType, str | None]]) -> str:
    """One pass: the answers of the checks that set aside, then the columns without those values, then all the others."""
    early = {k: _expression(*q) for k, q in enumerate(questions) if q[0].SETS_ASIDE}
    late = {k: _expression(*q) for k, q in enumerate(questions) if k not in early}
    flags = "".join(f", coalesce({sql}, false) AS q{k}" for k, sql in early.items())
    at_fault: dict[str, list[str]] = {}
    for k in early:
        at_fault.setdefault(str(questions[k][1]), []).append(f"q{k}")
    gone = {COLUMNS[element]: " OR ".join(some) for element, some in at_fault.items()}
    kept = ", ".join(f"CASE WHEN NOT ({some}) THEN {column} END AS {column}" for column, some in gone.items())
    number = gone.get(COLUMNS[NUMBER], "false")
    answers = {**{k: f"q{k}" for k in early}, **{k: f"coalesce({sql}, false)" for k, sql in late.items()}}
    bits = " + ".join(f"CASE WHEN {sql} THEN {1 << k} ELSE 0 END" for k, sql in answers.items())
    return f"""
        WITH judged AS (SELECT *{flags} FROM (SELECT *, CAST($as_of AS DATE) AS as_of FROM ready)),
             left_over AS (SELECT *{f" REPLACE ({kept})" if kept else ""}, ({number}) AS number_is_doubtful FROM judged),
             answered AS (SELECT i, CAST({bits} AS BIGINT) AS bits FROM left_over)
        SELECT i, bits FROM answered WHERE bits <> 0 ORDER BY i"""


def _expression(member: ModuleType, element: str | None) -> str:
    return f"({member.EXPRESSION.replace('{it}', COLUMNS[element] if element else '')})"


def _listed(questions: list[tuple[ModuleType, str | None]], at: np.ndarray, bits: np.ndarray) -> pa.Table:
    """Bits -> one row an answer."""
    hits = [np.flatnonzero(bits >> k & 1) for k in range(len(questions))]
    which = np.repeat(np.arange(len(questions)), [hit.size for hit in hits])
    rows = np.concatenate([np.zeros(0, np.int64), *hits])
    order = np.lexsort((which, rows))
    which, rows = which[order], at[rows[order]]
    given = {
        "element": pa.array([element for _, element in questions], pa.string()),
        "code": pa.array([one.CODE for one, _ in questions], pa.string()),
        "holds": pa.array([one.HOLDS for one, _ in questions], pa.bool_()),
        "aside": pa.array([one.SETS_ASIDE for one, _ in questions], pa.bool_()),
    }
    taken = {name: values.take(pa.array(which)) for name, values in given.items()}
    return pa.table({"i": pa.array(rows, pa.int32()), **taken})
