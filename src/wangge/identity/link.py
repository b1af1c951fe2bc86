"""link(): checked rows of all lists -> one person, one record; households; doubts for a person to settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wangge.frame import query
from wangge.identity.bytes import Array
from wangge.identity.cluster import Clusters, cluster
from wangge.identity.content import canonical_order, digests, first_places, inverse
from wangge.identity.households import households_of
from wangge.identity.keys import Keys, keys_of
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.people import People, people_of
from wangge.identity.review import review_of
from wangge.identity.sorting import grouped, numbered
from wangge.identity.survivorship import DIGEST, KIN, Rules, load_rules, said_of
from wangge.tables.shapes import DECISION, GOOD_ROW, HOUSEHOLD, LINK, PERSON


class Linked(NamedTuple):
    """Tables of the shapes LINK, PERSON, HOUSEHOLD and REVIEW."""

    links: pa.Table
    people: pa.Table
    households: pa.Table
    review: pa.Table


def link(
    good: pa.Table,
    as_of: dt.date,
    *,
    door_lists: Sequence[str] = (),
    source_order: Sequence[str] = (),
    key: str = DEMO_KEY,
    decisions: pa.Table | None = None,
    rules: Rules | None = None,
) -> Linked:
    """GOOD_ROW of all lists -> Linked. Every good row has exactly one person, and `links` keeps the order of the rows,
    which means nothing else.

    Keys are asked from the strongest to the weakest (see `comparisons/`); two different valid numbers never become one
    person, and a key that names two joins nobody: its rows are in `review`. Which of several values is believed,
    `rules` say (`survivorship.load_rules`); `source_order` names the lists from the one believed first.

    person_id is opaque: a digest, keyed by `key`, of the valid number; of people without one, of what their first row
    says (the order of rows is made of their contents alone). `door_lists` name the lists asked at the door: their
    newest day is `confirmed_on`. `decisions` (DECISION) are what people settled: they bind whatever the keys say.
    """
    good = GOOD_ROW.hand_over(good)
    keys = keys_of(good)
    same, different = (settled_pairs(good, decisions, verdict) for verdict in ("same", "different"))
    digest = digests(good)
    keys, found, place = clusters_of(good, keys, digest, same, different)
    keys = replace(keys, parts={"door": keys.parts["door"]})  # all that is asked from here on: room for the rest
    return linked(good, keys, found, as_of, door_lists, source_order, key, place, rules, digest=digest)


def clusters_of(
    good: pa.Table, keys: Keys, digest: Array, same: Array | None = None, different: Array | None = None
) -> tuple[Keys, Clusters, Array]:
    """Cluster rows in their canonical order, whatever order they stand in. -> (keys, clusters, place of each row in
    that order), all in the order of `good`; a door is named by its first row in canonical order."""
    order = canonical_order(good, digest)
    place = inverse(order)
    first = first_places(keys.parts["door"], place)
    found = cluster(replace(keys, parts=keys.parts | {"door": first}), None, same, different, order)
    parts = keys.parts | {"door": np.where(first >= 0, order[np.maximum(first, 0)], -1)}
    return replace(keys, parts=parts), found, place


def linked(
    good: pa.Table,
    keys: Keys,
    found: Clusters,
    as_of: dt.date,
    door_lists: Sequence[str],
    source_order: Sequence[str],
    key: str,
    place: Array | None = None,
    rules: Rules | None = None,
    kin: Array | None = None,
    digest: Array | None = None,
) -> Linked:
    """Rows, their keys and clusters -> Linked: what is left once it is known who is one person.

    `place` is the place of each row in canonical order; without it the rows stand in that order. People and households
    hang on their own rows and on `kin` (`survivorship.kin_of`, which looks at everybody's doors; counted here where it
    is not given), so `distributed` asks this of one part of the rows at a time.
    """
    place = np.arange(good.num_rows) if place is None else place
    if found.untrusted.size:
        keys = replace(keys, valid=keys.valid & ~found.untrusted)
    person, leaders = numbered(found.root)
    said = said_of(good, keys, grouped(person, leaders.size), place, as_of, door_lists, source_order)
    said.made.update({name: made for name, made in ((KIN, kin), (DIGEST, digest)) if made is not None})
    people = people_of(said, person, leaders, found, rules or load_rules(), key)
    households = households_of(said, people, key)
    return Linked(
        _links(good, found, people),
        _people(people, households[0], households[1]),
        _households(people, *households),
        review_of(good, found, people.values["person_id"], person),
    )


def settled_pairs(good: pa.Table, decisions: pa.Table | None, verdict: str) -> Array:
    """Pairs of places in `good` that DECISION rows of this verdict name, int64[k, 2]; rows that are gone bind nobody."""
    if decisions is None or decisions.num_rows == 0:
        return np.empty((0, 2), np.int64)
    place = good.select(["list", "batch", "row"]).append_column("at", pa.array(np.arange(good.num_rows)))
    found = query(
        """SELECT a.at AS a, b.at AS b FROM decisions
           JOIN place a ON (a.list, a.batch, a.row) = (list_a, batch_a, row_a)
           JOIN place b ON (b.list, b.batch, b.row) = (list_b, batch_b, row_b) WHERE verdict = $verdict ORDER BY ALL""",
        {"verdict": verdict},
        place=place,
        decisions=DECISION.hand_over(decisions),
    )
    return np.stack([found["a"].to_numpy(), found["b"].to_numpy()], axis=1).astype(np.int64)


def _links(good: pa.Table, found: Clusters, people: People) -> pa.Table:
    return LINK.hand_over(
        pa.table({
            "list": good.column("list"), "batch": good.column("batch"), "row": good.column("row"),
            "person_id": people.values["person_id"].take(pa.array(people.person)),
            "evidence": pa.array(found.evidence).take(pa.array(found.how)),
        })
    )  # fmt: skip


def _people(people: People, household: np.ndarray, household_ids: pa.Array) -> pa.Table:
    return PERSON.hand_over(pa.table({**people.values, "household_id": household_ids.take(pa.array(household))}))


def _households(people: People, household: np.ndarray, ids: pa.Array, address: pa.Array, head: np.ndarray) -> pa.Table:
    return HOUSEHOLD.hand_over(
        pa.table({
            "household_id": ids, "address": address,
            "n_people": pa.array(np.bincount(household, minlength=len(ids)).astype(np.int32)),
            "head_person_id": people.values["person_id"].take(pa.array(head)),
        })
    )  # fmt: skip
