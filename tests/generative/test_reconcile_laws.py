"""Several answers to one lead: the outcome is the same in every order, twice is once, and no clock decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.feedback import BASES, ends_alone, reconcile, verify
from wangge.field import door
from wangge.tables.shapes import ANSWER, LEAD

NOON = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
LEADS = pa.table(
    {"lead_id": ["l"], "task_id": ["t"], "person_id": ["p"], "household_id": ["h"], "grade": ["red"]},
    schema=LEAD.schema,
)
ENDS = {"full": ("visited", "seen", "door", "assessed"), "video": ("visited", "video", "not_seen", "assessed"),
        "moved": ("moved", "not_seen", "not_seen", "not_assessed"), "": ("visited", "seen", "door", "not_assessed")}  # fmt: skip


def answer(i: int, result: str, person: str, residence: str, status: str, minutes: int = 0) -> dict[str, Any]:
    return {"answer_id": f"a{i}", "lead_id": "l", "person": person, "residence": residence, "status": status, "result": result,
            "by": f"w{i % 2}", "observed_at": NOON + dt.timedelta(minutes=minutes)}  # fmt: skip


def decide(rows: list[dict[str, Any]], bases: list[tuple[int, int]]) -> list[dict[str, Any]]:
    pairs = pa.table({"answer_id": [f"a{a}" for a, _ in bases], "base": [f"a{b}" for _, b in bases]}, schema=BASES)
    return reconcile(LEADS, pa.Table.from_pylist(rows, schema=ANSWER.schema), pairs).to_pylist()


said = st.lists(st.tuples(st.sampled_from(sorted(ENDS)), st.integers(-600_000, 600_000)), min_size=1, max_size=5)
links = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(said, links, st.randoms())
def test_order_repetition_and_clocks_mean_nothing(
    what: list[tuple[str, int]], bases: list[tuple[int, int]], chance: Any
) -> None:
    rows = [answer(i, *ENDS[end], minutes=at) for i, (end, at) in enumerate(what)]
    first = decide(rows, bases)
    shuffled, links_again = [*rows, *rows[:2]], [*bases, *bases[:1]]
    chance.shuffle(shuffled)
    chance.shuffle(links_again)
    assert decide(shuffled, links_again) == first
    moved_clocks = [row | {"observed_at": NOON + dt.timedelta(minutes=chance.randint(-9999, 9999))} for row in rows]
    assert decide(moved_clocks, bases) == first
    assert bool(first) == any(end for end, _ in what)


@settings(max_examples=40, deadline=None)
@given(said)
def test_what_differs_and_knows_nothing_of_each_other_is_never_hidden(what: list[tuple[str, int]]) -> None:
    rows = [answer(i, *ENDS[end], minutes=at) for i, (end, at) in enumerate(what)]
    ends = {end for end, _ in what if end}
    for row in decide(rows, []):
        assert row["is_disputed"] == (len(ends) > 1)
        assert row["outcome"] in ends and (row["outcome"] != "full" or ends == {"full"})


def test_who_answers_in_sight_of_an_answer_stands_above_it() -> None:
    video, full = answer(0, *ENDS["video"], minutes=90), answer(1, *ENDS["full"], minutes=-90)
    assert decide([video, full], [(1, 0)])[0] | {"heads": None} == {
        "lead_id": "l", "outcome": "full", "answer_id": "a1", "is_disputed": False, "heads": None}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(*[st.sampled_from(sorted(door()[part])) for part in ("result", "person", "residence", "status")])
def test_the_quick_rule_for_one_answer_is_the_rule(result: str, person: str, residence: str, status: str) -> None:
    one = answer(0, result, person, residence, status)
    row = verify(LEADS, pa.Table.from_pylist([one], schema=ANSWER.schema)).to_pylist()[0]
    assert ends_alone(one) == (row["outcome"] if row["is_closed"] else None)
