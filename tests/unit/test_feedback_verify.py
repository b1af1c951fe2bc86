"""Outcomes by example: what ends a lead, who may look again, which dwellings are confirmed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.feedback import conflicts, conserve, cover, may_verify, sample, verify, why_not
from wangge.tables import Table
from wangge.tables.shapes import ANSWER, DWELLING, LEAD, LOCATED, OUTCOME, PERSON

BEIJING = dt.timezone(dt.timedelta(hours=8))


def table(shape: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r.get(n) for n in shape.schema.names} for r in rows], schema=shape.schema)


def leads(*ids: str) -> pa.Table:
    return table(
        LEAD,
        [
            {"lead_id": i, "task_id": f"t{i}", "person_id": f"p{i}", "household_id": f"h{i}", "grade": "red"}
            for i in ids
        ],
    )


def said(
    answer_id: str,
    day: int,
    hour: int,
    result: str = "visited",
    person: str = "seen",
    residence: str = "inside",
    status: str = "assessed",
    lead: str = "L",
) -> dict[str, Any]:
    return {
        "answer_id": answer_id,
        "lead_id": lead,
        "person": person,
        "residence": residence,
        "status": status,
        "result": result,
        "by": "w",
        "observed_at": dt.datetime(2026, 11, day, hour, tzinfo=BEIJING),
    }


def nobody(answer_id: str, day: int, hour: int) -> dict[str, Any]:
    return said(answer_id, day, hour, "not_found", "not_seen", "door", "not_assessed")


def outcome(*answers: dict[str, Any]) -> tuple[str | None, bool, str | None]:
    (row,) = verify(leads("L"), table(ANSWER, list(answers))).to_pylist()
    return row["outcome"], row["is_closed"], row["answer_id"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], (None, False, None)),
        ([said("a", 1, 9)], ("full", True, "a")),
        ([said("a", 1, 9, residence="door")], ("full", True, "a")),
        ([said("a", 1, 9, residence="building")], ("partial", False, "a")),
        ([said("a", 1, 9, status="not_assessed")], ("partial", False, "a")),
        ([said("a", 1, 9, person="proxy")], ("partial", False, "a")),
        ([said("a", 1, 9, person="video", residence="not_seen")], ("video", True, "a")),  # counted apart
        ([said("a", 1, 9, person="video", status="not_assessed")], ("partial", False, "a")),
        ([said("a", 1, 9, "refused")], ("refused", True, "a")),
        ([said("a", 1, 9, "moved", "proxy")], ("moved", True, "a")),
        ([said("a", 1, 9, "visited", residence="building"), said("b", 2, 9)], ("full", True, "b")),
        (
            [said("a", 1, 9), said("b", 2, 9, "visited", residence="building")],
            ("full", True, "a"),
        ),  # a confirmed one stands
        ([said("a", 1, 9), said("b", 2, 9, "moved", "proxy")], ("moved", True, "b")),  # the latest confirmed wins
        ([nobody("a", 1, 9), nobody("b", 1, 14)], (None, False, "b")),  # two attempts are too few
        ([nobody("a", 1, 9), nobody("b", 2, 9), nobody("c", 3, 10)], (None, False, "c")),  # always in the morning
        ([nobody("a", 1, 9), nobody("b", 2, 9), nobody("c", 3, 19)], ("not_found", True, "c")),
        ([nobody("a", 1, 9), nobody("b", 1, 19), nobody("c", 2, 2)], ("not_found", True, "c")),  # night is evening
        (
            [nobody("a", 1, 9), nobody("a", 1, 9), nobody("a", 1, 9), nobody("b", 1, 19)],
            (None, False, "b"),
        ),  # sent thrice
        ([nobody("a", 1, 9), nobody("b", 1, 14), nobody("c", 1, 20), said("d", 2, 9)], ("full", True, "d")),
    ],
)
def test_what_ends_a_lead(answers: list[dict[str, Any]], expected: tuple[str | None, bool, str | None]) -> None:
    assert outcome(*answers) == expected
    assert outcome(*reversed(answers)) == expected


def test_answers_to_other_leads_change_nothing() -> None:
    made = verify(leads("L", "M"), table(ANSWER, [said("a", 1, 9, lead="stranger"), said("b", 1, 9, lead="M")]))
    assert [(r["lead_id"], r["outcome"]) for r in made.to_pylist()] == [("L", None), ("M", "full")]


def test_two_terminal_observations_that_differ_within_a_day_need_a_person() -> None:
    within = [said("a", 1, 9), said("b", 1, 20, "moved", "proxy")]
    later = [said("a", 1, 9), said("b", 2, 10, "moved", "proxy")]
    agreeing = [said("a", 1, 9), said("b", 1, 20)]
    assert conflicts(leads("L"), table(ANSWER, within)).to_pylist() == [
        {"lead_id": "L", "answer_id": "a", "other_answer_id": "b"}
    ]
    assert conflicts(leads("L"), table(ANSWER, later)).num_rows == 0
    assert conflicts(leads("L"), table(ANSWER, agreeing)).num_rows == 0


def test_leads_are_outcomes_and_open_or_it_is_an_error() -> None:
    two = leads("L", "M")
    made = verify(two, table(ANSWER, [said("a", 1, 9)]))
    assert conserve(two, made) == {"leads": 2, "outcomes": 1, "open": 1, "difference": 0}
    for broken in (made.slice(1), pa.concat_tables([made, made]), verify(leads("L", "X"), ANSWER.empty())):
        with pytest.raises(WanggeError, match="E7004"):
            conserve(two, broken)
    with pytest.raises(WanggeError, match="E7004"):
        conserve(leads("L", "L"), made)


# ---- blind re-checks ---------------------------------------------------------------------------------


def closed(n: int, n_open: int = 0) -> pa.Table:
    rows = [
        {"lead_id": f"l{i:05d}", "outcome": "full" if i < n else None, "is_closed": i < n, "needs_recheck": False}
        for i in range(n + n_open)
    ]
    return table(OUTCOME, rows)


@pytest.mark.parametrize(("n", "drawn"), [(0, 0), (10, 10), (30, 30), (1500, 30), (1501, 31), (5000, 100)])
def test_size_of_the_sample(n: int, drawn: int) -> None:
    made = sample(closed(n, n_open=40), seed=1)
    assert made.num_rows == n + 40
    chosen = [r for r in made.to_pylist() if r["needs_recheck"]]
    assert len(chosen) == drawn and all(r["is_closed"] for r in chosen)


def test_the_seed_alone_decides_who_is_drawn() -> None:
    def drawn(seed: int, outcomes: pa.Table) -> set[str]:
        return {r["lead_id"] for r in sample(outcomes, seed=seed).to_pylist() if r["needs_recheck"]}

    whole = closed(2000)
    assert drawn(1, whole) == drawn(1, whole.take(list(reversed(range(2000)))))
    assert drawn(1, whole) != drawn(2, whole)


HANDLER = {"id": "w1", "unit": "110101001001", "reports_to": "110101001"}


@pytest.mark.parametrize(
    ("verifier", "why"),
    [
        ({"id": "w1", "unit": "110101001009", "reports_to": "x"}, "same_person"),
        ({"id": "w2", "unit": "110101001001", "reports_to": "x"}, "same_unit"),
        ({"id": "w3", "unit": "110101001002", "reports_to": "110101001"}, "same_line"),  # cousin unit
        ({"id": "w4", "unit": "110101001", "reports_to": ""}, "same_line"),  # the own supervisor's unit
        ({"id": "w5", "unit": "110101001003", "reports_to": ["w1"]}, "same_line"),  # the handler's own deputy
        ({"id": "w6", "unit": "", "reports_to": ""}, "unknown"),
        ({"id": "s1", "unit": "supervision", "reports_to": "discipline"}, None),
        ({"id": "w7", "unit": "110101002001", "reports_to": ["110101002"]}, None),
    ],
)
def test_never_the_same_hands(verifier: dict[str, Any], why: str | None) -> None:
    assert why_not(HANDLER, verifier) == why
    assert why_not(verifier, HANDLER) == why
    assert may_verify(HANDLER, verifier) is (why is None)


# ---- the coverage ledger -----------------------------------------------------------------------------

AS_OF = dt.date(2026, 11, 20)


def test_one_state_a_dwelling() -> None:
    dwellings = table(
        DWELLING,
        [
            {"dwelling_id": d, "grid_code": "110101001001001", "kind": "non_residential" if d == "shop" else "home"}
            for d in ("visited", "listed", "stale", "refused", "empty", "seen_empty", "shop", "gone")
        ],
    )
    homes = {"hL": "visited", "hB": "listed", "hC": "stale", "hM": "refused", "hD": None, "hE": "shop", "hG": "gone"}
    located = table(LOCATED, [{"household_id": h, "dwelling_id": d} for h, d in homes.items()])
    asked = {
        "hB": dt.date(2026, 8, 1),
        "hC": dt.date(2026, 5, 23),
        "hD": dt.date(2026, 11, 1),
        "hG": dt.date(2026, 10, 1),
    }
    people = table(
        PERSON,
        [{"person_id": f"p{h}{i}", "household_id": h, "confirmed_on": asked.get(h)} for h in homes for i in range(2)],
    )
    two = leads("L", "M")
    answers = table(ANSWER, [said("a", 3, 9), said("b", 4, 9, "refused", lead="M")])
    states = pa.table(
        {
            "dwelling_id": ["seen_empty", "gone"],
            "state": ["vacant_confirmed", "demolished"],
            "confirmed_on": [dt.date(2026, 11, 1), dt.date(2026, 11, 2)],
        }
    )
    made = cover(dwellings, located, people, two, verify(two, answers), answers, states, as_of=AS_OF)
    rows = {r["dwelling_id"]: (r["state"], r["roster_n"], r["confirmed_on"], r["method"]) for r in made.to_pylist()}
    assert rows == {
        "visited": ("occupied_confirmed", 2, dt.date(2026, 11, 3), "visit"),
        "listed": ("occupied_confirmed", 2, dt.date(2026, 8, 1), "census"),
        "stale": ("unreached", None, None, None),  # asked 181 days ago
        "refused": ("refused", None, None, None),
        "empty": ("vacant_unconfirmed", None, None, None),  # no list names anybody: not the same as empty
        "seen_empty": ("vacant_confirmed", None, dt.date(2026, 11, 1), "visit"),
        "shop": ("non_residential", None, None, None),
        "gone": ("demolished", None, dt.date(2026, 11, 2), "visit"),  # seen gone after the list asked
    }


def test_only_full_outcomes_confirm_a_dwelling() -> None:
    dwellings = table(DWELLING, [{"dwelling_id": "d", "grid_code": "g", "kind": "home"}])
    located = table(LOCATED, [{"household_id": "hL", "dwelling_id": "d"}])
    for answer, state in (
        (said("a", 1, 9), "occupied_confirmed"),
        (said("a", 1, 9, person="video"), "unreached"),
        (said("a", 1, 9, residence="building"), "unreached"),
        (said("a", 1, 9, "moved", "proxy"), "unreached"),
    ):
        made = cover(
            dwellings, located, PERSON.empty(), leads("L"), verify(leads("L"), table(ANSWER, [answer])), as_of=AS_OF
        )
        assert made.column("state").to_pylist() == [state], answer
