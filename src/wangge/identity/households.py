"""People -> households: those behind one door, whatever each list calls them.

A person's door is the one in the address that was believed. Who has no address that names a door stands with those of
the same household number in the same list: behind their door, or together where none of them has one. Who has neither
is a household alone: it is not known where they live, and nobody is put behind a door by guess. Where the lists say
that several families live behind one door, `families` tells them apart.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array
from wangge.identity.content import digests
from wangge.identity.families import BESIDE, Standing, families
from wangge.identity.groups import best_rows
from wangge.identity.keys import days
from wangge.identity.kin import surnames_of
from wangge.identity.opaque import WORDS, opaque_ids
from wangge.identity.people import People
from wangge.identity.sorting import numbered, runs_of
from wangge.identity.survivorship import Said, asked_at_door

HEADS = ("户主", "本人", "本人或户主", "01", "02", "0", "1", "2", "head")  # GB/T 4761: 01 self, 02 head of household
POSITIVE = 0x7FFFFFFFFFFFFFFF
AT_DOOR, OF_REGISTER, ALONE = 1, 2, 3  # what a household is known by: first word of what its id is made of


def households_of(
    said: Said, people: People, key: str, standing: Standing | None = None
) -> tuple[Array, pa.Array, pa.Array, Array]:
    """-> (household of each person, household ids, addresses, head of each household as a person)

    `standing` is given where the rows of `said` are no longer all that people's lists say (`advance_homes`).
    """
    door = _doors(said, people)
    standing = standing or standing_of(said, people)
    register = np.where(standing.asked >= 0, standing.asked, standing.other)
    kind, place = _placed(door, register, people.rank)
    lead = _leader(kind, place, people.rank)
    kind, lead = families(kind, lead, standing, people.rank)
    household, first = numbered(lead)
    n = first.size
    ids = opaque_ids("h", _words(said, people, kind, place, first, lead), key)
    head = _heads(people, household, n)
    # The address in front of the door: the head's, else that of whoever has one.
    rank = np.where(head[household] == np.arange(people.size), -1, people.rank)
    shown = best_rows(household, rank, people.row_of["address"] >= 0, n)
    address = people.values["address"].take(pa.array(shown, mask=shown < 0))
    return household, ids, address, head


def _doors(said: Said, people: People) -> Array:
    """The row that stands for the door of each person, or -1."""
    row = people.row_of["address"]
    door: Array = np.where(row >= 0, said.keys.parts["door"][row], -1)
    return door


def standing_of(said: Said, people: People) -> Standing:
    """The household numbers that each person stands under at their door, or where no door is written beside them."""
    door = _doors(said, people)
    none = np.full(people.size, -1, np.int64)
    surname = surnames_of(people.values["name"])
    number = said.good.column("household_number")
    known = number.is_valid().to_numpy()
    if not known.any():
        return Standing(none, none, np.zeros(people.size, np.int8), surname)
    code = digests(said.good.select(["list", "household_number"])) & POSITIVE
    written = said.keys.parts["door"]
    here = known & ((written < 0) | (written == door[people.person]))
    asked = asked_at_door(said)
    rows = [best_rows(people.person, said.place, here & side, people.size) for side in (asked, ~asked)]
    by_list = [np.where(row >= 0, code[row], -1) for row in rows]
    relation = said.good.column("relation_to_head")
    is_head = pc.is_in(relation, value_set=pa.array(HEADS)).to_numpy()
    says = relation.is_valid().to_numpy()
    row = np.where(rows[0] >= 0, rows[0], rows[1])
    role = np.where((row >= 0) & says[row], np.where(is_head[row], 1, 2), 0).astype(np.int8)
    return Standing(by_list[0], by_list[1], role, surname)


def _placed(door: Array, register: Array, rank: Array) -> tuple[Array, Array]:
    """What each person's household is known by: (AT_DOOR, its row), (OF_REGISTER, its number) or (ALONE, own rank)."""
    group, n = numbered_values(register)
    lead = best_rows(group, rank, (door >= 0) & (register >= 0), n)
    theirs = np.where(lead[group] >= 0, door[lead[group]], -1)
    behind = np.where(door >= 0, door, np.where(register >= 0, theirs, -1))
    kind = np.where(behind >= 0, AT_DOOR, np.where(register >= 0, OF_REGISTER, ALONE))
    return kind, np.where(behind >= 0, behind, np.where(register >= 0, register, rank))


def numbered_values(values: Array) -> tuple[Array, int]:
    """-> (values counted from 0, equal ones alike; how many there are)"""
    starts, rows = runs_of(values, np.arange(values.size))
    at = np.empty(values.size, np.int64)
    at[rows] = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    return at, starts.size - 1


def _leader(kind: Array, place: Array, rank: Array) -> Array:
    """Somebody of each household, the same for all of it."""
    at, n = numbered_values(place << 2 | kind)
    leads: Array = best_rows(at, rank, np.ones(at.size, np.bool_), n)[at]
    return leads


def _words(said: Said, people: People, kind: Array, place: Array, first: Array, lead: Array) -> Array:
    """What a household's id is made of: its door's key, its number in a list, or its only person; of a second family
    behind a door, whoever leads it."""
    kind, place = kind[first], place[first]
    words = np.zeros((first.size, WORDS), np.uint64)
    words[:, 0], words[:, 1] = kind, place.astype(np.uint64)
    behind = np.flatnonzero(kind == AT_DOOR)
    words[behind, 1] = said.keys.door_key[place[behind]].astype(np.uint64)
    twins = behind[said.keys.door_twin[place[behind]]]
    written = said.good.select(["address"]).take(pa.array(place[twins]))
    words[twins, 2] = digests(written).astype(np.uint64)
    alone = np.flatnonzero(kind == ALONE)
    words[alone] = people.words[first[alone]]
    words[alone, 0] += np.uint64(ALONE)
    others = np.flatnonzero(kind == BESIDE)
    words[others] = people.words[lead[first[others]]]
    words[others, 0] += np.uint64(BESIDE)
    return words


def _heads(people: People, household: Array, n: int) -> Array:
    """Who is written as head, else the eldest of known age, else the first. -> person of each household"""
    relation = pc.fill_null(pc.is_in(people.values["relation_to_head"], value_set=pa.array(HEADS)), False)
    born = days(people.values["birth_date"])
    age_rank = np.where(born >= 0, born, np.int64(1) << 24)
    rank = (np.where(relation.to_numpy(zero_copy_only=False), 0, 1) << 60) + (age_rank << 32) + people.rank
    heads: Array = best_rows(household, rank, np.ones(people.size, np.bool_), n)
    return heads
