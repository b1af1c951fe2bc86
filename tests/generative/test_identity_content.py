"""Rows are known by what they say: their order, batches and places change neither the grouping nor any id."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.test_identity_laws import AS_OF, ROW, rows

from wangge.identity import Linked, link
from wangge.identity.content import FIRST, SECOND, canonical_order, digests, nth, salt_of
from wangge.tables.shapes import GOOD_ROW

MASK = 2**64 - 1
TEXTS = st.none() | st.text("王李a1é𠀀", max_size=20)
SAID = st.fixed_dictionaries({"list": st.sampled_from("ab"), "name": TEXTS, "address": TEXTS,
                              "birth_date": st.none() | st.dates(dt.date(1890, 1, 1), dt.date(2026, 1, 1))})  # fmt: skip


def plain_mix(h: int) -> int:
    for _ in range(2):
        h = (h ^ h >> 32) * int(SECOND) & MASK
    return h ^ h >> 32


def plain_digest(row: dict[str, Any]) -> int:
    """The same rule, read slowly."""
    total = 0
    for name, value in row.items():
        salt = int(salt_of(name))
        if isinstance(value, dt.date):
            days = (value - dt.date(1970, 1, 1)).days
            total += plain_mix((salt ^ days & MASK) * int(FIRST) & MASK)
        elif value and name not in ("batch", "row"):
            data = value.encode()
            h = salt ^ len(data)
            whole = len(data) // 8 * 8
            for at in range(0, whole, 8):
                h = (h ^ int.from_bytes(data[at : at + 8], "big")) * int(FIRST) & MASK
                h ^= h >> 32
            total += plain_mix((h ^ int.from_bytes(data[whole:], "big")) * int(FIRST) & MASK)
    return total & MASK


def table(said: list[dict[str, Any]]) -> pa.Table:
    numbered = [{"row": i} | row for i, row in enumerate(said)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(numbered, schema=GOOD_ROW.schema))


@settings(deadline=None, max_examples=60)
@given(st.lists(SAID, max_size=6))
def test_a_digest_is_what_a_plain_reading_gives(said: list[dict[str, Any]]) -> None:
    assert digests(table(said)).view(np.uint64).tolist() == [plain_digest(row) for row in said]


@settings(deadline=None, max_examples=60)
@given(st.lists(SAID, max_size=8), st.integers(0, 99))
def test_rows_that_say_the_same_and_no_others_share_a_digest(said: list[dict[str, Any]], seed: int) -> None:
    found = digests(table(said))
    same = [tuple(row[name] or None for name in sorted(row)) for row in said]
    for i in range(len(said)):
        for j in range(i):
            assert (found[i] == found[j]) == (same[i] == same[j])
    ordered = table(said).take(pa.array(canonical_order(table(said))))
    mixed = table(said).take(pa.array(random.Random(seed).sample(range(len(said)), len(said)), pa.int32()))
    assert mixed.take(pa.array(canonical_order(mixed))).equals(ordered)
    counted = nth(digests(ordered)).tolist()
    seen: dict[Any, int] = {}
    for row, count in zip(ordered.drop_columns(["row"]).to_pylist(), counted, strict=True):
        said_here = tuple(v or None for v in row.values())
        assert count == seen.setdefault(said_here, 0)
        seen[said_here] += 1


def said_of(found: Linked, good: pa.Table) -> tuple[Any, ...]:
    """What link() says of contents, without the places at which rows stand."""
    place = {(r["list"], r["batch"], r["row"]): i for i, r in enumerate(good.to_pylist())}
    contents = [str({k: v for k, v in r.items() if k not in ("batch", "row")}) for r in good.to_pylist()]
    groups: dict[str, list[str]] = {}
    for r in found.links.to_pylist():
        groups.setdefault(r["person_id"], []).append(contents[place[r["list"], r["batch"], r["row"]]])
    people = sorted((p for p in found.people.to_pylist()), key=lambda p: p["person_id"])
    homes = sorted((h for h in found.households.to_pylist()), key=lambda h: h["household_id"])
    assert [place[r["list"], r["batch"], r["row"]] for r in found.links.to_pylist()] == list(range(good.num_rows))
    return sorted((who, sorted(said)) for who, said in groups.items()), people, homes


@settings(deadline=None, max_examples=25)
@given(st.lists(ROW, max_size=12), st.integers(0, 1000), st.integers(1, 3))
def test_batches_and_places_mean_nothing(world: list[dict[str, Any]], seed: int, n_batches: int) -> None:
    """The same rows in other batches, under other row numbers, in another order of lists: the same people and ids."""
    rng = random.Random(seed)
    one = rows(world)
    mixed = rng.sample(range(len(world)), len(world))
    batches = [f"b{rng.randrange(n_batches)}" for _ in mixed]
    two = one.take(pa.array(mixed, pa.int32()))
    two = two.set_column(one.column_names.index("batch"), "batch", pa.array(batches, pa.string()))
    two = two.set_column(
        one.column_names.index("row"), "row", pa.array(rng.sample(range(1, 99), len(mixed)), pa.int32())
    )
    options = {"door_lists": ("a",), "source_order": ("b", "a", "c")}
    assert said_of(link(one, AS_OF, **options), one) == said_of(link(two, AS_OF, **options), two)
