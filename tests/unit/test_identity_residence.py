"""How people live where they live, and what their households are, by the lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.identity import link, residences, with_kinds
from wangge.identity.link import Linked
from wangge.quality import check
from wangge.tables.shapes import GOOD_ROW, RAW_ROW

AS_OF = dt.date(2026, 11, 23)
WANG = "11010119900307109X"  # made up, check digit right
OLD, NEW = dt.date(2020, 1, 1), dt.date(2026, 1, 1)


def linked(*rows: dict[str, Any]) -> tuple[pa.Table, Linked]:
    numbered = [
        {"sex": "0", "row": i, "id_number": WANG, "address": "金钟花园12-3-501"} | row for i, row in enumerate(rows, 1)
    ]
    good = GOOD_ROW.hand_over(pa.Table.from_pylist(numbered, schema=GOOD_ROW.schema))
    return good, link(good, AS_OF)


def lives(*rows: dict[str, Any], order: tuple[str, ...] = ()) -> list[tuple[str, dt.date | None]]:
    good, found = linked(*rows)
    told = residences(good, found.links, found.people, AS_OF, source_order=order)
    return [(row["kind"], row["said_on"]) for row in told.to_pylist()]


def kinds(*rows: dict[str, Any]) -> list[str | None]:
    good, found = linked(*rows)
    told = with_kinds(found.households, good, found.links, found.people, AS_OF)
    assert told.drop_columns("kind").equals(found.households.drop_columns("kind"))
    return told["kind"].to_pylist()  # type: ignore[no-any-return]


def test_the_freshest_word_is_believed_then_the_order_of_sources() -> None:
    old = {"list": "a", "residence_kind": "permanent", "collected_on": OLD}
    new = {"list": "b", "residence_kind": "floating", "collected_on": NEW}
    undated = {"list": "c", "residence_kind": "boarding"}
    assert lives(old, new, undated) == [("floating", NEW)]
    assert lives(undated, old) == [("permanent", OLD)]
    assert lives(old | {"collected_on": None}, undated, order=("c", "a")) == [("boarding", None)]


def test_a_day_that_has_not_come_is_no_day() -> None:
    later = {"list": "a", "residence_kind": "permanent", "collected_on": AS_OF + dt.timedelta(days=1)}
    assert lives(later, {"list": "b", "residence_kind": "floating", "collected_on": OLD}) == [("floating", OLD)]


def test_nobody_says_it_is_not_known() -> None:
    assert lives({"list": "a"}) == []
    assert kinds({"list": "a"}) == [None]


def test_a_household_is_what_its_people_say() -> None:
    other = {"list": "a", "id_number": None, "name": "李四", "household_kind": "dormitory", "collected_on": NEW}
    assert kinds({"list": "a", "household_kind": "family", "collected_on": OLD}, other) == ["dormitory"]


def test_words_of_lists_become_codes_and_others_are_set_aside() -> None:
    """From the cell to the register: 人户分离 says nothing of how somebody lives here."""
    words = ["常住人口", "寄住", "暂住", "人户分离", None]
    n = len(words)
    raw = pa.table({
        "list": ["police"] * n, "file": ["a"] * n, "sheet": [""] * n, "row": range(1, n + 1), "line": range(2, n + 2),
        "date_style": ["auto"] * n, "person.name": [f"王{i}明" for i in range(n)], "person.phone": [f"1380000000{i}" for i in range(n)],
        "person.residence_kind": words, "household.kind": ["家庭户", "集体户", "职工宿舍", "敬老院", "别的"],
    })  # fmt: skip
    checked = check(RAW_ROW.hand_over(raw), AS_OF)
    assert checked.good["residence_kind"].to_pylist() == ["permanent", "boarding", "floating", None, None]
    assert checked.good["household_kind"].to_pylist() == ["family", "collective", "dormitory", "care_home", None]
    assert [(f["row"], f["code"]) for f in checked.faults.to_pylist()] == [(4, "E2016"), (5, "E2017")]


SAID = st.fixed_dictionaries({
    "list": st.sampled_from("abc"), "residence_kind": st.sampled_from(["permanent", "boarding", "floating", None]),
    "collected_on": st.sampled_from([None, OLD, NEW, AS_OF + dt.timedelta(days=9)]),
})  # fmt: skip


@settings(deadline=None)
@given(st.lists(SAID, min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, Any]], chance: Any) -> None:
    """And the answer is what a plain reading of the rule gives."""
    order = ("b", "a", "c")

    def rank(row: dict[str, Any]) -> tuple[Any, ...]:
        on = row["collected_on"]
        day = on.toordinal() if on and on <= AS_OF else 0
        return (-day, order.index(row["list"]), row["residence_kind"])

    told = sorted((row for row in rows if row["residence_kind"]), key=rank)
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    for given_rows in (rows, shuffled):
        assert [kind for kind, _on in lives(*given_rows, order=order)] == [row["residence_kind"] for row in told[:1]]
