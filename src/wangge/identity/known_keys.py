"""Which known rows a new row may have to do with: the components of rows that share a key.

Two rows can come into one cluster only by a chain of rows of which each shares a key of some comparison with the next,
and a key that only rows with a valid number of their own hold joins nobody: equal numbers are one already, different
ones never are. A row is open that has no valid number, or one that may prove another's or a slip (see `numbers`), or
of which a person settled something. So a component is closed under shared keys that some open row holds, and under
equal numbers. What is recomputed for whole components comes out as it would among all rows, as far as keys go; what
is learnt from all rows (`rest`, `only_holder`) is not learnt from a part of them.

An index holds, for each comparison, one int64 an entry, sorted: 34 bits of the key, the row, whether the row is open. Two keys of the same 34 bits tie components that need no tie: that costs time, never truth.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from wangge.identity.by_number import asked_parts
from wangge.identity.bytes import Array
from wangge.identity.cluster import all_comparisons
from wangge.identity.groups import find
from wangge.identity.keys import Keys
from wangge.identity.normal import mixed

ROW_BITS = 28  # 268 million rows
OPEN_BIT, SHIFT = 1, ROW_BITS + 1
HASH_BITS = 63 - SHIFT
LARGEST = (1 << ROW_BITS) - 1
Index = dict[str, tuple[Array, ...]]  # by comparison, the entries of each run


def entries_of(keys: Keys, parts: tuple[str, ...], rows: Array, is_open: Array) -> Array:
    """-> the sorted entries of the rows that hold every part; `rows` are their places among all known rows."""
    key, there = mixed(*(keys.parts[part] for part in parts))
    at = np.flatnonzero(there)
    entry: Array = (key[at] >> (63 - HASH_BITS)) << SHIFT | rows[at] << 1 | is_open[at]
    entry.sort()
    return entry


def hits(known: Sequence[Array], asked: Array) -> Array:
    """The known entries of the keys that `asked` (entries, sorted) holds."""
    if not asked.size:
        return asked
    wanted = asked >> SHIFT
    wanted = wanted[np.r_[True, wanted[1:] != wanted[:-1]]]
    found = [np.zeros(0, np.int64)]
    for entries in known:
        low = np.searchsorted(entries, wanted << SHIFT)
        high = np.searchsorted(entries, (wanted + 1) << SHIFT)
        found.append(np.asarray(entries[ranges(low, high)]))
    both: Array = np.concatenate(found)
    return both


def ranges(low: Array, high: Array) -> Array:
    """-> low[0]..high[0]-1, low[1]..high[1]-1, …"""
    size = high - low
    there = size > 0
    low, size = low[there], size[there]
    begins = np.cumsum(size) - size
    at: Array = np.arange(int(size.sum())) + np.repeat(low - begins, size)
    return at


@njit(cache=True)
def tie(entries: Array, parent: Array, always: bool) -> None:
    """Entries, sorted: rows of one key are tied where one of them is open, or always."""
    n, i = entries.size, 0
    while i < n:
        j, key, is_open = i, entries[i] >> SHIFT, always
        while j < n and entries[j] >> SHIFT == key:
            is_open = is_open or entries[j] & OPEN_BIT == OPEN_BIT
            j += 1
        if is_open:
            a = find(parent, (entries[i] >> 1) & LARGEST)
            for k in range(i + 1, j):
                b = find(parent, (entries[k] >> 1) & LARGEST)
                if a != b:
                    a, b = min(a, b), max(a, b)
                    parent[b] = a
        i = j


@njit(cache=True)
def worth_keeping(entries: Array, parent: Array, fresh: Array) -> Array:
    """Entries, sorted, some of rows that are `fresh`: which of these the index needs.

    Not those whose component a kept entry of that key names already, unless they are the first open one."""
    n, i = entries.size, 0
    keep = np.zeros(n, np.bool_)
    while i < n:
        j, key, known_open = i, entries[i] >> SHIFT, False
        last = np.int64(-1)
        while j < n and entries[j] >> SHIFT == key:
            row = (entries[j] >> 1) & LARGEST
            if not fresh[row]:
                known_open = known_open or entries[j] & OPEN_BIT == OPEN_BIT
                last = find(parent, row)
            j += 1
        for k in range(i, j):
            row = (entries[k] >> 1) & LARGEST
            if fresh[row]:
                root, opens = find(parent, row), entries[k] & OPEN_BIT == OPEN_BIT
                if root != last or (opens and not known_open):
                    keep[k], last = True, root
                    known_open = known_open or opens
        i = j
    return keep


def tie_all(keys: Keys, rows: Array, is_open: Array, index: Index, parent: Array) -> dict[str, Array]:
    """Tie `rows` with each other and with the known rows of the index, in `parent`. -> new entries of the index"""
    added, fresh = {}, np.zeros(parent.size, np.bool_)
    fresh[rows] = True
    for parts in asked_parts(all_comparisons()):
        name = "+".join(parts)
        asked = entries_of(keys, parts, rows, is_open)
        both = np.sort(np.concatenate([asked, hits(index.get(name, ()), asked)]))
        tie(both, parent, parts == ("id",))
        added[name] = both[worth_keeping(both, parent, fresh)]
    return added
