"""The doors of a new batch, and of the known rows that mean another door because of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array
from wangge.identity.keys import Keys
from wangge.identity.known import NO_ROWS, Known, rows_of, with_doors
from wangge.identity.known_doors import doors_of, entries_of_doors, known_of_keys, text_digests

LOW = (1 << 22) - 1


@dataclass(frozen=True)
class Fresh:
    """`keys` of the new rows with their doors; `known` with the doors of today; `moved` are known rows whose door is
    another one now; `entries` go into the index of addresses."""

    keys: Keys
    known: Known
    moved: Array
    entries: Array


def fresh_doors(known: Known, good: pa.Table, keys: Keys) -> Fresh:
    """Doors of the new rows, seen together with the known addresses of the same keys."""
    first, addresses = known.size, good.column("address")
    digest = text_digests(addresses)
    held, door_key = NO_ROWS, NO_ROWS
    if first and good.num_rows:
        door_key = known.column("door_key")
        held = known_of_keys(known.index.get("door key", ()), keys.door_key, door_key)
    theirs = rows_of(known, held, ["address"])["address"]
    said = text_digests(theirs)
    found = doors_of(pa.chunked_array([*theirs.chunks, *addresses.chunks], pa.string()), np.r_[said, digest])
    is_other = (found.door[: held.size] != known.door[held]) | (found.twin[: held.size] != known.twin[held])
    moved = _moved(known, np.unique(door_key[held[is_other]]), door_key)
    after = known
    if moved.size:
        after = _with_moved(known, moved, np.r_[said, digest], found.door, found.twin)
    moved = moved[(after.door[moved] != known.door[moved])]
    _, once = np.unique(digest, return_index=True)
    new = once[~np.isin(digest[once], said)]
    entries = entries_of_doors(keys.door_key[new], first + new)
    at = slice(held.size, None)
    return Fresh(with_doors(keys, found.door[at], found.twin[at]), after, moved, entries)


def _moved(known: Known, keys: Array, door_key: Array) -> Array:
    """Known rows of these address keys."""
    if not keys.size:
        return NO_ROWS
    # Nearly all rows are told by 22 bits of their key already.
    bits = np.zeros(LOW + 1, np.bool_)
    bits[keys & LOW] = True
    near = np.flatnonzero(bits[door_key & LOW])
    return near[np.isin(door_key[near], keys[keys >= 0])]


def _with_moved(known: Known, moved: Array, digest: Array, door: Array, twin: Array) -> Known:
    """The doors of rows by what their addresses say; every address of a key stands for one of those asked."""
    order = np.argsort(digest, kind="stable")
    said = text_digests(rows_of(known, moved, ["address"])["address"])
    at = order[np.searchsorted(digest[order], said)]
    doors, twins = known.door.copy(), known.twin.copy()
    doors[moved], twins[moved] = door[at], twin[at]
    return replace(known, door=doors, twin=twins)
