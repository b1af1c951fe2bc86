"""What a person settled binds: same joins even two valid numbers, different is never joined, not by a chain either."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wangge.identity.cluster import Clusters, cluster
from wangge.identity.keys import keys_of
from wangge.identity.review import review_of
from wangge.identity.settled import one_number
from wangge.tables.shapes import GOOD_ROW

WANG, LI, ZHAO = "11010119900307109X", "110101199003070011", "110101199003070118"  # made up, check digits right
DAY = dt.date(1990, 3, 7)
NAME = {"name": "王晓明"}


def table(*some: dict[str, Any]) -> pa.Table:
    full = [{"list": "a", "row": i, "sex": "0"} | row for i, row in enumerate(some, 1)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(full, schema=GOOD_ROW.schema))


def found(*some: dict[str, Any], **settled: Any) -> Clusters:
    pairs = {name: np.array(given, np.int64) for name, given in settled.items()}
    return cluster(keys_of(table(*some)), **pairs)


def groups(out: Clusters) -> list[list[int]]:
    return sorted(np.flatnonzero(out.root == r).tolist() for r in set(out.root.tolist()))


def review(out: Clusters, *some: dict[str, Any]) -> list[dict[str, Any]]:
    good = table(*some)
    _, person = np.unique(out.root, return_inverse=True)
    ids = pa.array([f"p{i}" for i in range(person.max() + 1)])
    return review_of(good, out, ids, person).to_pylist()


def test_same_joins_two_valid_numbers_and_every_row_that_holds_either() -> None:
    rows = [NAME | {"id_number": WANG}, NAME | {"id_number": LI}, {"name": "李红", "id_number": LI},
            {"name": "王小明", "id_number": WANG[:15] + "2" + WANG[16:]}]  # fmt: skip
    assert groups(found(*rows)) == [[0, 3], [1, 2]]
    out = found(*rows, same=[(1, 0)])
    assert groups(out) == [[0, 1, 2, 3]]
    assert out.evidence[out.how[0]] == "settled"
    assert out.number[0] == int(LI[:17])  # the smaller of two


def test_numbers_that_several_decisions_tie_together_are_one() -> None:
    number = np.array([5, 7, 7, 9, -1, 3])
    assert one_number(number, np.array([(0, 1), (2, 3), (3, 4)])).tolist() == [5, 5, 5, 5, -1, 3]
    assert one_number(number, np.array([(0, 4), (3, 4)])).tolist() == [5, 7, 7, 5, -1, 3]


@pytest.mark.parametrize(
    "rows",
    [
        [NAME | {"id_number": WANG}] * 2,
        [NAME | {"birth_date": DAY, "phone": "13800000001"}] * 2,
        [NAME | {"id_number": "E1234567"}] * 2,
        [NAME | {"id_number": WANG}, NAME | {"id_number": WANG[:15] + "2" + WANG[16:]}],
    ],
)
def test_different_is_never_joined_whatever_the_key(rows: list[dict[str, Any]]) -> None:
    assert groups(found(*rows)) == [[0, 1]]
    out = found(*rows, different=[(1, 0)])
    assert groups(out) == [[0], [1]]
    assert review(out, *rows) == []


def test_different_is_not_joined_by_a_chain_either() -> None:
    rows = [NAME | {"birth_date": DAY}, NAME | {"birth_date": DAY, "phone": "13800000001"},
            NAME | {"phone": "13800000001"}]  # fmt: skip
    assert groups(found(*rows)) == [[0, 1, 2]]
    assert groups(found(*rows, different=[(0, 2)])) == [[0, 1], [2]]


def test_who_stands_between_two_parted_people_is_asked_about() -> None:
    rows = [NAME | {"birth_date": DAY}] * 3
    out = found(*rows, different=[(0, 2)])
    assert groups(out) == [[0], [1], [2]]
    assert [r["row"] for r in review(out, *rows)] == [1, 2, 3]
    settled = found(*rows, different=[(0, 2)], same=[(0, 1)])
    assert groups(settled) == [[0, 1], [2]]
    assert review(settled, *rows) == []


def test_a_number_that_was_parted_stays_with_those_read_alike() -> None:
    """A child was entered with a parent's number, and a person said so."""
    rows = [{"name": n, "id_number": WANG} for n in ("王晓明", "王晓明", "王小明", "王乐乐", "王乐乐")]
    out = found(*rows, different=[(0, 3)])
    assert groups(out) == [[0, 1, 2], [3, 4]]
    assert [int(out.number[r]) for r in (0, 3)] == [int(WANG[:17]), -1]


def test_different_wins_over_same() -> None:
    rows = [NAME] * 3
    assert groups(found(*rows, same=[(0, 1)], different=[(1, 0)])) == [[0], [1], [2]]
    assert groups(found(*rows, same=[(0, 1), (1, 2)], different=[(0, 2)])) == [[0, 1], [2]]


def test_a_decision_about_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        found(NAME, same=[(0, 1)])


def test_groups_of_the_same_people_are_asked_once() -> None:
    same = NAME | {"phone": "13800000001", "birth_date": DAY}
    rows = [same | {"id_number": WANG}, same | {"id_number": LI}, same]
    asked = review(found(*rows), *rows)
    assert len({r["group_id"] for r in asked}) == 1
    assert len(asked) == 3


def test_a_group_within_a_larger_one_is_asked_with_it() -> None:
    same = NAME | {"phone": "13800000001", "birth_date": DAY}
    rows = [same | {"id_number": WANG}, same | {"id_number": LI}, NAME | {"phone": "13800000001"},
            {"name": "李红", "phone": "13900000001", "birth_date": DAY, "id_number": ZHAO}]  # fmt: skip
    asked = review(found(*rows), *rows)
    assert sorted(r["row"] for r in asked) == [1, 2, 3]
    assert {r["reason"] for r in asked} == {"name+phone; exact_name+phone; two_valid_numbers"}
