"""Ids that stay: which group keeps which id when what is known of people changes, and a row for every id that does not.

A person who falls apart lives on in the part that holds the valid number, else in the one with most rows. Of several
people who become one, the one known longest keeps the id, then the one of most rows. A part without an id takes back
the one that its rows once had, where nobody holds that now; else a new one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wangge.identity.bytes import Array

NOBODY = -1


@dataclass(frozen=True)
class Settled:
    """`chosen[g]` is the old id of group g or -1. Old id `old[i]` is not what it was: group `group[i]` holds (part of)
    it under another id; `is_merge[i]` tells the whole from a part. `gone` are old ids of which nothing is left."""

    chosen: Array
    old: Array
    group: Array
    is_merge: Array
    gone: Array


def settle(group: Array, was: Array, strong: Array, n_groups: int, asked: Array, age: Array, size: Array) -> Settled:
    """Old ids -> new groups.

    `group[i]` and `was[i]` are new group and old id (-1: none) of member i; `strong[i]`: it carries what the old id
    stands for. `asked` are all old ids in question; `age` and `size` by old id tell who was first and who is larger.
    """
    there = was >= 0
    pair, inverse, count = np.unique(was[there] * n_groups + group[there], return_inverse=True, return_counts=True)
    old, of = np.divmod(pair, max(n_groups, 1))
    is_strong = np.bincount(inverse, strong[there], pair.size) > 0
    order = np.lexsort((of, -count, ~is_strong, old))
    first = order[_first_of_each(old[order])]  # the heir of each old id
    is_heir = np.zeros(pair.size, np.bool_)
    is_heir[first] = True
    claims = first[np.lexsort((old[first], -size[old[first]], age[old[first]], of[first]))]
    winners = claims[_first_of_each(of[claims])]
    chosen = np.full(n_groups, NOBODY, np.int64)
    chosen[of[winners]] = old[winners]
    changed = chosen[of] != old
    gone = asked[~np.isin(asked, old)]
    return Settled(chosen, old[changed], of[changed], is_heir[changed], gone)


def _first_of_each(values: Array) -> Array:
    """Where a new value begins in sorted values."""
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]][: values.size])


def taken_back(group: Array, born: Array, chosen: Array, is_held: Array) -> Array:
    """Groups without an id take back the id under which most of their rows first came, where nobody holds it.

    `is_held` by old id: somebody has it. -> old id of each group, or -1
    """
    taken = np.full(chosen.size, NOBODY, np.int64)
    if not is_held.size:
        return taken
    free = (chosen[group] < 0) & (born >= 0) & ~is_held[np.maximum(born, 0)]
    n = max(chosen.size, 1)
    pair, count = np.unique(born[free] * n + group[free], return_counts=True)
    old, of = np.divmod(pair, n)
    order = np.lexsort((of, -count, old))
    best = order[_first_of_each(old[order])]  # each id once
    best = best[np.lexsort((old[best], -count[best], of[best]))]
    best = best[_first_of_each(of[best])]  # and each group once
    taken[of[best]] = old[best]
    return taken
