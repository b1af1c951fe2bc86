"""Clusters -> people: which of several lists is believed, value by value."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.bytes import Array, distinct, raw
from wangge.identity.bytes import there as is_there
from wangge.identity.cluster import Clusters
from wangge.identity.content import nth
from wangge.identity.groups import best_rows
from wangge.identity.keys import DAY_ZERO, parts_of_numbers, sexes
from wangge.identity.opaque import WORDS, opaque_ids
from wangge.identity.survivorship import ELEMENTS, Rules, Said, asked_at_door, rank_of

OF_NUMBER, OF_ROW = 1, 2  # first word of what an id is made of
BITS = 63  # lists that fit into one integer


@dataclass(frozen=True)
class People:
    """`person[i]` is the person of row i, counted from 0 in the order of their first rows; the rest is by person.

    `row_of` names for each element the row that was believed, or -1; `words` are what ids are made of; `rank` orders
    people by the contents of their rows.
    """

    person: Array
    values: dict[str, pa.Array]
    row_of: dict[str, Array]
    words: Array
    rank: Array

    @property
    def size(self) -> int:
        return len(self.rank)


def people_of(said: Said, person: Array, leaders: Array, found: Clusters, rules: Rules, key: str) -> People:
    """Rows, the person of each and the leading row of each person -> People."""
    good, n, number = said.good, leaders.size, found.number[leaders]
    rows = {e: best_rows(person, rank_of(said, rules, e, True), there(good, e), n) for e in ELEMENTS}
    values = {e: take(good.column(e), rows[e]) for e in ELEMENTS}
    from_number(values, number)
    words = _words(said, leaders, number)
    values["person_id"] = opaque_ids("p", words, key)
    values["n_rows"] = pa.array(np.diff(said.grouped.starts).astype(np.int32))
    values["lists"] = _lists(said, person, n)
    values["confirmed_on"] = _confirmed(said, person, n)
    return People(person, values, rows, words, said.place[leaders])


def there(good: pa.Table, element: str) -> Array:
    """Rows that say something of the element; sex 0 is no answer."""
    column = good.column(element)
    if element == "sex":
        said: Array = sexes(*raw(column)) >= 0
        return said
    return is_there(column)


def take(column: pa.ChunkedArray, rows: Array) -> pa.Array:
    """The values of some rows; null where a row is -1."""
    taken = column.take(pa.array(rows, mask=rows < 0))
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def from_number(values: dict[str, pa.Array], number: Array) -> None:
    """Where no list tells birthday or sex, a valid number does."""
    known = number >= 0
    day = parts_of_numbers(number, known)[2] - DAY_ZERO
    birth = pa.array(day.astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())
    sex = pa.array(["2", "1"], pa.string()).take(pa.array(number % 2, mask=~known))
    values["birth_date"] = pc.coalesce(values["birth_date"], birth)
    values["sex"] = pc.coalesce(values["sex"], sex, "0")


def _words(said: Said, leaders: Array, number: Array) -> Array:
    """What an id is made of: the valid number; for people without one, what their first row says."""
    words = np.zeros((leaders.size, WORDS), np.uint64)
    words[:, 0], words[:, 1] = np.where(number >= 0, OF_NUMBER, OF_ROW), number.astype(np.uint64)
    without = np.flatnonzero(number < 0)
    if without.size:
        digest = said.digest[leaders[without]]
        order = np.lexsort((said.place[leaders[without]], digest))
        words[without[order], 1] = digest[order].astype(np.uint64)
        words[without[order], 2] = nth(digest[order]).astype(np.uint64)
    return words


def _lists(said: Said, person: Array, n: int) -> pa.Array:
    """The lists that hold each person, sorted by name."""
    names = sorted(said.names)
    place = np.array([names.index(name) for name in said.names] or [0], np.int64)
    if len(names) > BITS:
        return _many_lists(place[said.lists], names, person, n)
    bits = _bits(person, place[said.lists], n)
    kinds, at = _few_kinds(bits)
    held = [[name for i, name in enumerate(names) if kind >> i & 1] for kind in kinds.tolist()]
    return pa.array(held, pa.list_(pa.string())).take(pa.array(at))


@njit(cache=True, nogil=True)
def _bits(person: Array, place: Array, n: int) -> Array:
    bits = np.zeros(n, np.int64)
    for i in range(person.size):
        bits[person[i]] |= np.int64(1) << place[i]
    return bits


def _few_kinds(bits: Array) -> tuple[Array, Array]:
    """-> (the different values, which of them each is)"""
    kinds = distinct(bits)
    return kinds, np.searchsorted(kinds, bits)


def _many_lists(place: Array, names: list[str], person: Array, n: int) -> pa.Array:
    held = distinct(person * len(names) + place)
    offsets = np.searchsorted(held, np.arange(n + 1) * len(names)).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(names).take(pa.array(held % len(names))))


def _confirmed(said: Said, person: Array, n: int) -> pa.Array:
    """The newest day on which a list that asks at the door held the person."""
    today = np.datetime64(said.as_of).astype(np.int64) + DAY_ZERO
    newest = best_rows(person, -said.day, asked_at_door(said) & (said.day <= today), n)
    return take(said.good.column("collected_on"), newest)
