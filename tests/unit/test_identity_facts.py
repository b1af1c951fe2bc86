"""Where each value comes from: every value that any row says, which one is believed, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.test_identity_laws import ROW

from wangge.identity import facts, link
from wangge.tables.shapes import FACT, GOOD_ROW

AS_OF = dt.date(2026, 11, 23)
WANG = "11010119900307109X"  # made up, check digit right
ELEMENTS = ("name", "id_number", "birth_date", "sex", "phone", "address", "relation_to_head")
OPTIONS: dict[str, Any] = {"door_lists": ("a",), "source_order": ("b", "a", "c")}


def table(world: list[dict[str, Any]]) -> pa.Table:
    numbered = [{"sex": "0", "row": i} | row for i, row in enumerate(world, 1)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(numbered, schema=GOOD_ROW.schema))


def said(*world: dict[str, Any], **options: Any) -> list[tuple[Any, ...]]:
    good = table([{"id_number": WANG} | row for row in world])
    found = link(good, AS_OF, **options)
    told = facts(good, found.links, found.people, AS_OF, **options)
    assert told.schema == FACT.schema
    return [(r["element"], r["value"], r["list"], r["row"], r["collected_on"], r["believed"], r["why"])
            for r in told.to_pylist()]  # fmt: skip


def test_conflicts_stand_side_by_side() -> None:
    old, new = dt.date(2020, 1, 1), dt.date(2026, 1, 1)
    found = said(
        {"list": "b", "name": "王晓明", "phone": "1", "sex": "1"},
        {"list": "a", "name": "王晓明", "phone": "2", "collected_on": old},
        {"list": "c", "name": "王小明", "phone": "3", "collected_on": new, "address": "金钟花园12-3-501"},
        {"list": "d", "phone": "3"},
        **OPTIONS,
    )
    assert [f[1:] for f in found if f[0] == "person.phone"] == [
        ("1", "b", 1, None, False, "freshest"),
        ("2", "a", 2, old, False, "freshest"),
        ("3", "c", 3, new, True, "freshest"),
        ("3", "d", 4, None, False, "agrees"),
    ]
    assert [f[1:] for f in found if f[0] == "person.address"] == [("金钟花园12-3-501", "c", 3, new, True, "only")]
    assert [f[5:] for f in found if f[0] == "person.name"] == [
        (False, "freshest"),
        (False, "freshest"),
        (True, "freshest"),
    ]
    assert [f[1:] for f in found if f[0] == "person.sex"] == [("1", "b", 1, None, True, "only")]
    assert [(f[1], f[5], f[6]) for f in found if f[0] == "person.birth_date"] == [("1990-03-07", True, "from_number")]


def test_some_people_have_the_facts_they_have_among_all() -> None:
    world = [
        {"list": "a", "name": "王晓明", "phone": "13800000001"},
        {"list": "b", "name": "李红", "phone": "13800000002"},
    ]
    good = table(world)
    found = link(good, AS_OF)
    every = facts(good, found.links, found.people, AS_OF)
    one = facts(good, found.links, found.people.slice(1), AS_OF)
    wanted = found.people["person_id"][1].as_py()
    assert one.to_pylist() == [r for r in every.to_pylist() if r["person_id"] == wanted]
    assert facts(GOOD_ROW.empty(), found.links, found.people, AS_OF).num_rows == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(ROW, max_size=12))
def test_one_believed_fact_a_person_and_element_and_it_is_persons_value(world: list[dict[str, Any]]) -> None:
    good = table(world)
    found = link(good, AS_OF, **OPTIONS)
    told = facts(good, found.links, found.people, AS_OF, **OPTIONS).to_pylist()
    believed: dict[tuple[str, str], list[str]] = {}
    for fact in told:
        if fact["believed"]:
            believed.setdefault((fact["person_id"], fact["element"]), []).append(fact["value"])
    wanted = {
        (p["person_id"], f"person.{e}"): [str(p[e])]
        for p in found.people.to_pylist() for e in ELEMENTS if p[e] is not None and (e, p[e]) != ("sex", "0")
    }  # fmt: skip
    assert believed == wanted
    # Every value that any row says is a fact.
    owner = {(r["list"], r["row"]): r["person_id"] for r in found.links.to_pylist()}
    rows = {(owner[r["list"], r["row"]], r["list"], r["row"], f"person.{e}", str(r[e]))
            for r in good.to_pylist() for e in ELEMENTS if r[e] is not None and (e, r[e]) != ("sex", "0")}  # fmt: skip
    assert rows == {(f["person_id"], f["list"], f["row"], f["element"], f["value"])
                    for f in told if f["why"] != "from_number"}  # fmt: skip
