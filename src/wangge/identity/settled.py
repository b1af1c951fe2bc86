"""What a person settled of two rows, before any key is asked: one and the same, or two people.

`same` joins even two valid numbers: they are then two numbers of one person, in every row that holds either. What is
settled as different stays so whatever any key says; of decisions that contradict each other, different wins.
"""

from __future__ import annotations

import numpy as np

from wangge.identity.bytes import Array, distinct
from wangge.identity.groups import Rivals, find, rivals_of, union

NO_PAIRS: Array = np.empty((0, 2), np.int64)


def pairs_of(pairs: Array | None, n: int) -> Array:
    """Pairs of row indices as int64[k, 2], the smaller first, each once, sorted. Raises ValueError beyond the rows."""
    if pairs is None:
        return NO_PAIRS
    given = np.asarray(pairs, np.int64).reshape(-1, 2)
    if given.size and (given.min() < 0 or given.max() >= n):
        raise ValueError("a decision names a row that is not there")
    ordered = np.sort(given, axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)


def without(same: Array, different: Array, n: int) -> Array:
    """The pairs of `same` that `different` does not hold too."""
    return same[~np.isin(same[:, 0] * n + same[:, 1], different[:, 0] * n + different[:, 1])]


def one_number(number: Array, same: Array) -> Array:
    """Numbers that `same` makes one person's become the smallest of them, in every row. -> number of each row"""
    both = np.stack([number[same[:, 0]], number[same[:, 1]]], axis=1)
    rows = distinct(same.ravel())
    held = distinct(both[both >= 0])
    if held.size < 2:
        return number
    # Rows and numbers are knots; a pair ties its rows, a row its number. Numbers stand first: the smallest leads.
    parent = np.arange(held.size + rows.size)
    none = np.full(parent.size, -1, np.int64)
    ties = held.size + np.searchsorted(rows, same)
    own = np.flatnonzero(number[rows] >= 0)
    ties = np.concatenate([ties, np.stack([np.searchsorted(held, number[rows[own]]), held.size + own], axis=1)])
    for one, two in ties.tolist():
        union(parent, none, rivals_of(0, NO_PAIRS), one, two)
    lead = np.array([find(parent, i) for i in range(held.size)])
    at = np.minimum(np.searchsorted(held, number), held.size - 1)
    renamed: Array = np.where(held[at] == number, held[lead[at]], number)
    return renamed


def join_settled(same: Array, parent: Array, number: Array, how: Array, step: int, rivals: Rivals) -> None:
    """Join the pairs of `same`."""
    for one, two in same.tolist():
        if union(parent, number, rivals, one, two):
            how[one], how[two] = step, step


def one_holder(root: Array, number: Array, place: Array) -> None:
    """A number that several clusters hold, because a person parted them, stays with the largest, then the first."""
    leaders, size = np.unique(root, return_counts=True)
    held = number[leaders] >= 0
    leaders, size = leaders[held], size[held]
    order = np.lexsort((place[leaders], -size, number[leaders]))
    again = np.r_[False, number[leaders[order[1:]]] == number[leaders[order[:-1]]]] if order.size else order
    number[leaders[order[np.flatnonzero(again)]]] = -1
