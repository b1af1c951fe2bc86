"""Laws of linking, over small worlds in which everything collides."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.identity import cluster as clusters
from wangge.identity import link
from wangge.identity.bytes import raw
from wangge.identity.keys import keys_of
from wangge.identity.normal import WEIGHTS, id_numbers, mixed
from wangge.tables.shapes import GOOD_ROW

AS_OF = dt.date(2026, 11, 23)
WANG, LI, ZHAO = "11010119900307109X", "110101199003070011", "110101199003070118"  # made up, check digits right
ROW = st.fixed_dictionaries({
    "list": st.sampled_from("abc"),
    "name": st.sampled_from(["王晓明", "王小明", "王晓红", "李红", "王明"]),
    "id_number": st.sampled_from([WANG, LI, ZHAO, WANG[:6] + WANG[8:17], WANG[:15] + "2" + WANG[16:],
                                  WANG[:16] + "1" + WANG[17:], WANG[:15] + "000", "E1234567", None, None, None]),
    "birth_date": st.sampled_from([dt.date(1990, 3, 7), dt.date(1990, 7, 3), dt.date(2015, 1, 1), None]),
    "phone": st.sampled_from(["13800000001", "13800000002", "075526123456", None]),
    "address": st.sampled_from(["金钟花园12-3-501", "东丽区金钟花园12栋3单元501室", "银钟花园12-3-501", "某里", None]),
    "household_number": st.sampled_from(["1", "2", None]),
    "collected_on": st.sampled_from([dt.date(2026, 1, 1), dt.date(2025, 1, 1), None]),
    "relation_to_head": st.sampled_from(["户主", "配偶", None]),
})  # fmt: skip
WORLD = st.lists(ROW, max_size=14)


def rows(world: list[dict[str, Any]]) -> pa.Table:
    numbered = [{"sex": "0", "row": i} | row for i, row in enumerate(world, 1)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(numbered, schema=GOOD_ROW.schema))


def told(found: Any) -> tuple[Any, ...]:
    """Everything link() says, whatever the order of rows."""
    key = {
        "links": ("list", "row"),
        "people": ("person_id",),
        "households": ("household_id",),
        "review": ("group_id", "list", "row"),
    }
    return tuple(
        sorted(getattr(found, t).to_pylist(), key=lambda r, k=k: [str(r[c]) for c in k]) for t, k in key.items()
    )


@settings(deadline=None, max_examples=15)
@given(WORLD, st.integers(0, 1000))
def test_the_order_of_rows_means_nothing(world: list[dict[str, Any]], seed: int) -> None:
    table = rows(world)
    mixed = list(range(len(world)))
    random.Random(seed).shuffle(mixed)
    options = {"door_lists": ("a",), "source_order": ("b", "a", "c")}
    assert told(link(table, AS_OF, **options)) == told(link(table.take(pa.array(mixed, pa.int32())), AS_OF, **options))


@settings(deadline=None, max_examples=15)
@given(WORLD)
def test_every_row_has_one_person_and_every_person_one_household(world: list[dict[str, Any]]) -> None:
    table = rows(world)
    found = link(table, AS_OF)
    places = found.links.select(["list", "row"]).to_pylist()
    assert sorted((p["list"], p["row"]) for p in places) == sorted((r["list"], i) for i, r in enumerate(world, 1))
    people = found.people.to_pylist()
    ids = [p["person_id"] for p in people]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(found.links.column("person_id").to_pylist())
    homes = {h["household_id"]: h for h in found.households.to_pylist()}
    assert len(homes) == found.households.num_rows
    for home_id, home in homes.items():
        members = [p["person_id"] for p in people if p["household_id"] == home_id]
        assert len(members) == home["n_people"] > 0
        assert home["head_person_id"] in members
    assert set(found.review.column("person_id").to_pylist()) <= set(ids)


@settings(deadline=None, max_examples=20)
@given(WORLD)
def test_two_different_valid_numbers_never_share_a_person(world: list[dict[str, Any]]) -> None:
    table = rows(world)
    body, valid, _ = id_numbers(*raw(table.column("id_number")), WEIGHTS)
    number_of = {(r["list"], i + 1): int(body[i]) for i, r in enumerate(world) if valid[i]}
    found = link(table, AS_OF)
    holders: dict[str, set[int]] = {}
    for link_row in found.links.to_pylist():
        number = number_of.get((link_row["list"], link_row["row"]))
        if number is not None:
            holders.setdefault(link_row["person_id"], set()).add(number)
    # Who was entered with a number of another is somebody else, and a person is asked.
    asked = {r["person_id"] for r in found.review.to_pylist() if "number_of_another" in r["reason"]}
    assert all(len(numbers) == 1 or who in asked for who, numbers in holders.items())
    sure = [number for who, numbers in holders.items() if who not in asked for number in numbers]
    assert len(set(sure)) == len(sure)


@settings(deadline=None, max_examples=40)
@given(WORLD)
def test_leaving_out_keys_that_nobody_asks_for_changes_nothing(world: list[dict[str, Any]]) -> None:
    """The bitmap is a short cut: without it the same rows are joined."""
    keys = keys_of(rows(world))
    fast = clusters.cluster(keys)

    def all_rows(
        parts: tuple[np.ndarray, ...], parent: np.ndarray, number: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        key, there = mixed(*parts)
        return np.flatnonzero(there), key

    real, clusters.keys_worth_asking = clusters.keys_worth_asking, all_rows
    try:
        slow = clusters.cluster(keys)
    finally:
        clusters.keys_worth_asking = real
    assert np.array_equal(fast.root, slow.root)
    assert np.array_equal(fast.how, slow.how)
