"""link(): checked rows of all lists -> one person, one record; households; doubts for a person to settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array
from wangge.identity.cluster import Clusters, cluster
from wangge.identity.households import households_of
from wangge.identity.keys import keys_of
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.people import People, people_of
from wangge.identity.review import review_of
from wangge.tables.shapes import GOOD_ROW, HOUSEHOLD, LINK, PERSON


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
) -> Linked:
    """GOOD_ROW of all lists -> Linked. Every good row has exactly one person; the order of rows means nothing.

    Keys are asked from the strongest to the weakest (see `comparisons/`); two different valid numbers never become one
    person, and a key that names two joins nobody: its rows are in `review`. Of several values the freshest
    (`collected_on`, up to `as_of`) counts, then the one of the list that stands first in `source_order`. An
    address asked at the door comes first, then the door that most lists agree on.

    person_id is opaque: a digest, keyed by `key`, of the valid number; of people without one, of list and row of their
    first row, so it holds for one edition of the lists. `door_lists` name the lists asked at the door: their newest
    day is `confirmed_on`.
    """
    good = canonical(GOOD_ROW.hand_over(good))
    keys = keys_of(good)
    found = cluster(keys)
    people = people_of(good, keys, found, as_of, door_lists, source_order, key)
    ids = people.values["person_id"]
    households = households_of(good, keys, people, key)
    return Linked(
        _links(good, found, people),
        _people(people, households[0], households[1]),
        _households(people, *households),
        review_of(good, found, ids, people.person),
    )


def canonical(good: pa.Table) -> pa.Table:
    """Rows by list, batch and row, whatever order they came in; chunks joined."""
    if good.num_rows == 0:
        return good.combine_chunks()
    at = _place(good, "list") << 48 | _place(good, "batch") << 32 | good.column("row").to_numpy().astype(np.int64)
    if np.all(at[1:] >= at[:-1]):
        return good
    return good.take(pa.array(np.argsort(at, kind="stable")))


def _place(good: pa.Table, name: str) -> Array:
    """The place of each row's word among the different ones, sorted."""
    coded = good.column(name).combine_chunks().dictionary_encode()
    words = np.array(coded.dictionary.to_pylist(), dtype=object)
    place: Array = np.argsort(np.argsort(words))[coded.indices.to_numpy()].astype(np.int64)
    return place


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
