"""Real requests of every role for every purpose in every phase: the product agrees with the table, expanded by other hands.

The short form; `just matrix 5000` asks as many as it is told and takes every guard away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.matrix import (
    KINDS,
    PLACED,
    Ask,
    Asker,
    addresses,
    expanded,
    expected,
    in_words,
    sample,
    sweep,
)
from tests.server.matrix_plants import FILTERS, SHOW, plant_all, shown_to_nobody
from tests.server.matrix_world import build

from wangge import policy

N = 300
EVERY = 12  # each so many-th guard is taken away here
READERS = [role for role in policy.table()["role"] if role != "system"]


@pytest.fixture
def asker(district: Any) -> Iterator[Asker]:
    logging.disable(logging.CRITICAL)
    yield Asker(build(READERS))
    logging.disable(logging.NOTSET)


def test_the_product_agrees_with_the_table(asker: Asker) -> None:
    n, wrong = sweep(asker, sample(asker.world, N))
    assert n == N
    assert [in_words(one) for one in wrong] == []


def test_nothing_is_shown_past_the_table(asker: Asker) -> None:
    assert [in_words(one) for one in shown_to_nobody(asker, each=1)] == []


def test_every_guard_that_is_taken_away_is_noticed(asker: Asker) -> None:
    planted = plant_all(asker, EVERY)
    assert len(planted) >= 15
    assert [name for name, found in planted.items() if not found] == []


def test_the_oracle_says_all_four() -> None:
    """It is no oracle if it only ever refuses."""
    by_name = {one.name: one for one in addresses()}
    ask = Ask(by_name["person"], "GET", "community_lead", "register", "active", "area")
    assert expected(ask) == "open"
    assert expected(Ask(by_name["person"], "GET", "community_lead", "register", "active", "elsewhere")) == "absent"
    assert expected(Ask(by_name["person"], "GET", "clerk", "intake", "active", "area")) == "refused"
    assert expected(Ask(by_name["person"], "GET", "", "register", "active", "area")) == "sign_in"


def test_what_the_matrix_names_is_still_there() -> None:
    names = {one.name for one in addresses()}
    assert {*KINDS, *PLACED, *SHOW} <= names
    assert len({name for _module, name, _without in FILTERS}) == len(FILTERS)
    assert len(expanded()[0]) > 500
