"""Laws of checking: nothing lost, nothing counted twice, checking a clean list again changes nothing."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.quality import check
from wangge.quality.prepare import COLUMNS
from wangge.tables.shapes import RAW_ROW

AS_OF = dt.date(2026, 11, 23)
CELLS = {
    "person.name": ["张晓明", "王 伟", "合计", "", "不详", None, "'李四"],
    "person.id_number": ["11010119900307109X", "110101900307109", "1234567890123", "E12345678", "4.4E+17", None, ""],
    "person.birth_date": ["1990-03-07", "20261231", "19000101", "1899.1.1", "46329", "三月", "1990-03", None],
    "person.phone": ["13800000000", "+86 138-0000-0000", "１３８００００００００", "无", None],
    "person.address": ["某里3-2-101", "　", None],
    "trip.on": ["2026-11-30", "x", None, None],
}
ROWS = st.lists(
    st.fixed_dictionaries({e: st.sampled_from(v) | st.text(max_size=6) for e, v in CELLS.items()}), max_size=12
)


def raw(rows: list[dict[str, str | None]]) -> pa.Table:
    n = len(rows)
    columns: dict[str, object] = {"list": [f"l{i % 2}" for i in range(n)], "file": ["a"] * n, "sheet": [""] * n}
    columns |= {"row": list(range(1, n + 1)), "line": list(range(2, n + 2)), "date_style": ["auto"] * n}
    columns |= {element: pa.array([row[element] for row in rows], pa.string()) for element in CELLS}
    return RAW_ROW.hand_over(pa.table(columns))


@settings(deadline=None, max_examples=20)
@given(ROWS)
def test_every_row_goes_to_exactly_one_side(rows: list[dict[str, str | None]]) -> None:
    given_rows = raw(rows)
    found = check(given_rows, AS_OF)
    sides = [
        (r["list"], r["row"]) for part in (found.good, found.held) for r in part.select(["list", "row"]).to_pylist()
    ]
    assert sorted(sides) == sorted((r["list"], r["row"]) for r in given_rows.select(["list", "row"]).to_pylist())
    assert None not in found.held.column("code").to_pylist()
    assert None not in found.good.column("name").to_pylist()


@settings(deadline=None, max_examples=10)
@given(ROWS)
def test_a_clean_row_stays_as_it_is(rows: list[dict[str, str | None]]) -> None:
    once = check(raw(rows), AS_OF).good
    texts = {e: once.column(c).cast(pa.string()) for e, c in COLUMNS.items() if e in CELLS}
    n = once.num_rows
    again = pa.table(
        {"list": once.column("list"), "file": ["a"] * n, "sheet": [""] * n, "row": once.column("row"),
         "line": once.column("row"), "date_style": ["auto"] * n} | texts
    )  # fmt: skip
    twice = check(RAW_ROW.hand_over(again), AS_OF)
    assert twice.held.num_rows == 0
    assert twice.good.to_pylist() == once.to_pylist()
