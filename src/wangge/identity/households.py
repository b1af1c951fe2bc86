"""People -> households: those behind one door, whatever each list calls them.

A person's door is the one in the address that was believed. Who has no address that names a door stands with those of
the same household number in the same list: behind their door, or together where none of them has one. Who has neither
is a household alone: it is not known where they live, and nobody is put behind a door by guess.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array
from wangge.identity.groups import best_rows
from wangge.identity.keys import Keys, days
from wangge.identity.opaque import opaque_ids
from wangge.identity.people import People

HEADS = ("户主", "本人", "本人或户主", "01", "02", "0", "1", "2", "head")  # GB/T 4761: 01 self, 02 head of household


def households_of(good: pa.Table, keys: Keys, people: People, key: str) -> tuple[Array, pa.Array, pa.Array, Array]:
    """-> (household of each person, household ids, addresses, head of each household as a person)"""
    door = np.where(people.address_row >= 0, keys.parts["door"][people.address_row], -1)
    mates = _mates(good, people)
    place = _placed(door, mates)
    _, first, household = np.unique(place, return_index=True, return_inverse=True)
    ids = opaque_ids("h", _basis(good, keys, people, place[first], first, mates), key)
    head = _heads(people, household, first.size)
    has_address = people.address_row >= 0
    # The address in front of the door: the head's, else that of whoever has one.
    rank = np.where(head[household] == np.arange(people.size), -1, np.arange(people.size))
    shown = best_rows(household, rank, has_address, first.size)
    address = people.values["address"].take(pa.array(shown, mask=shown < 0))
    return household, ids, address, head


def _mates(good: pa.Table, people: People) -> Array:
    """The first row of the list and household number that a person stands under, or -1."""
    number = good.column("household_number")
    there = number.is_valid().to_numpy()
    if not there.any():
        return np.full(people.size, -1, np.int64)
    text = pc.binary_join_element_wise(good.column("list"), number, "\x1f").combine_chunks()
    codes = pc.fill_null(text.dictionary_encode().indices, -1).to_numpy().astype(np.int64)
    row = best_rows(people.person, np.arange(there.size), there, people.size)
    first = best_rows(np.where(there, codes, 0), np.arange(there.size), there, int(codes.max()) + 1)
    return np.where(row >= 0, first[np.maximum(codes[row], 0)], -1)


def _placed(door: Array, mates: Array) -> Array:
    """One number a household: the door, else the door of the household's mates, else the mates, else alone."""
    n = door.size
    everyone, has_mates = np.arange(n), mates >= 0
    size = int(mates.max(initial=-1)) + 1
    theirs = best_rows(np.where(has_mates, mates, 0), everyone, has_mates & (door >= 0), max(size, 1))
    lead = np.where(has_mates, theirs[np.maximum(mates, 0)], -1)
    behind = np.where(door >= 0, door, np.where(lead >= 0, door[lead], -1))
    span = int(max(door.max(initial=-1), mates.max(initial=-1))) + 1
    return np.where(behind >= 0, behind, np.where(has_mates, span + mates, 2 * span + everyone))


def _basis(good: pa.Table, keys: Keys, people: People, place: Array, first: Array, mates: Array) -> pa.Array:
    """What a household's id is made of: its door's key, its number in a list, or its only person."""
    span = int(max(keys.parts["door"].max(initial=-1), mates.max(initial=-1))) + 1
    door = np.minimum(place, max(keys.door_key.size - 1, 0))
    by_door = pc.binary_join_element_wise("door", pa.array(keys.door_key[door]).cast(pa.string()), "\x1f")
    written = good.column("address").take(pa.array(door)).fill_null("")
    twin = pc.binary_join_element_wise(by_door, written, "\x1f")
    by_door = pc.if_else(pa.array(keys.door_twin[door]), twin, by_door)
    row = pa.array(np.clip(mates[first], 0, None))
    names, numbers = (good.column(c).take(row).fill_null("") for c in ("list", "household_number"))
    by_number = pc.binary_join_element_wise("number", names, numbers, "\x1f")
    alone = pc.binary_join_element_wise("alone", people.values["person_id"].take(pa.array(first)), "\x1f")
    kind = np.where(place < span, 0, np.where(place < 2 * span, 1, 2))
    chosen = pc.choose(pa.array(kind), by_door, by_number, alone)
    return chosen.combine_chunks() if isinstance(chosen, pa.ChunkedArray) else chosen


def _heads(people: People, household: Array, n: int) -> Array:
    """Who is written as head, else the eldest of known age, else the first. -> person of each household"""
    relation = pc.fill_null(pc.is_in(people.values["relation_to_head"], value_set=pa.array(HEADS)), False)
    born = days(pa.chunked_array([people.values["birth_date"]]))
    age_rank = np.where(born >= 0, born, np.int64(1) << 24)
    rank = (np.where(relation.to_numpy(zero_copy_only=False), 0, 1) << 60) + (age_rank << 32) + np.arange(people.size)
    heads: Array = best_rows(household, rank, np.ones(people.size, np.bool_), n)
    return heads
