"""Numbers that are valid and yet not to be trusted, and the only holder of a name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.test_identity_settled import found, groups, review

from wangge.identity.cluster import cluster
from wangge.identity.keys import keys_of
from wangge.identity.normal import WEIGHTS
from wangge.tables.shapes import GOOD_ROW

PARENT = "11010119900307109X"  # made up; born 1990-03-07, male
ADDRESS, PHONE = "金钟花园12-3-501", "13800000001"
CHILD = {"name": "王乐乐", "id_number": PARENT, "birth_date": dt.date(2016, 5, 1), "address": ADDRESS, "phone": PHONE}


@pytest.mark.parametrize(
    ("row", "is_another"),
    [
        (CHILD, True),
        (CHILD | {"birth_date": None, "sex": "2"}, True),
        (CHILD | {"birth_date": None, "sex": "1"}, False),  # nothing speaks against it
        (CHILD | {"birth_date": dt.date(1990, 3, 7)}, False),  # renamed, the birthday is the number's
        (CHILD | {"name": "王小明"}, False),  # a wrong birthday
        (CHILD | {"name": "WANG LELE"}, False),  # nobody can tell
        (CHILD | {"birth_date": dt.date(1991, 3, 7)}, False),  # a slip in the year
        ({"name": "李红", "id_number": PARENT, "phone": "13900000009", "address": "银钟花园1-1-101"}, True),
        ({"name": "李红", "id_number": PARENT, "phone": PHONE, "address": "银钟花园1-1-101"}, False),
    ],
)
def test_a_number_of_another(row: dict[str, Any], is_another: bool) -> None:
    own = {"name": "王晓明", "id_number": PARENT, "birth_date": dt.date(1990, 3, 7), "address": ADDRESS, "phone": PHONE}
    rows = [own, {"list": "b"} | own, row]
    out = found(*rows)
    assert groups(out) == ([[0, 1], [2]] if is_another else [[0, 1, 2]])
    asked = review(out, *rows)
    assert {r["reason"] for r in asked} == ({"number_of_another"} if is_another else set())
    if is_another:
        assert [r["row"] for r in asked] == [1, 3]
        assert out.untrusted.tolist() == [False, False, True]


def test_rows_of_the_child_are_one_whether_the_number_is_the_parents_or_its_own() -> None:
    own = {"name": "王晓明", "id_number": PARENT, "birth_date": dt.date(1990, 3, 7)}
    assert groups(found(own, CHILD, CHILD | {"id_number": None, "name": "王乐乐"})) == [[0], [1, 2]]


def test_fifteen_places_with_a_slip_are_the_number_they_nearly_are() -> None:
    whole = {"name": "王晓明", "id_number": PARENT}
    short = PARENT[:6] + PARENT[8:17]
    slip = {"name": "王小明", "id_number": short[:3] + "3" + short[4:]}
    assert groups(found(whole, slip)) == [[0, 1]]
    assert groups(found(whole, slip | {"name": "李红"})) == [[0], [1]]
    # Eighteen places confirm the other number: two people.
    other = slip["id_number"][:6] + "19" + slip["id_number"][6:]
    other += "10X98765432"[sum(int(d) * int(w) for d, w in zip(other, WEIGHTS, strict=True)) % 11]
    assert groups(found(whole, slip, slip | {"id_number": other})) == [[0], [1, 2]]


def many(n: int, stranger_share: float = 0.0) -> list[dict[str, Any]]:
    """n people with a valid number and a name of their own, in two lists; some are in list b only."""
    rows = []
    for i in range(n):
        body = f"110101{1950 + i % 60}{i // 60 % 12 + 1:02}{i // 720 % 28 + 1:02}{i % 999:03}"
        number = body + "10X98765432"[sum(int(d) * int(w) for d, w in zip(body, WEIGHTS, strict=True)) % 11]
        who = {"name": "王" + chr(0x4E00 + i % 150 * 13) + chr(0x5000 + i // 150 * 17), "id_number": number}
        rows.append({"list": "b", "phone": f"138{i:08}"} | who)
        if i >= n * stranger_share:
            rows.append({"list": "a", "phone": f"139{i:08}"} | who)
    return rows


def joined(rows: list[dict[str, Any]]) -> tuple[int, str]:
    full = [{"row": i, "sex": "0"} | row for i, row in enumerate(rows, 1)]
    out = cluster(keys_of(GOOD_ROW.hand_over(pa.Table.from_pylist(full, schema=GOOD_ROW.schema))))
    return int(np.count_nonzero(out.root == out.root[-1])), out.evidence[out.how[-1]]


def test_the_only_holder_of_a_name_is_meant_where_the_lists_know_nearly_everybody() -> None:
    rows = many(1500)
    last = {"list": "b", "name": rows[-1]["name"], "phone": None}
    assert joined([*rows, last]) == (3, "only_holder")
    assert joined([*rows, last | {"name": "王无人"}]) == (1, "alone")


def test_nobody_is_meant_where_nearly_all_are_strangers_or_two_have_the_name() -> None:
    rows = many(1500, stranger_share=0.999)
    last = {"list": "b", "name": rows[-1]["name"]}
    assert joined([*rows, last]) == (1, "alone")
    rows = many(1500)
    twin = [row | {"name": rows[-1]["name"]} for row in rows[:2]]
    assert joined([*rows[2:], *twin, {"list": "b", "name": rows[-1]["name"]}]) == (1, "alone")


def test_a_row_that_contradicts_the_only_holder_is_not_theirs() -> None:
    rows = [row | {"sex": "1"} for row in many(1500)]
    last = {"list": "b", "name": rows[-1]["name"]}
    assert joined([*rows, last | {"sex": "1"}])[1] == "only_holder"
    assert joined([*rows, last | {"sex": "2"}])[1] == "alone"


def test_a_few_people_teach_nothing() -> None:
    rows = many(300)
    assert joined([*rows, {"list": "b", "name": rows[-1]["name"]}]) == (1, "alone")


def test_of_two_namesakes_the_one_without_an_account_is_meant() -> None:
    rows = many(1500)
    shared = [row | {"name": rows[-1]["name"]} for row in rows[:2]]  # another person of the last one's name
    rows = [*shared, *rows[2:]]
    accounts = [{"list": "c", "name": row["name"], "phone": row["phone"]} for row in rows if row["list"] == "a"]
    others = accounts[:-1]  # all but the last person have theirs, the namesake too
    new = {"list": "c", "name": rows[-1]["name"]}
    assert joined([*rows, *others, new]) == (3, "only_holder")
    assert joined([*rows, *others[1:], new]) == (1, "alone")  # two of that name have none
    assert joined([*rows, *accounts, new]) == (1, "alone")  # both have one: it may be a third's
    rival = new | {"phone": "13700000001"}
    assert joined([*rows, *others, rival, new]) == (1, "alone")  # one of the two is not theirs
