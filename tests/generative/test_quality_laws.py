"""Laws of checking: nothing lost, nothing counted twice, checking a clean list again changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.quality import changes, check
from wangge.quality.check import all_checks
from wangge.quality.prepare import COLUMNS, prepare
from wangge.tables.shapes import RAW_ROW

AS_OF = dt.date(2026, 11, 23)
DATES = ["1990-03-07", "20261231", "19000101", "1899.1.1", "46329", "三月", "1990-03", "1990", "19450231", "03/04/1985"]
CELLS: dict[str, list[str | None]] = {
    "person.name": ["张晓明", "王 伟", "合计", "", "不详", None, "'李四", "John  Smith", "张　晓\u200b明"],
    "person.surname": ["欧 阳", "Smith", None, ""],
    "person.given_name": ["晓明", "John", None, ""],
    "person.id_number": [
        "11010119900307109X", "11010119900307109x", "110101900307109", "1234567890123", "E12345678", "4.4E+17", None, "",
        "110101199003071000", "110101199003071091", "'110101 19900307109X",
    ],
    "person.id_type": ["身份证", "护照", None],
    "person.birth_date": [*DATES, None],
    "person.sex": ["男", "F", "9", "汉", None],
    "person.phone": ["13800000000", "+86 138-0000-0000", "１３８００００００００", "无", "1.38E+10", "同上", None],
    "person.address": ["某里3-2-101", "　", None],
    "address.building": ["3", "3号楼", None],
    "trip.on": ["2026-11-30", "x", None, None],
    "case.kind": ["确诊", "排除", None, None],
}  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries(
        {e: st.sampled_from(v) | st.text(max_size=6) for e, v in CELLS.items()} | {"number": st.none() | st.booleans()}
    ),
    max_size=12,
)


def raw(rows: Any) -> pa.Table:
    n = len(rows)
    columns: dict[str, object] = {"list": [f"l{i % 2}" for i in range(n)], "file": ["a"] * n, "sheet": [""] * n}
    columns |= {"row": list(range(1, n + 1)), "line": list(range(2, n + 2)), "date_style": ["auto"] * n}
    columns["id_from_number"] = pa.array([row["number"] for row in rows], pa.bool_())
    columns |= {element: pa.array([row[element] for row in rows], pa.string()) for element in CELLS}
    return RAW_ROW.hand_over(pa.table(columns))


def named(table: pa.Table) -> list[tuple[str, int]]:
    return [(r["list"], r["row"]) for r in table.select(["list", "row"]).to_pylist()]


@settings(deadline=None, max_examples=20)
@given(ROWS)
def test_every_row_is_accepted_or_needs_a_person_or_is_refused(rows: Any) -> None:
    given_rows = raw(rows)
    found = check(given_rows, AS_OF)
    good, held, at_fault = named(found.good), named(found.held), set(named(found.faults))
    assert sorted(good + held) == sorted(named(given_rows))
    assert at_fault <= set(good)
    assert found.counts == {
        "accepted": len(good) - len(at_fault), "needs_person": len(at_fault), "refused": len(held),
    }  # fmt: skip
    holding = {c.CODE for c in all_checks() if c.HOLDS}
    assert set(found.held.column("code").to_pylist()) <= holding
    assert set(found.faults.column("code").to_pylist()) <= {c.CODE for c in all_checks() if not c.HOLDS}


@settings(deadline=None, max_examples=20)
@given(ROWS)
def test_no_value_is_set_aside_in_silence(rows: Any) -> None:
    """What is written and is not in the good row has a fault; what has a fault that sets aside is not in it."""
    given_rows = raw(rows)
    found, ready = check(given_rows, AS_OF), prepare(given_rows.sort_by("list")).to_pylist()
    written = {(row["list"], row["row"]): row for row in ready}
    aside = {c.CODE for c in all_checks() if c.SETS_ASIDE}
    faults = {(f["list"], f["row"], f["element"]) for f in found.faults.to_pylist() if f["code"] in aside}
    for row in found.good.to_pylist():
        for element in (e for e in CELLS if written[row["list"], row["row"]][f"element:{e}"] is not None):
            is_gone = row[COLUMNS[element]] is None
            assert is_gone == ((row["list"], row["row"], element) in faults), element
        doubtful = (row["list"], row["row"], "person.id_number") in faults
        assert (row["id_doubtful"] is not None) == doubtful


@settings(deadline=None, max_examples=8)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_how_they_are_cut_mean_nothing(rows: Any, chance: Any) -> None:
    whole = raw(rows)
    order = list(range(len(rows)))
    chance.shuffle(order)
    turned = whole.take(pa.array(order, pa.int64()))
    cut = chance.randint(0, len(rows))
    pieces = pa.concat_tables([turned.slice(0, cut), turned.slice(cut)])

    def side(table: pa.Table) -> list[str]:
        return sorted(map(repr, table.to_pylist()))

    one, other = check(whole, AS_OF), check(pieces, AS_OF)
    assert [side(t) for t in (one.good, one.held, one.faults)] == [
        side(t) for t in (other.good, other.held, other.faults)
    ]


@settings(deadline=None, max_examples=8)
@given(ROWS)
def test_a_clean_row_stays_as_it_is(rows: Any) -> None:
    """Faults that keep their value are found again; nothing else is found in what was cleaned."""
    once = check(raw(rows), AS_OF)
    texts = {e: once.good.column(c).cast(pa.string()) for e, c in COLUMNS.items() if e in CELLS}
    n = once.good.num_rows
    again = pa.table(
        {"list": once.good.column("list"), "file": ["a"] * n, "sheet": [""] * n, "row": once.good.column("row"),
         "line": once.good.column("row"), "date_style": ["auto"] * n} | texts
    )  # fmt: skip
    twice = check(RAW_ROW.hand_over(again), AS_OF)
    kept = {c.CODE for c in all_checks() if not c.SETS_ASIDE}
    assert set(twice.faults.column("code").to_pylist()) <= kept
    held = set(named(twice.held))
    # Only a row whose number was doubtful may be held now: the doubtful one is not handed over as a number.
    assert held <= {(r["list"], r["row"]) for r in once.good.to_pylist() if r["id_doubtful"] is not None}
    left = [row | {"id_doubtful": None} for row in once.good.to_pylist() if (row["list"], row["row"]) not in held]
    assert twice.good.to_pylist() == left


@settings(deadline=None, max_examples=15)
@given(ROWS)
def test_the_changes_applied_to_what_was_written_give_the_good_rows(rows: Any) -> None:
    given_rows = raw(rows)
    found = check(given_rows, AS_OF)
    told = {(c["list"], c["row"], c["element"]): c for c in changes(given_rows, found).to_pylist()}
    assert all(c["rule"] for c in told.values())
    good = {(r["list"], r["row"]): r for r in found.good.to_pylist()}
    assert {key[:2] for key in told} <= set(good)
    for row in given_rows.to_pylist():
        place = row["list"], row["row"]
        for element in CELLS if place in good else ():
            value, change = good[place][COLUMNS[element]], told.get((*place, element))
            kept = value.isoformat() if isinstance(value, dt.date) else value
            if change is None:
                assert kept == (row[element] or None), element
            else:
                assert (change["before"], change["after"]) == (row[element], kept)
                assert (change["before"] or None) != change["after"]
