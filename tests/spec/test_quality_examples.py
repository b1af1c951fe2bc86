"""Every check of the shelf answers its own examples; the tables are printed in the handbook."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import pyarrow as pa
import pytest

from wangge.base.errors import table
from wangge.dictionary import elements
from wangge.quality.check import all_checks, verdicts
from wangge.quality.prepare import COLUMNS, prepare
from wangge.tables.shapes import RAW_ROW

AS_OF = dt.date(2026, 11, 23)


def raw_rows(header: tuple[str, ...], rows: list[tuple[str | None, ...]]) -> pa.Table:
    n = len(rows)
    places = {"list": ["police"] * n, "file": ["a.csv"] * n, "sheet": [""] * n, "date_style": ["auto"] * n}
    numbers = {"row": list(range(1, n + 1)), "line": list(range(2, n + 2))}
    given = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(header)}
    return RAW_ROW.hand_over(pa.table(places | numbers | given))


@pytest.mark.parametrize("check", all_checks(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_check_answers_its_examples(check: ModuleType) -> None:
    (*header, last), *rows = check.EXAMPLES
    assert last == ("held" if check.HOLDS else "fault")
    ready = prepare(raw_rows(tuple(header), [row[:-1] for row in rows]))
    # Checks that set values aside are asked too: the others see a row without those.
    asked = (check, *(one for one in all_checks() if one.SETS_ASIDE and one is not check))
    found = verdicts(ready, AS_OF, tuple(sorted(asked, key=lambda one: one.PLACE))).to_pylist()
    true = {v["i"] for v in found if (v["code"], v["holds"], v["aside"]) == (check.CODE, check.HOLDS, check.SETS_ASIDE)}
    assert [(row[:-1], i in true) for i, row in enumerate(rows)] == [(row[:-1], row[-1]) for row in rows]


@pytest.mark.parametrize("check", all_checks(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_check_is_whole(check: ModuleType) -> None:
    assert check.CODE in table()
    assert set(check.ELEMENTS) <= set(COLUMNS)
    assert set(check.EXAMPLES[0][:-1]) <= set(elements())
    assert {row[-1] for row in check.EXAMPLES[1:]} == {True, False}


def test_the_order_of_reasons_is_written_down() -> None:
    assert [c.CODE for c in all_checks() if c.HOLDS] == ["E2007", "E2005", "E2001", "E2002", "E2010"]
    assert [c.CODE for c in all_checks() if not c.HOLDS] == [
        "E2001", "E2003", "E2013", "E2004", "E2006", "E2011", "E2012", "E2014", "E2016", "E2015", "E2017", "E2008",
    ]  # fmt: skip
