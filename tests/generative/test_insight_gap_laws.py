"""Laws of the gap map: the states part the questions, a plain reading agrees, the order of rows says nothing."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.dictionary import elements
from wangge.insight import gap_counts, gaps, profiled, profiles, tally
from wangge.insight.gaps import STATES
from wangge.tables import Table
from wangge.tables.shapes import FACT, LOCATED, PERSON, REPLY

TODAY = dt.date(2026, 11, 23)
HOMES, PEOPLE = ("h1", "h2", "h3"), ("p1", "p2", "p3", "p4")
ASKED = sorted({element for one in profiles().values() for element in (*one.first, *one.asks)})
DAYS = st.integers(-2, 400).map(lambda n: TODAY - dt.timedelta(days=n))


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


@st.composite
def replies(draw: st.DrawFn) -> list[dict[str, Any]]:
    out = []
    for _ in range(draw(st.integers(0, 12))):
        element, word = draw(st.sampled_from(ASKED)), draw(st.sampled_from(["answered", "refused", "not_known"]))
        value = draw(st.sampled_from(["yes", "no"])) if word == "answered" else None
        who = {"household_id": draw(st.sampled_from(HOMES)), "person_id": None}
        if not element.startswith("care."):
            i = draw(st.integers(0, 3))
            who = {"household_id": HOMES[i % 3], "person_id": PEOPLE[i]}
        out.append({**who, "element": element, "said": word, "value": value, "collected_on": draw(DAYS)})
    return out


PERSONS = st.lists(st.one_of(st.none(), st.dates(dt.date(1930, 1, 1), TODAY)), min_size=4, max_size=4).map(
    lambda born: [{"person_id": p, "household_id": HOMES[i % 3], "birth_date": b, "sex": "2"}
                  for i, (p, b) in enumerate(zip(PEOPLE, born, strict=True))])  # fmt: skip
FACTS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["person.phone", "person.birth_date"]), st.one_of(st.none(), DAYS),
                           st.booleans()), max_size=6).map(
    lambda rows: [{"person_id": p, "element": e, "value": "x", "collected_on": d, "believed": b, "why": "only", "list": "", "batch": "",
                   "row": 1} for p, e, d, b in rows])  # fmt: skip


def plain(row: dict[str, Any], facts: list[dict[str, Any]], told: list[dict[str, Any]]) -> str:
    """The rule once more, slowly and by hand."""
    limit = elements()[row["element"]].fresh_days
    mine = [r for r in told if r["element"] == row["element"] and r["person_id"] == row["person_id"]
            and (row["person_id"] or r["household_id"] == row["household_id"]) and r["collected_on"] <= TODAY]  # fmt: skip
    days = [r["collected_on"] for r in mine if r["said"] == "answered"]
    days += [f["collected_on"] for f in facts if f["believed"] and f["person_id"] == row["person_id"]
             and f["element"] == row["element"] and (f["collected_on"] is None or f["collected_on"] <= TODAY)]  # fmt: skip
    newest = max((d for d in days if d), default=None)
    if days and (not limit or (newest and (TODAY - newest).days <= limit)):
        return "answered"
    other = max(((r["collected_on"], r["said"] == "not_known") for r in mine if r["said"] != "answered"), default=None)
    if other and (newest is None or other[0] > newest):
        return "not_known" if other[1] else "refused"
    return "stale" if days else "never_asked"


@settings(max_examples=20, deadline=None)
@given(PERSONS, FACTS, replies())
def test_a_plain_reading_says_the_same(people: list[Any], facts: list[Any], told: list[Any]) -> None:
    held = profiled(table(PERSON, people), table(REPLY, told), TODAY)
    found = gaps(held, table(FACT, facts), table(REPLY, told), TODAY).to_pylist()
    keys = [(row["household_id"], row["person_id"], row["element"]) for row in found]
    assert len(keys) == len(set(keys)), "one state a question"
    for row in found:
        assert row["state"] == plain(row, facts, told), row


@settings(max_examples=10, deadline=None)
@given(PERSONS, replies(), st.randoms(use_true_random=False))
def test_the_states_part_the_questions_and_order_says_nothing(
    people: list[Any], told: list[Any], mix: random.Random
) -> None:
    held = profiled(table(PERSON, people), table(REPLY, told), TODAY)
    found = gaps(held, FACT.empty(), table(REPLY, told), TODAY)
    assert set(found["state"].to_pylist()) <= set(STATES)
    located = table(LOCATED, [{"household_id": h, "grid_code": "1"} for h in HOMES[:2]])
    assert sum(row[s] for row in gap_counts(found, located).to_pylist() for s in STATES) == found.num_rows
    mixed_people, mixed_told = mix.sample(people, len(people)), mix.sample(told, len(told))
    again = profiled(table(PERSON, mixed_people), table(REPLY, mixed_told), TODAY)
    assert again.equals(held)
    assert gaps(again, FACT.empty(), table(REPLY, mixed_told), TODAY).equals(found) or _ties(told)


def _ties(told: list[dict[str, Any]]) -> bool:
    """Two answers to one question on one day: nothing says which is newer."""
    keys = [
        (r["household_id"], r["person_id"], r["element"], r["collected_on"]) for r in told if r["said"] == "answered"
    ]
    return len(keys) != len(set(keys))


@settings(max_examples=10, deadline=None)
@given(PERSONS)
def test_yes_unknown_and_no_are_the_whole(people: list[Any]) -> None:
    rows = table(PERSON, people)
    for row in tally(profiled(rows, REPLY.empty(), TODAY), rows).to_pylist():
        assert (
            row["yes"] + row["unknown"] + row["no"] == row["whole"] and min(row["yes"], row["unknown"], row["no"]) >= 0
        )
