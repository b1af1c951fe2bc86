"""changes(): every cell whose cleaned value is not what was written, and by which rules. It holds values: personal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.quality.check import Checked
from wangge.quality.marks import Array
from wangge.quality.prepare import COLUMNS, DAYS, PLACES
from wangge.quality.tidy import COMMON, MISSING_WORD, STEPS
from wangge.tables.shapes import CHANGE, RAW_ROW

SERIAL = r"^[0-9]{5}([.][0-9]+)?$"
# What may stand at the end of a rule: a date was read, words became a code, parts were joined, the value was set aside.
LAST = ("date", "serial_date", "word", "parts", "set_aside")


def changes(rows: pa.Table, checked: Checked) -> pa.Table:
    """RAW_ROW and what check() made of it -> CHANGE, by list, row and element; several rules are joined by +.

    Only good rows: a held row goes on with nothing. An empty cell and one without a value count as the same; an element
    the list lacks is no cell, but a name or an address that was joined from parts is told (`before` is null).
    Raises E2009 where `checked` was not made from these rows.
    """
    rows = RAW_ROW.hand_over(rows)
    names = pc.unique(rows["list"]).to_pylist()
    return pa.concat_tables([CHANGE.empty(), *(_of_list(rows, checked, name) for name in names)])


def _of_list(rows: pa.Table, checked: Checked, name: str) -> pa.Table:
    rows, good, held = (t.filter(pc.equal(t["list"], name)) for t in (rows, checked.good, checked.held))
    rows = rows.filter(_went_on(rows, held)).combine_chunks()
    if rows.num_rows != good.num_rows or not rows["row"].equals(good["row"]):
        raise WanggeError("E2009", rows=rows.num_rows + held.num_rows, good=good.num_rows, held=held.num_rows)
    found = list(_found(rows, good))
    if not found:
        return CHANGE.empty()
    at = np.concatenate([one[0] for one in found])
    cells = pa.concat_tables([one[1] for one in found])
    order = pa.array(np.argsort(at, kind="stable"))
    places = rows.select(PLACES).take(pa.array(at).take(order))
    return CHANGE.hand_over(pa.table(places.columns + cells.take(order).columns, [*PLACES, *cells.column_names]))


def _went_on(rows: pa.Table, held: pa.Table) -> pa.Array:
    """Which rows are good: those that are not held. List, batch and row name a row."""
    keep = np.ones(rows.num_rows, bool)
    numbered = rows.select(["batch", "row"]).append_column("i", pa.array(np.arange(rows.num_rows)))
    gone = numbered.join(held.select(["batch", "row"]), keys=["batch", "row"], join_type="left semi")
    keep[gone["i"].to_numpy()] = False
    return pa.array(keep)


def _found(rows: pa.Table, good: pa.Table) -> Iterator[tuple[Array, pa.Table]]:
    """Element by element: the places of the altered cells, and element, rule, before, after."""
    for element, column in COLUMNS.items():
        if element not in rows.column_names and element not in ("person.name", "person.address"):
            continue
        blank = pa.nulls(rows.num_rows, pa.string())
        before = rows[element].cast(pa.string()) if element in rows.column_names else pa.chunked_array([blank])
        after = good[column].cast(pa.string())
        at = np.flatnonzero(_differ(before, after))
        if at.size:
            before, after = (values.take(pa.array(at)).combine_chunks() for values in (before, after))
            same = {"element": pa.repeat(element, at.size), "rule": _rules(element, before, after)}
            yield at, pa.table({**same, "before": before, "after": after})


def _differ(one: pa.Array | pa.ChunkedArray, other: pa.Array | pa.ChunkedArray) -> Array:
    return np.asarray(pc.not_equal(pc.fill_null(one, ""), pc.fill_null(other, "")))


def _rules(element: str, before: pa.Array, after: pa.Array) -> pa.Array:
    """Which steps had a hand in each cell, found by taking each different text through them once more."""
    coded = before.dictionary_encode()
    text, bits = coded.dictionary, np.zeros(len(coded.dictionary), np.int64)
    steps = (*COMMON, MISSING_WORD, *STEPS.get(element, ()))
    for k, step in enumerate(steps):
        new = step.change(text)
        lost = np.asarray(pc.and_(text.is_valid(), new.is_null())) & (step is not MISSING_WORD)
        bits[_differ(text, new) & ~lost] |= 1 << k
        bits[lost] |= 1 << (len(steps) + LAST.index("set_aside"))
        text = new
    written = np.asarray(coded.indices.is_valid())
    found = np.zeros(len(before), np.int64)
    found[written] = bits[coded.indices.drop_null().to_numpy()]
    left = text.take(coded.indices)
    for k, here in enumerate(_last(element, left, after), start=len(steps)):
        found[here] |= 1 << k
    kinds, which = np.unique(found, return_inverse=True)
    names = [step.rule for step in steps] + list(LAST)
    said = ["+".join(dict.fromkeys(name for k, name in enumerate(names) if kind >> k & 1)) for kind in kinds.tolist()]
    return pa.array(said, pa.string()).take(pa.array(which))


def _last(element: str, left: pa.Array, after: pa.Array) -> tuple[Array, ...]:
    """Where each of LAST turned what the steps left into what stands in the good row."""
    open_, gone = _differ(left, after), np.asarray(after.is_null())
    aside, made = open_ & gone, open_ & ~gone
    is_joined = made & np.asarray(left.is_null()) & (element in ("person.name", "person.address"))
    serial = np.asarray(pc.fill_null(pc.match_substring_regex(left, SERIAL), False))
    is_day = made & (element in DAYS)
    return is_day & ~serial, is_day & serial, made & ~is_day & ~is_joined, is_joined, aside
