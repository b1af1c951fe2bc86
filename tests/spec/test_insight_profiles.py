"""Every standing profile's own examples, and what no profile may be."""

from __future__ import annotations

import inspect
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from wangge import policy
from wangge.base.shelf import ShelfError
from wangge.dictionary import elements
from wangge.frame import evaluate
from wangge.insight import Profile, profile, profiles
from wangge.insight import profile as profile_module
from wangge.insight.profile import KNOWN, LANGUAGES
from wangge.tables.shapes import GAP, PROFILED

EACH = pytest.mark.parametrize("one", profiles().values(), ids=lambda one: one.name)


def rows(given: list[dict[str, Any]]) -> pa.Table:
    filled = [
        {name: row.get(name) for name in KNOWN.names} | {"household_id": f"{i:03}"} for i, row in enumerate(given)
    ]
    return pa.Table.from_pylist(filled, schema=KNOWN)


@EACH
def test_examples(one: Profile) -> None:
    def build(k: ir.Table) -> ir.Table:
        return k.select("household_id", hit=one.holds(k)).order_by("household_id")

    found = evaluate(build, rows([row for row, _ in one.examples]))["hit"].to_pylist()
    words = {True: "yes", False: "no", None: "unknown"}
    assert [words[hit] for hit in found] == [answer for _, answer in one.examples]


@EACH
def test_a_profile_says_its_authority_and_is_labelled(one: Profile) -> None:
    assert "Authority:" in one.meaning and set(one.label) == set(LANGUAGES)
    assert set(one.first) <= set(elements()) and one.asks


@EACH
def test_needs_are_volunteered_yes_or_no(one: Profile) -> None:
    """R6, R15: what a household says of itself is a yes or a no, kept with the base register, never banned."""
    for element in (*one.first, *one.asks):
        entry = elements()[element]
        assert not entry.banned and entry.retention.value == "register"
        if element.startswith("care."):
            assert entry.type == "yes_no" and "Volunteered" in entry.definition and entry.fresh_days


def test_nothing_scores_or_ranks() -> None:
    """R6: a profile is yes, no or unknown. No column of the tables, and no part of a profile, is a number about somebody."""
    assert all(pa.types.is_string(c.type) for c in PROFILED.columns)
    assert not any(pa.types.is_integer(c.type) or pa.types.is_floating(c.type) for c in GAP.columns)
    source = inspect.getsource(profile_module).lower()
    assert "score(" not in source and "row_number" not in source


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("ASKS", ("person.ethnicity",)),
        ("FIRST", ("care.no_such_thing",)),
        ("ASKS", ("person.phone",)),  # a household has no phone
        ("LABEL", {"en": "x"}),
        ("EXAMPLES", (({"home_bound": "yes"}, "yes"),)),
        ("SUBJECT", "grade"),
    ],
)
def test_an_unfit_profile_is_refused(monkeypatch: pytest.MonkeyPatch, part: str, value: Any) -> None:
    from wangge.insight.profiles import home_bound_household

    monkeypatch.setattr(home_bound_household, part, value)
    with pytest.raises(ShelfError, match="home_bound_household"):
        profiles.__wrapped__()


def test_an_unknown_profile_is_numbered() -> None:
    with pytest.raises(Exception, match="E3877"):
        profile("lonely_and_rich")


def test_lists_of_names_are_for_care_alone() -> None:
    """Nobody but for care is granted what households said of their needs."""
    for grant in policy.table()["grant"]:
        care = [name for name in grant["elements"] if name.startswith("care.")]
        assert not care or grant["purpose"] == "care", (grant["role"], grant["purpose"])
        assert "profile.list" not in grant["may"] or grant["purpose"] == "care"
