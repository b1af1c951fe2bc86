"""What is asked of a person although no key may join it: two valid numbers, a number cut off by a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.test_identity_settled import found, groups, review

from wangge.identity.doubts import first_digits, held_twice, torn

WANG, LI, ZHAO = "11010119900307109X", "110101199003070011", "110101199003070118"  # made up, check digits right
DAY = dt.date(1990, 3, 7)
WHO = {"name": "王晓明", "phone": "13800000001", "birth_date": DAY, "address": "金钟花园12-3-501"}


@pytest.mark.parametrize("lacks", ["phone", "birth_date", "address"])
def test_two_valid_numbers_of_what_looks_like_one_person(lacks: str) -> None:
    rows = [WHO | {"id_number": WANG, lacks: None}, WHO | {"id_number": LI}]
    asked = review(found(*rows), *rows)
    assert [(r["row"], r["reason"]) for r in asked] == [(1, "two_valid_numbers"), (2, "two_valid_numbers")]
    assert len({r["group_id"] for r in asked}) == 1
    assert groups(found(*rows)) == [[0], [1]]


@pytest.mark.parametrize(
    "other", [{"name": "李红"}, {"phone": "13800000002", "address": "银钟花园1-1-101"}, {"id_number": WANG}]
)
def test_namesakes_and_families_are_not_asked_about(other: dict[str, Any]) -> None:
    rows = [WHO | {"id_number": WANG}, WHO | {"id_number": LI} | other]
    assert review(found(*rows), *rows) == []


def test_two_numbers_that_a_person_settled_are_not_asked_again() -> None:
    rows = [WHO | {"id_number": WANG}, WHO | {"id_number": LI}]
    for settled in ({"same": [(0, 1)]}, {"different": [(0, 1)]}):
        assert review(found(*rows, **settled), *rows) == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (WANG[:15] + "000", WANG[:15]), (WANG[:15] + "00X", WANG[:15]), (f"{WANG[0]}.{WANG[1:15]}E+17", WANG[:15]),
        (f"{WANG[0]}.{WANG[1:6]}E+17", None), (WANG[:15], None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_digits_that_a_cut_off_number_shows(written: str | None, shown: str | None) -> None:
    column = pa.chunked_array([[written, None]], pa.string())
    assert first_digits(column).tolist() == [int(shown) if shown else -1, -1]


def test_a_cut_off_number_proposes_the_one_person_it_can_mean() -> None:
    rows = [{"name": "王晓明", "id_number": WANG}, {"name": "王小明", "id_doubtful": WANG[:15] + "000"},
            {"name": "李红", "id_doubtful": WANG[:15] + "000"}]  # fmt: skip
    out = found(*rows)
    assert groups(out) == [[0], [1], [2]]
    assert [(r["row"], r["reason"]) for r in review(out, *rows)] == [(1, "truncated_id"), (2, "truncated_id")]
    # Another key may join it: then nobody is asked.
    rows = [row | {"phone": "13800000001"} for row in rows]
    assert groups(found(*rows)) == [[0, 1], [2]]
    assert review(found(*rows), *rows) == []


def test_a_cut_off_number_that_two_begin_with_is_not_proposed() -> None:
    rows = [{"name": "王晓明", "id_number": n} for n in (LI, "110101199003070038")]
    rows.append({"name": "王晓明", "id_doubtful": LI[:15] + "000"})
    assert review(found(*rows), *rows) == []


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(1, 3)), max_size=10), st.integers(1, 5))
def test_keys_held_by_two_numbers_equal_a_plain_reading(rows: list[tuple[int, bool, int]], cap: int) -> None:
    key, other, own = (np.array([row[i] for row in rows], np.int64) for i in (0, 1, 2))
    holders: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row[1]:
            holders[row[0]].append(i)
    twice = {k: held for k, held in holders.items() if len({rows[i][2] for i in held}) > 1}
    order = held_twice(key, other - 1, own)  # the second value is there, and the same, or lacks
    assert sorted(order.tolist()) == sorted(i for held in twice.values() for i in held)
    found_rows, group = torn(order[np.argsort(key[order], kind="stable")], key, own, cap)
    wanted = sorted(held for k, held in twice.items() if len(held) <= cap)
    assert sorted(sorted(found_rows[group == g].tolist()) for g in set(group.tolist())) == wanted
