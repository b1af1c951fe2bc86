"""Names that are near: what scanners, clerks and passports make of one name. Never enough alone.

Two Chinese names are near if every character is read alike (zh and z, in and ing, l and n count as one), or looks
alike, or if only the surname differs, or if it stands last; twins share the surname, so it is the given name that must
stand. A name in Latin letters is near one that is spelt with them.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.groups import Rivals, _mark, are_apart, find, union
from wangge.identity.normal import HAN


@njit(cache=True)
def unpack(name: int, out: Array) -> int:
    """Characters of a packed name into `out`. -> how many; 0 for a name that is not packed"""
    n = 0
    while name > 0:
        out[n] = (name & 0x7FFF) + HAN - 1
        name >>= 15
        n += 1
    return n


@njit(cache=True)
def _turned(a: Array, b: Array, m: int) -> bool:
    """Whether b is a with its first character last: the given name written before the surname."""
    turned = True
    for k in range(m):
        turned = turned and b[k] == a[(k + 1) % m]
    return turned


@njit(cache=True)
def are_near(one: int, two: int, pinyin_one: int, pinyin_two: int, homo: Array, looks: Array) -> bool:
    """Whether two packed names may be one, written by two hands."""
    if one < 0 or two < 0:
        return bool(pinyin_one >= 0 and pinyin_one == pinyin_two)
    a, b = np.empty(4, np.int64), np.empty(4, np.int64)
    m, n = unpack(one, a), unpack(two, b)
    if m != n or m < 2:
        return False
    if _turned(a, b, m) or _turned(b, a, m):
        return True
    for k in range(m):
        if homo[a[k]] != homo[b[k]]:
            pair = a[k] << 16 | b[k]
            at = np.searchsorted(looks, pair)
            if (at == looks.size or looks[at] != pair) and (k > 0 or m < 3):
                return False
    return True


@njit(cache=True)
def unlike(one: int, two: int, homo: Array) -> tuple[bool, bool]:
    """Two packed names -> (given names have no character of one sound at one place, neither from the left nor from the
    right; surnames are not read alike). Other names: nobody can tell, so they are not unlike."""
    if one < 0 or two < 0:
        return False, False
    a, b = np.empty(4, np.int64), np.empty(4, np.int64)
    m, n = unpack(one, a), unpack(two, b)
    if m < 2 or n < 2:
        return False, False
    for k in range(1, min(m, n)):
        if homo[a[k]] == homo[b[k]] or homo[a[m - k]] == homo[b[n - k]]:
            return False, homo[a[0]] != homo[b[0]]
    return True, homo[a[0]] != homo[b[0]]


@njit(cache=True)
def merge_named(
    order: Array, key: Array, parent: Array, number: Array, how: Array, step: int, cap: int, rivals: Rivals,
    packed: Array, pinyin: Array, homo: Array, looks: Array, spelt: bool,
) -> Array:  # fmt: skip
    """Rows sorted by key: two of one key whose names are near are joined, unless a row is near two valid numbers
    or two that a person parted. `spelt`: one name of the two must be in Latin letters.

    -> for each place in `order`, whether a group begins there that is ambiguous
    """
    ambiguous, i = np.zeros(order.size, np.bool_), 0
    while i < order.size:
        j = i + 1
        while j < order.size and key[order[j]] == key[order[i]]:
            j += 1
        if 1 < j - i <= cap:
            size = j - i
            near = np.zeros((size, size), np.bool_)
            for p in range(size):
                for q in range(p + 1, size):
                    x, y = order[i + p], order[i + q]
                    if find(parent, x) != find(parent, y) and not (spelt and packed[x] >= 0 and packed[y] >= 0):
                        near[p, q] = are_near(packed[x], packed[y], pinyin[x], pinyin[y], homo, looks)
                        near[q, p] = near[p, q]
            torn = np.zeros(size, np.bool_)
            for p in range(size):
                x = order[i + p]
                one, two = number[find(parent, x)], False
                for q in range(size):
                    v = number[find(parent, order[i + q])]
                    if near[p, q] and v >= 0:
                        two = two or bool(one >= 0 and one != v)
                        one = v
                    for r in range(q):
                        if rivals[0].size and near[p, q] and near[p, r]:
                            y, z = find(parent, order[i + q]), find(parent, order[i + r])
                            two = two or are_apart(parent, rivals, y, z)
                torn[p] = two
                ambiguous[i] = ambiguous[i] or two
            for p in range(size):
                for q in range(p + 1, size):
                    x, y = order[i + p], order[i + q]
                    if (
                        near[p, q]
                        and not (torn[p] or torn[q])
                        and find(parent, x) != find(parent, y)
                        and union(parent, number, rivals, x, y)
                    ):
                        _mark(how, step, x, y)
        i = j
    return ambiguous
