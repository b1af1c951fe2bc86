"""The table of matters: whole, and its rules by example."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from wangge.base.errors import WanggeError
from wangge.feedback import (
    MatterFacts,
    handling_limit,
    matter_moves,
    matter_open,
    matter_possible,
    matter_step,
    matter_terms,
    matter_words,
    next_due,
)
from wangge.feedback.matters import GUARDS

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def facts(**given: Any) -> MatterFacts:
    return MatterFacts(**({"now": NOON, "words": "到场所见", "own_unit": True, "apart": True, "unit": "u"} | given))


def refused(code: str, *args: Any) -> None:
    with pytest.raises(WanggeError) as error:
        matter_step(*args)
    assert error.value.code == code


def test_the_table_is_whole() -> None:
    states, reached = set(matter_terms()["state"]), {m.to for m in matter_moves() if m.to}
    assert reached == states  # no state nobody gets to
    assert {s for m in matter_moves() for s in m.come_from} - {""} <= states
    assert {name for m in matter_moves() for name in m.guards} == set(GUARDS)
    for state in states:
        assert matter_open(state) == any(state in m.come_from and m.to not in ("", "reopened") for m in matter_moves())
    for part in ("state", "kind", "class", "source", "satisfaction", "act"):
        assert all(set(map(bool, (matter_words(part, lang)[code] for lang in ("zh-hans", "zh-hant", "en")))) == {True}
                   for code in matter_words(part))  # fmt: skip
    assert all(row["class"] in matter_terms()["class"] for row in matter_terms()["kind"].values())


def test_no_path_to_closed_avoids_feedback_and_verification() -> None:
    """Remove either state and nothing leads from reported to closed."""
    for without in ("feedback", "verified"):
        seen, edge = {"reported"}, ["reported"]
        while edge:
            here = edge.pop()
            after = {m.to for m in matter_moves() if here in m.come_from and m.to} - {without} - seen
            seen |= after
            edge += after
        assert "closed" not in seen


@pytest.mark.parametrize("act", ["confirm", "send_back"])
def test_who_handled_does_not_verify(act: str) -> None:
    assert matter_step("feedback", act, "verify", facts())
    refused("E7101", "feedback", act, "verify", facts(apart=False))
    refused("E7101", "feedback", act, "verify", facts(acted=frozenset({"feed_back"})))
    refused("E7109", "feedback", act, "verify", facts(reopened_verifier=True))


def test_who_verified_does_not_close() -> None:
    assert matter_step("verified", "close", "close", facts()) == "closed"
    refused("E7109", "verified", "close", "close", facts(acted=frozenset({"confirm"})))
    refused("E7101", "verified", "close", "close", facts(apart=False))
    refused("E7100", "feedback", "close", "close", facts())
    refused("E7100", "verified", "close", "handle", facts())


def test_the_second_return_is_arbitrated_and_then_stays() -> None:
    here = {"dispatched_at": NOON - HOUR, "due_at": NOON + 3 * HOUR}
    assert matter_step("dispatched", "return", "handle", facts(**here)) == "returned"
    assert matter_step("dispatched", "return", "handle", facts(**here, n_returns=1)) == "arbitration"
    refused("E7105", "dispatched", "return", "handle", facts(**here, n_returns=1, arbitrated=True))
    refused("E7104", "dispatched", "return", "handle", facts(dispatched_at=NOON - 3 * HOUR, due_at=NOON + HOUR))
    refused("E7103", "dispatched", "return", "handle", facts(**here, own_unit=False))


def test_one_extension_before_it_is_due() -> None:
    asked = {"due_at": NOON + HOUR, "until": NOON + 5 * HOUR}
    assert matter_step("in_progress", "ask_extension", "handle", facts(**asked)) == "extension_asked"
    refused("E7105", "in_progress", "ask_extension", "handle", facts(**asked, n_extensions=1))
    refused("E7104", "in_progress", "ask_extension", "handle", facts(due_at=NOON, until=NOON + HOUR))
    refused("E7107", "in_progress", "ask_extension", "handle", facts(due_at=NOON + HOUR, until=NOON + HOUR))


def test_reopening_once_without_a_reason_within_fifteen_days() -> None:
    late = {"closed_at": NOON - dt.timedelta(days=15, seconds=1)}
    soon = {"closed_at": NOON - dt.timedelta(days=15)}
    assert matter_step("closed", "reopen", "reopen", facts(**soon, words="")) == "reopened"
    refused("E7102", "closed", "reopen", "reopen", facts(**soon, words="", n_reopens=1))
    assert matter_step("closed", "reopen", "reopen", facts(**soon, n_reopens=1)) == "reopened"
    refused("E7104", "closed", "reopen", "reopen", facts(**late))


def test_limits() -> None:
    assert handling_limit("manhole") == 4 * HOUR and handling_limit("wall_unsafe") == 360 * HOUR
    assert next_due("reported", NOON, None) == NOON + HOUR / 2
    assert next_due("in_progress", NOON, NOON + HOUR) == NOON + HOUR
    assert next_due("closed", NOON, None) is None and next_due("hung_up", NOON, None) is None


def test_what_a_reader_could_do() -> None:
    assert [m.act for m in matter_possible("feedback", frozenset({"verify", "close"}))] == ["confirm", "send_back"]
    assert [m.act for m in matter_possible("dispatched", frozenset({"handle"}))] == ["acknowledge", "return"]
    assert matter_possible("closed", frozenset({"handle"})) == ()
