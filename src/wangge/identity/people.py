"""Clusters -> people: which of several lists is believed, value by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array, distinct
from wangge.identity.cluster import Clusters
from wangge.identity.content import digests, nth
from wangge.identity.groups import best_rows
from wangge.identity.keys import DAY_ZERO, Keys, days
from wangge.identity.opaque import opaque_ids

VALUES = ("name", "birth_date", "sex", "phone", "address", "relation_to_head")


@dataclass(frozen=True)
class People:
    """`person[i]` is the person of row i, counted from 0 in the order of their first rows; `values` by person."""

    person: Array
    values: dict[str, pa.Array]
    address_row: Array  # row whose address was believed, or -1

    @property
    def size(self) -> int:
        return len(self.values["person_id"])


def people_of(
    good: pa.Table, keys: Keys, found: Clusters, as_of: dt.date, doors: Sequence[str], order: Sequence[str], key: str
) -> People:
    """Rows in canonical order and their clusters -> People."""
    leaders, person = np.unique(found.root, return_inverse=True)
    n = leaders.size
    rank = freshness(good, as_of, order)
    ranks = dict.fromkeys(VALUES, rank) | {"address": corroborated(good, keys, person, rank, doors)}
    best = {name: best_rows(person, ranks[name], _there(good, name), n) for name in VALUES}
    values = {name: _take(good.column(name), rows) for name, rows in best.items()}
    is_long = pc.equal(pc.binary_length(good.column("id_number")), 18).fill_null(False).to_numpy()
    # A valid number before a broken one, 18 places before 15, and only then the freshest.
    number_rank = rank + (np.where(keys.valid, 0, 1) << 60) + (np.where(is_long, 0, 1) << 59)
    has_number = good.column("id_number").is_valid().to_numpy()
    values["id_number"] = _take(good.column("id_number"), best_rows(person, number_rank, has_number, n))
    _from_number(values, found.number[leaders])
    values["person_id"] = opaque_ids("p", _basis(good, leaders, found.number[leaders]), key)
    values["n_rows"] = pa.array(np.bincount(person, minlength=n).astype(np.int32))
    values["lists"] = _lists(good, person, n)
    values["confirmed_on"] = _confirmed(good, person, n, as_of, doors)
    return People(person, values, best["address"])


def freshness(good: pa.Table, as_of: dt.date, order: Sequence[str]) -> Array:
    """Rank of each row, lower is believed first: newest collected_on, then the order of sources, then its place."""
    coded = good.column("list").combine_chunks().dictionary_encode()
    names = coded.dictionary.to_pylist()
    place = {name: i for i, name in enumerate([*order, *sorted(set(names) - set(order))])}
    source = np.array([place[name] for name in names] or [0], np.int64)[coded.indices.to_numpy()]
    today = (as_of - dt.date(1970, 1, 1)).days + DAY_ZERO
    day = days(good.column("collected_on"))
    age = np.where((day >= 0) & (day <= today), today - day, np.int64(1) << 22)  # not dated: after all dated ones
    rank: Array = age << 36 | source << 28 | np.arange(good.num_rows, dtype=np.int64)
    return rank


def corroborated(good: pa.Table, keys: Keys, person: Array, rank: Array, doors: Sequence[str]) -> Array:
    """Rank of each row's address: asked at the door and dated first, then the door that most lists agree on.

    Lists keep addresses that people left long ago, and most do not say from when they are: one that two departments
    hold alike is more often right than the one that happens to stand first.
    """
    coded = good.column("list").combine_chunks().dictionary_encode()
    door = keys.parts["door"]
    place = person * door.size + door
    n_names = max(len(coded.dictionary), 1)
    claims = distinct((place * n_names + coded.indices.to_numpy())[door >= 0])
    said, lists = np.unique(claims // n_names, return_counts=True)
    at = np.minimum(np.searchsorted(said, place), max(said.size - 1, 0))
    n_lists = np.where(door >= 0, lists[at] if lists.size else 0, 0)
    asked = pc.is_in(good.column("list"), value_set=pa.array(list(doors), pa.string())).to_numpy()
    asked &= days(good.column("collected_on")) >= 0
    first: Array = np.where(asked, 0, 8 - np.minimum(n_lists, 7)) << 59
    return rank + first


def _there(good: pa.Table, name: str) -> Array:
    there: Array = good.column(name).is_valid().to_numpy()
    if name == "sex":  # 0 is no answer
        there = pc.is_in(good.column(name), value_set=pa.array(["1", "2"])).to_numpy()
    return there


def _take(column: pa.ChunkedArray, rows: Array) -> pa.Array:
    taken = column.take(pa.array(rows, mask=rows < 0))
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def _from_number(values: dict[str, pa.Array], number: Array) -> None:
    """Where no list tells birthday or sex, a valid number does."""
    known = number >= 0
    ymd = np.where(known, number // 1000 % 10**8, 19700101)
    month = ((ymd // 10000 - 1970) * 12 + ymd // 100 % 100 - 1).astype("datetime64[M]").astype("datetime64[D]")
    birth = pa.array(month + (ymd % 100 - 1).astype("timedelta64[D]"), pa.date32(), mask=~known)
    sex = pa.array(np.where(number % 2 == 1, "1", "2"), pa.string(), mask=~known)
    values["birth_date"] = pc.coalesce(values["birth_date"], birth)
    values["sex"] = pc.coalesce(values["sex"], sex, "0")


def _basis(good: pa.Table, leaders: Array, number: Array) -> pa.Array:
    """What an id is made of: the valid number; for people without one, what their first row says."""
    without = np.flatnonzero(number < 0)
    said = digests(good.take(pa.array(leaders[without])))
    texts = pc.binary_join_element_wise("id", pa.array(number).cast(pa.string()), "\x1f")
    rows = (pa.array(part).cast(pa.string()) for part in (said, nth(said)))
    return pc.replace_with_mask(texts, pa.array(number < 0), pc.binary_join_element_wise("row", *rows, "\x1f"))


def _lists(good: pa.Table, person: Array, n: int) -> pa.Array:
    """The lists that hold each person, sorted by name."""
    coded = good.column("list").combine_chunks().dictionary_encode()
    names = coded.dictionary.to_pylist()
    by_name = np.argsort(np.array(names, dtype=object)) if names else np.zeros(0, np.int64)
    place = np.empty(len(names), np.int64)
    place[by_name] = np.arange(len(names))
    held = distinct(person * max(len(names), 1) + place[coded.indices.to_numpy()])
    offsets = np.searchsorted(held, np.arange(n + 1) * max(len(names), 1)).astype(np.int32)
    sorted_names = pa.array([names[i] for i in by_name], pa.string())
    return pa.ListArray.from_arrays(offsets, sorted_names.take(pa.array(held % max(len(names), 1))))


def _confirmed(good: pa.Table, person: Array, n: int, as_of: dt.date, doors: Sequence[str]) -> pa.Array:
    """The newest day on which a list that asks at the door held the person."""
    day = days(good.column("collected_on"))
    asked = pc.is_in(good.column("list"), value_set=pa.array(list(doors), pa.string())).to_numpy()
    today = (as_of - dt.date(1970, 1, 1)).days + DAY_ZERO
    newest = best_rows(person, -day, asked & (day >= 0) & (day <= today), n)
    return _take(good.column("collected_on"), newest)
