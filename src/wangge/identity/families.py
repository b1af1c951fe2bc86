"""Several families behind one door, where the lists say so.

People behind one door are one household unless a list holds them under different household numbers, and

- a list asked at the door does so: whoever stood there saw two households; or
- some of them were named by such a list and others were not, and those bear another surname; or
- neither was asked, and two families of other surnames stand there (two people or more under each number), or
  somebody who is no head stands there without a family: their household lives elsewhere.

Three generations of one surname stay together, and so do flatmates who are each their own head.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.groups import find
from wangge.identity.sorting import grouped

AT_DOOR, BESIDE = 1, 7  # kinds of households: behind a door, and another family behind the same one
CROWD = 60  # more people behind one door are no families: a dormitory, a home for the old
IS_HEAD, IS_OTHER = 1, 2


class Standing(NamedTuple):
    """Each person's household number in a list asked at the door and in other lists (-1: none), whether a head or
    somebody else's relation there (0: not said), and surname."""

    asked: Array
    other: Array
    role: Array
    surname: Array


def families(kind: Array, lead: Array, standing: Standing, rank: Array) -> tuple[Array, Array]:
    """Kind of household and somebody who leads it, by person -> the same, with families behind one door apart."""
    behind = np.where(kind == AT_DOOR, lead, lead.size)
    order = np.argsort(rank)
    starts, rows = grouped(behind[order], lead.size + 1)
    kind, lead = kind.copy(), lead.copy()
    _part(starts[:-1], order[rows], standing.asked, standing.other, standing.role, standing.surname, kind, lead)
    return kind, lead


@njit(cache=True, nogil=True)
def _part(
    starts: Array, rows: Array, asked: Array, other: Array, role: Array, surname: Array, kind: Array, lead: Array
) -> None:
    """People by door, each door's in a fixed order."""
    parent = np.arange(lead.size)
    for d in range(starts.size - 1):
        own = rows[starts[d] : starts[d + 1]]
        if own.size < 2 or own.size > CROWD or _is_one(own, asked, other):
            continue
        for a in range(own.size):
            for b in range(a):
                x, y = find(parent, own[a]), find(parent, own[b])
                one_number = asked[own[a]] >= 0 and asked[own[a]] == asked[own[b]]
                if x != y and (one_number or (other[own[a]] >= 0 and other[own[a]] == other[own[b]])):
                    parent[max(x, y)] = min(x, y)
        _gather(own, parent, asked, other, role, surname, kind, lead)


@njit(cache=True, nogil=True)
def _is_one(own: Array, asked: Array, other: Array) -> bool:
    """Whether nobody stands under a number, or all under one of one list: then they are one family."""
    none, one_asked, one_other = True, asked[own[0]] >= 0, other[own[0]] >= 0
    for x in own:
        none = none and asked[x] < 0 and other[x] < 0
        one_asked, one_other = one_asked and asked[x] == asked[own[0]], one_other and other[x] == other[own[0]]
    return none or one_asked or one_other


@njit(cache=True, nogil=True)
def _gather(
    own: Array, parent: Array, asked: Array, other: Array, role: Array, surname: Array, kind: Array, lead: Array
) -> None:
    """Families (people under one number) -> households: the strongest first, each joins the first it may live with."""
    n, heads = 0, np.empty(own.size, np.int64)  # roots of the families that lead a household
    left = np.ones(own.size, np.bool_)
    facts = np.empty((own.size, 4), np.int64)
    for k in range(own.size):
        facts[k] = _facts(own, own[k], parent, asked, other, role)
    while left.any():
        best = -1
        for k in range(own.size):
            if left[k] and (best < 0 or _stronger(facts[k], facts[best])):
                best = k
        root, home = find(parent, own[best]), -1
        for h in range(n):
            if home < 0 and not _are_apart(own, heads[h], own[best], parent, facts, surname):
                home = h
        if home < 0:
            heads[n] = own[best]
            home, n = n, n + 1
        for k in range(own.size):
            if left[k] and find(parent, own[k]) == root:
                left[k] = False
                lead[own[k]] = heads[home]
                if home > 0:
                    kind[own[k]] = BESIDE


@njit(cache=True, nogil=True)
def _facts(own: Array, x: int, parent: Array, asked: Array, other: Array, role: Array) -> Array:
    """Of the family of person x: named at the door, under a number of another list, people, heads or not said."""
    out = np.zeros(4, np.int64)
    for k in range(own.size):
        if find(parent, own[k]) == find(parent, x):
            out[0] |= asked[own[k]] >= 0
            out[1] |= other[own[k]] >= 0
            out[2] += 1
            out[3] |= role[own[k]] != IS_OTHER
    return out


@njit(cache=True, nogil=True)
def _stronger(one: Array, two: Array) -> bool:
    """Families named at the door first, then larger ones; equals keep their order."""
    if one[0] != two[0]:
        return bool(one[0] > two[0])
    return bool(one[2] > two[2])


@njit(cache=True, nogil=True)
def _are_apart(own: Array, x: int, y: int, parent: Array, facts: Array, surname: Array) -> bool:
    """Whether the family of y lives beside that of x, which is the stronger, and not with it."""
    a = b = 0
    for k in range(own.size):
        if own[k] == x:
            a = k
        if own[k] == y:
            b = k
    if facts[a, 0] and facts[b, 0]:
        return True
    if not (facts[b, 0] or facts[b, 1]) or _same_surname(own, x, y, parent, surname):
        return False
    if facts[a, 0]:
        return bool(facts[a, 1] and facts[b, 1])
    if not (facts[a, 1] and facts[b, 1]):
        return False
    return bool((facts[a, 2] > 1 and facts[b, 2] > 1) or not facts[b, 3] or not facts[a, 3])


@njit(cache=True, nogil=True)
def _same_surname(own: Array, x: int, y: int, parent: Array, surname: Array) -> bool:
    for a in range(own.size):
        if surname[own[a]] < 0 or find(parent, own[a]) != find(parent, x):
            continue
        for b in range(own.size):
            if surname[own[a]] == surname[own[b]] and find(parent, own[b]) == find(parent, y):
                return True
    return False
