"""The attack: try every table of counts that could lie behind a release. No redacted count may be certain."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wangge.publish import release
from wangge.publish.attack import known_from
from wangge.publish.draft import draft
from wangge.tables.shapes import CELL, RELEASE

STREET = "110101001"
KINDS = {6: "district", 9: "street", 12: "community"}
COUNTS = st.lists(st.integers(0, 17), min_size=1, max_size=3)


def cells(counts: list[int]) -> pa.Table:
    rows = [
        {"area_code": code, "kind": KINDS[len(code)], **dict.fromkeys(CELL.schema.names[2:], 0), "overdue": n}
        for code, n in [(f"{STREET}00{i}", n) for i, n in enumerate(counts)]
        + [(STREET, sum(counts)), (STREET[:6], sum(counts))]
    ]
    return pa.Table.from_pylist(rows, schema=CELL.schema)


def exact(rows: dict[str, int]) -> pa.Table:
    return pa.Table.from_pylist(
        [{"area_code": a, "measure": "overdue", "value": v, "shown": str(v)} for a, v in rows.items()],
        schema=RELEASE.schema,
    )


def shown(table: pa.Table) -> dict[str, str]:
    return {r["area_code"]: r["shown"] for r in table.to_pylist() if r["measure"] == "overdue"}


def behind(counts: list[int], total: int | None) -> list[tuple[int, ...]]:
    """All tables of counts that would be published the same way, and whose exact total is `total` where one is known."""
    public = shown(release(cells(counts), "public").rows)
    possible = []
    for other in itertools.product(*(range(max(0, n - 7), n + 8) for n in counts)):
        if total is not None and sum(other) != total:
            continue
        rounded = {f"{STREET}00{i}": "<8" if n < 8 else str(5 * round(n / 5)) for i, n in enumerate(other)}
        if all(public[a] == text for a, text in rounded.items()):
            possible.append(other)
    return possible


def certain(counts: list[int], possible: list[tuple[int, ...]]) -> set[str]:
    return {f"{STREET}00{i}" for i, n in enumerate(counts) if n < 8 and len({p[i] for p in possible}) == 1}


@settings(max_examples=15, deadline=None)
@given(COUNTS)
def test_a_release_alone_gives_no_small_count_away(counts: list[int]) -> None:
    assert release(cells(counts), "public").verdict == "released"
    assert certain(counts, behind(counts, None)) == set()


@settings(max_examples=25, deadline=None)
@given(COUNTS)
def test_with_an_exact_total_elsewhere_it_is_refused_just_when_a_small_count_is_certain(counts: list[int]) -> None:
    """An exact total of 0 or a multiple of 5 cannot be told from a rounded one: read as exact only by a sibling."""
    total = sum(counts)
    earlier = exact({STREET: total, "110101009": 1})  # the second row shows that this house does not round
    given_away = certain(counts, behind(counts, total))
    made = release(cells(counts), "public", [earlier])
    found = {reason.split(":")[1] for reason in made.reasons}
    assert found == given_away
    assert (made.verdict == "refused") == bool(given_away)


@settings(max_examples=10, deadline=None)
@given(COUNTS, st.integers(0, 2))
def test_bounds_always_hold_the_truth(counts: list[int], which: int) -> None:
    assume(which < len(counts))
    earlier = exact({STREET: sum(counts), f"{STREET}00{which}": counts[which], "110101009": 1})
    bounds = known_from(draft(cells(counts), "public", ()), (earlier,))
    column: Any = bounds.measures.index("overdue")
    for i, n in enumerate(counts):
        row = bounds.areas.index(f"{STREET}00{i}")
        assert bounds.low[row, column] <= n <= bounds.high[row, column]
