"""A decision in words: what is said, in which language, and that every cause has its sentence."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from wangge.__main__ import main
from wangge.policy import Question, explain, judge
from wangge.policy.explain import LANGUAGES, verb_words
from wangge.policy.rules import Cause

TASK = ("grid_worker", "visit", "task.open")
CAUSES = {
    "granted": Question(*TASK, relation="own", element="person.name"),
    "no_grant": Question("clerk", "visit", "task.open"),
    "no_verb": Question("clerk", "intake", "task.open"),
    "phase": Question(*TASK, phase="ended"),
    "forbidden": Question("community_police", "visit", "person.open"),
    "relation": Question(*TASK, relation="area"),
    "element": Question(*TASK, element="person.id_number"),
    "unknown": Question(*TASK[:2], "task.burn"),
}


def test_every_cause_has_an_example() -> None:
    assert set(CAUSES) == set(get_args(Cause))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_said_in_words(cause: str, lang: str) -> None:
    found, lines = judge(CAUSES[cause]), explain(CAUSES[cause], lang)
    assert found.cause == cause
    assert found.verdict == {"granted": "allowed", "unknown": "gap"}.get(cause, "refused")
    assert len(lines) >= 2
    assert not any("{" in line for line in lines)
    assert lines[0] != explain(CAUSES[cause], next(one for one in LANGUAGES if one != lang))[0]


def test_it_says_the_reason_the_basis_and_where_to_turn() -> None:
    assert explain(CAUSES["phase"], "en") == [
        "Refused: visits at the door holds only during the emergency, while it winds down; now it is after its end.",
        "No role may.",
        "Basis: Emergency order; signed batch. Kept: destroyed with the emergency. Answerable: community lead.",
    ]
    assert "data officer (household register)" in explain(CAUSES["forbidden"], "en")[1]
    assert "R4" in explain(CAUSES["forbidden"], "zh-hans")[0]


def test_an_element_not_granted_is_not_among_those_shown() -> None:
    assert "ID number" not in explain(Question(*TASK), "en")[1]
    assert "ID number" in explain(Question("data_officer", "register", "person.open"), "en")[1]


def test_an_unknown_relation_or_phase_is_a_gap() -> None:
    assert judge(Question(*TASK, relation="neighbour")).verdict == "gap"
    assert judge(Question(*TASK, phase="always")).verdict == "gap"


def test_a_verb_without_words_is_shown_as_it_is() -> None:
    assert verb_words("task.open", "en") == "open envelopes"
    assert verb_words("task.burn", "zh-hans") == "task.burn"


def test_the_command_answers_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["policy", "explain", "--role", "grid_worker", "--purpose", "visit", "--verb", "task.open"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "允许" in said
    assert "允許" in said
    assert "Allowed" in said
    assert main([*words, "--relation", "all", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["cause"] == "relation"
