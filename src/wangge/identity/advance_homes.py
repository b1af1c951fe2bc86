"""Households of all people after a run, each under the id it had as far as its people stay together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa

from wangge.identity.advance_ids import PersonIds, named
from wangge.identity.bytes import Array
from wangge.identity.content import digests
from wangge.identity.families import Standing
from wangge.identity.groups import best_rows
from wangge.identity.households import households_of, numbered_values
from wangge.identity.keys import Keys
from wangge.identity.kin import surnames_of
from wangge.identity.known import NO_ROWS, Known
from wangge.identity.merges import settle
from wangge.identity.opaque import WORDS
from wangge.identity.people import People
from wangge.identity.sorting import Grouped
from wangge.identity.survivorship import Said
from wangge.tables.shapes import HOUSEHOLD


def settle_homes(known: Known, state: Known, ids: PersonIds, key: str) -> tuple[Known, dict[str, int]]:
    """The state with its households, and how many there are, are new, and are not what they were."""
    people = state.people.combine_chunks()
    at = people["at"].to_numpy()
    names = state.person_ids.ids.take(pa.array(at))
    group, wanted, address, head = _homes(people, names, key)
    home = np.full(len(state.person_ids.ids), -1, np.int64)
    home[known.people["at"].to_numpy()] = known.people["home"].to_numpy()
    was = home[at]
    n_ids = len(known.home_ids.ids)
    size = np.bincount(known.people["home"].to_numpy(), minlength=n_ids)
    asked = np.flatnonzero(size)
    settled = settle(group, was, np.zeros(at.size, np.bool_), len(wanted), asked, known.home_ids.since, size)
    chosen = settled.chosen.copy()
    is_held = np.zeros(n_ids, np.bool_)
    is_held[chosen[chosen >= 0]] = True
    fresh = np.flatnonzero(chosen < 0)
    chosen[fresh], homes = named(known.home_ids, wanted.take(pa.array(fresh)), is_held, state.run, key)
    ids_of = homes.ids.take(pa.array(chosen))
    table = HOUSEHOLD.hand_over(pa.table({
        "household_id": ids_of, "address": address,
        "n_people": pa.array(np.bincount(group, minlength=chosen.size).astype(np.int32)),
        "head_person_id": names.take(pa.array(head)),
    }))  # fmt: skip
    filled = {"person_id": names, "household_id": ids_of.take(pa.array(group)), "home": pa.array(chosen[group])}
    for name, values in filled.items():
        people = people.set_column(people.column_names.index(name), name, values)
    counts = {"new": int(fresh.size), "changed": int(np.unique(settled.group).size), "gone": int(settled.gone.size)}
    return replace(state, people=people, households=table, home_ids=homes), counts


def _homes(people: pa.Table, names: pa.Array, key: str) -> tuple[Array, pa.Array, pa.Array, Array]:
    """households_of() with one row a person: the believed address and the household number that the person stands under."""
    n = people.num_rows
    if n == 0:
        return NO_ROWS, pa.array([], pa.string()), pa.array([], pa.string()), NO_ROWS
    door = people["door"].to_numpy()
    group, n_doors = numbered_values(door)
    first = best_rows(group, np.arange(n), door >= 0, n_doors)
    keys = Keys(
        {"door": first[group]}, NO_ROWS, np.zeros(0, np.bool_),
        people["door_key"].to_numpy(), people["twin"].to_numpy(),
    )  # fmt: skip
    rows = pa.table({"address": people["address"]})
    standing = Standing(
        people["mate_asked"].to_numpy(), people["mate_other"].to_numpy(), people["mate_role"].to_numpy(),
        surnames_of(people["name"]),
    )  # fmt: skip
    place = np.arange(n)
    rank = np.empty(n, np.int64)  # by what is said of people, not by when they came
    rank[np.argsort(people["said"].to_numpy())] = place
    said = Said(rows, keys, Grouped(np.arange(n + 1), place), rank, dt.date.max, (), (), NO_ROWS, [], NO_ROWS)
    values = {name: _whole(people[name]) for name in ("name", "address", "birth_date", "relation_to_head")}
    words = np.zeros((n, WORDS), np.uint64)
    words[:, 0], words[:, 1] = 1, digests(pa.table({"id": names})).view(np.uint64)
    row = {"address": np.where(people["address"].is_valid().to_numpy(), place, -1)}
    return households_of(said, People(place, values | {"person_id": names}, row, words, rank), key, standing)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)
