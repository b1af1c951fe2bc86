"""Two people: every pair of asker and second person, by person and by department."""

from __future__ import annotations

import itertools

import pytest

from wangge import policy
from wangge.policy import Signer, needs_two, second
from wangge.policy.four_eyes import acts

PEOPLE = [Signer(person, department) for person in ("a", "b", "") for department in ("X", "Y", "")]
# The acts of issue 7; a table that loses one loses the second pair of eyes.
MUST = {"release.approve", "export.rows", "number.unmask", "role.grant", "retention.extend", "leak.open"}


def test_the_acts_that_take_two_departments_are_all_there() -> None:
    assert {act for act, rule in acts().items() if rule["other_department"]} >= MUST


@pytest.mark.parametrize("act", sorted(acts()))
def test_every_pair(act: str) -> None:
    for first, other in itertools.product(PEOPLE, PEOPLE):
        differs = first.person and other.person and first.person != other.person
        apart = first.department and other.department and first.department != other.department
        expected = bool(differs and (apart or not policy.table()["four_eyes"][act]["other_department"]))
        assert second(act, first, other).holds == expected, (first, other)
        assert second(act, first, other).holds == second(act, other, first).holds  # whoever asks first


def test_an_act_nobody_wrote_down_is_refused() -> None:
    found = second("house.burn", Signer("a", "X"), Signer("b", "Y"))
    assert (found.holds, found.cause) == (False, "unknown_act")
    assert needs_two("house.burn")


@pytest.mark.parametrize(("rows", "two"), [(0, False), (50, False), (51, True)])
def test_an_export_takes_two_over_fifty_rows(rows: int, two: bool) -> None:
    assert needs_two("export.rows", rows) is two
    assert needs_two("number.unmask", 1)
