"""The gap map by example: who answered, who did not, whom nobody asked; and the 60+ list from birth dates alone."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.insight import gap_counts, gaps, profiled, tally, targeted
from wangge.tables import Table
from wangge.tables.shapes import FACT, LOCATED, PERSON, PROFILED, REPLY

TODAY = dt.date(2026, 11, 23)


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def person(pid: str, home: str, born: dt.date | None, sex: str | None = "1") -> dict[str, Any]:
    return {"person_id": pid, "household_id": home, "birth_date": born, "sex": sex}


def said(home: str, element: str, word: str, days: int, value: str | None = None) -> dict[str, Any]:
    return {"household_id": home, "element": element, "said": word, "value": value, "collected_on": ago(days)}


def held_by(people: list[dict[str, Any]], replies: list[dict[str, Any]], name: str) -> dict[str, str]:
    found = profiled(table(PERSON, people), table(REPLY, replies), TODAY, names=[name]).to_pylist()
    return {row["person_id"] or row["household_id"]: row["holds"] for row in found}


# ---- who is 60 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "holds"),
    [
        (dt.date(1966, 11, 23), "yes"),  # sixty today
        (dt.date(1966, 11, 24), None),  # tomorrow
        (dt.date(1900, 1, 1), None),  # nobody is 126: the date is wrong, so nobody knows
        (dt.date(2026, 11, 24), None),
        (None, "unknown"),
    ],
)
def test_sixty_by_the_day(born: dt.date | None, holds: str | None) -> None:
    found = held_by([person("p", "h", born)], [], "aged_60_and_over")
    impossible = born is not None and (born > TODAY or born.year == 1900)
    assert found == ({"p": "unknown"} if impossible else {"p": holds} if holds else {})


@pytest.mark.parametrize(("on", "child"), [(dt.date(2026, 2, 28), True), (dt.date(2026, 3, 1), False)])
def test_born_on_a_leap_day(on: dt.date, child: bool) -> None:
    """Born on 29 February 2012: fourteen on 1 March of a common year, not the day before."""
    people = table(PERSON, [person("p", "h", dt.date(2012, 2, 29)), person("q", "h", dt.date(1980, 1, 1))])
    reply = table(
        REPLY,
        [{"household_id": "h", "element": "care.front_line", "said": "answered", "value": "yes", "collected_on": on}],
    )
    assert profiled(people, reply, on, names=["children_of_front_line_staff"]).num_rows == child


def haisongyuan() -> list[dict[str, Any]]:
    """9,545 made-up people of whom 2,663 are sixty or more, the youngest of those sixty today, the eldest others tomorrow."""
    draw = random.Random(7)
    edge = dt.date(1966, 11, 23)
    old = [edge, dt.date(1964, 2, 29), *(edge - dt.timedelta(days=draw.randrange(0, 13_000)) for _ in range(2_661))]
    young = [edge + dt.timedelta(days=1), *(edge + dt.timedelta(days=draw.randrange(1, 21_900)) for _ in range(6_881))]
    return [person(f"p{i}", f"h{i % 3_700}", born) for i, born in enumerate(draw.sample(old + young, 9_545))]


def test_haisongyuan_2663_of_9545_is_27_9_per_cent() -> None:
    people = haisongyuan()
    found = {row["profile"]: row for row in tally(
        profiled(table(PERSON, people), REPLY.empty(), TODAY), table(PERSON, people)).to_pylist()}  # fmt: skip
    aged = found["aged_60_and_over"]
    assert (aged["yes"], aged["unknown"], aged["whole"], aged["share"]) == (2_663, 0, 9_545, 27.9)
    for one in people[:10]:
        one["birth_date"] = None
    known = sum(one["birth_date"] is not None and one["birth_date"] <= dt.date(1966, 11, 23) for one in people)
    held = profiled(table(PERSON, people), REPLY.empty(), TODAY, names=["aged_60_and_over"])
    aged = next(row for row in tally(held, table(PERSON, people)).to_pylist() if row["profile"] == "aged_60_and_over")
    assert (aged["yes"], aged["unknown"], aged["no"]) == (known, 10, 9_545 - known - 10)


def test_living_alone_by_the_roster_unless_the_household_says_otherwise() -> None:
    old, young = dt.date(1950, 1, 1), dt.date(1990, 1, 1)
    people = [person("a", "1", old), person("b", "2", old), person("c", "2", young), person("d", "3", old),
              person("e", "4", old), person("f", "4", young), person("g", "5", None)]  # fmt: skip
    replies = [said("3", "care.lives_alone", "answered", 5, "no"), said("4", "care.lives_alone", "answered", 5, "yes")]
    assert held_by(people, replies, "living_alone_over_60") == {"a": "yes", "e": "yes", "g": "unknown"}


def test_an_old_no_is_no_longer_known_an_old_yes_stays() -> None:
    people = [
        person("a", "1", dt.date(1980, 1, 1)),
        person("b", "2", dt.date(1980, 1, 1)),
        person("c", "3", dt.date(1980, 1, 1)),
    ]
    replies = [said("1", "care.home_bound", "answered", 8, "no"), said("2", "care.home_bound", "answered", 8, "yes"),
               said("3", "care.home_bound", "answered", 7, "no")]  # fmt: skip
    assert held_by(people, replies, "home_bound_household") == {"1": "unknown", "2": "yes"}


def test_newcomers_by_the_day_of_arrival() -> None:
    homes = pa.table({"person_id": ["a", "b"], "from_on": pa.array([ago(30), ago(31)], pa.date32())})
    people = [person("a", "1", None), person("b", "1", None), person("c", "2", None)]
    found = profiled(table(PERSON, people), REPLY.empty(), TODAY, names=["newly_arrived"], homes=homes)
    assert found["person_id"].to_pylist() == ["a"]


# ---- the states ----------------------------------------------------------------------------------------

HOLDS = [{"profile": "home_bound_household", "household_id": "h", "holds": "unknown"}]


def state(replies: list[dict[str, Any]]) -> tuple[str, dt.date | None]:
    row = gaps(table(PROFILED, HOLDS), FACT.empty(), table(REPLY, replies), TODAY).to_pylist()
    assert len(row) == 1 and row[0]["element"] == "care.home_bound"
    return row[0]["state"], row[0]["asked_on"]


def home_bound(word: str, days: int) -> dict[str, Any]:
    return said("h", "care.home_bound", word, days, "no" if word == "answered" else None)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([], ("never_asked", None)),
        ([("answered", 0)], ("answered", ago(0))),
        ([("answered", 7)], ("answered", ago(7))),
        ([("answered", 8)], ("stale", ago(8))),
        ([("refused", 400)], ("refused", ago(400))),
        ([("not_known", 1)], ("not_known", ago(1))),
        ([("answered", 8), ("refused", 2)], ("refused", ago(2))),
        ([("answered", 8), ("refused", 9)], ("stale", ago(8))),
        ([("answered", 8), ("refused", 8)], ("stale", ago(8))),  # on one day an answer beats a refusal
        ([("answered", 3), ("refused", 2)], ("answered", ago(2))),
        ([("refused", 2), ("not_known", 2)], ("not_known", ago(2))),
        ([("refused", 2), ("not_known", 3)], ("refused", ago(2))),
        ([("answered", -1)], ("never_asked", None)),  # tomorrow's answer is not known yet
    ],
)
def test_one_state_a_question(replies: list[tuple[str, int]], expected: tuple[str, dt.date | None]) -> None:
    """A "no" is an answer; "don't know", a refusal and never asked are three other things."""
    assert state([home_bound(word, days) for word, days in replies]) == expected
    assert state([home_bound(word, days) for word, days in reversed(replies)]) == expected


def fact(value: str, days: int | None, believed: bool, why: str = "only") -> dict[str, Any]:
    return {"person_id": "p", "element": "person.phone", "value": value, "list": "x", "batch": "", "row": 1,
            "collected_on": None if days is None else ago(days), "believed": believed, "why": why}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], "never_asked"),
        ([fact("1", 180, True)], "answered"),
        ([fact("1", 181, True)], "stale"),
        ([fact("1", None, True)], "stale"),  # a phone ages; no list says when this one was asked
        ([fact("1", 400, True), fact("1", 3, False, "agrees")], "answered"),
        ([fact("1", 400, True), fact("2", 3, False, "confirmed")], "stale"),  # another value confirms nothing
    ],
)
def test_lists_answer_questions_about_people(facts: list[dict[str, Any]], expected: str) -> None:
    held = table(PROFILED, [{"profile": "aged_60_and_over", "household_id": "h", "person_id": "p", "holds": "yes"}])
    found = {row["element"]: row for row in gaps(held, table(FACT, facts), REPLY.empty(), TODAY).to_pylist()}
    assert found["person.phone"]["state"] == expected
    assert found["care.daily_help"]["person_id"] is None and found["person.phone"]["person_id"] == "p"


def test_a_question_two_profiles_need_is_one_question() -> None:
    held = table(PROFILED, [
        {"profile": "disability_in_household", "household_id": "h", "holds": "yes"},
        {"profile": "aged_60_and_over", "household_id": "h", "person_id": "p", "holds": "yes"},
        {"profile": "aged_60_and_over", "household_id": "h", "person_id": "q", "holds": "yes"},
    ])  # fmt: skip
    found = gaps(held, FACT.empty(), REPLY.empty(), TODAY).to_pylist()
    shared = [row for row in found if row["element"] == "care.daily_help"]
    assert len(shared) == 1 and shared[0]["profiles"] == ["aged_60_and_over", "disability_in_household"]
    assert sum(row["element"] == "person.phone" for row in found) == 2


# ---- what is asked -------------------------------------------------------------------------------------


def test_visits_ask_only_the_gaps_that_may_be_asked() -> None:
    held = table(PROFILED, [{"profile": "home_bound_household", "household_id": h, "holds": "yes"} for h in "abc"])
    replies = [said("a", "care.home_bound", "answered", 1, "yes"), said("a", "care.food", "refused", 1),
               said("a", "care.pets", "not_known", 1)]  # fmt: skip
    replies += [
        said("b", e, "answered", 1, "yes")
        for e in ("care.home_bound", "care.medicine", "care.dialysis", "care.food", "care.pets")
    ]
    found = gaps(held, FACT.empty(), table(REPLY, replies), TODAY)
    doors = {
        row["household_id"]: row["elements"] for row in targeted(found, role="grid_worker", purpose="care").to_pylist()
    }
    assert doors == {"a": ["care.dialysis", "care.medicine", "care.pets"],
                     "c": ["care.dialysis", "care.food", "care.home_bound", "care.medicine", "care.pets"]}  # fmt: skip
    assert targeted(found, role="publisher", purpose="care").num_rows == 0  # nothing is granted, so nothing is asked
    with pytest.raises(WanggeError, match="E3876"):
        targeted(found, role="grid_worker", purpose="visit")


def test_counts_by_grid_name_nobody_and_keep_the_unlocated() -> None:
    held = table(PROFILED, [{"profile": "home_bound_household", "household_id": h, "holds": "unknown"} for h in "abc"])
    located = table(LOCATED, [{"household_id": "a", "grid_code": "1"}, {"household_id": "b", "grid_code": "1"}])
    found = gap_counts(
        gaps(held, FACT.empty(), table(REPLY, [said("a", "care.home_bound", "refused", 1)]), TODAY), located
    )
    rows = {row["grid_code"]: row for row in found.to_pylist()}
    assert (rows["1"]["households"], rows["1"]["refused"], rows["1"]["never_asked"]) == (2, 1, 1)
    assert rows[None]["never_asked"] == 1
    assert not {"household_id", "person_id"} & set(found.column_names)
