"""Weighed pairs -> clusters: the two that are likeliest one person are joined first, as long as all their rows, taken
together, say so. One strong pair alone does not chain two people into one."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.groups import find, roots

LARGEST = 64  # knots that are looked at together; a larger heap is parted at its weaker edges first
STEP = 2.0

Weigh = Callable[[Array, Array], Array]


def resolve(n: int, a: Array, b: Array, odds: Array, weigh: Weigh, least: float) -> tuple[Array, Array, Array]:
    """Pairs of n knots with their log odds -> joins as (knot, knot, mean log odds), in the order they are to be made.

    `weigh` gives the log odds of any pairs: within a heap of connected knots every pair is asked.
    """
    heaps = _heaps(n, a, b, odds, least)
    members = np.argsort(heaps, kind="stable")
    size = np.bincount(heaps, minlength=int(heaps.max(initial=-1)) + 1)
    starts = np.r_[0, np.cumsum(size)]
    x, y = _all_pairs(members, starts)
    joins: tuple[Array, Array, Array] = _agglomerate(members, starts, weigh(x, y), least)
    return joins


def _heaps(n: int, a: Array, b: Array, odds: Array, least: float) -> Array:
    """Connected knots, no heap over LARGEST: where one is, its weaker edges count for nothing."""
    kept = odds >= least
    bar = least
    while True:
        parent = np.arange(n)
        _join_all(parent, a[kept], b[kept])
        root = roots(parent)
        too_large = np.bincount(root, minlength=n)[root] > LARGEST
        if not too_large.any():
            return np.unique(root, return_inverse=True)[1]
        bar += STEP
        kept &= ~(too_large[a] & (odds < bar))


@njit(cache=True)
def _join_all(parent: Array, a: Array, b: Array) -> None:
    for i in range(a.size):
        x, y = find(parent, a[i]), find(parent, b[i])
        parent[max(x, y)] = min(x, y)


@njit(cache=True)
def _all_pairs(members: Array, starts: Array) -> tuple[Array, Array]:
    total = 0
    for h in range(starts.size - 1):
        k = starts[h + 1] - starts[h]
        total += k * (k - 1) // 2
    x, y = np.empty(total, np.int64), np.empty(total, np.int64)
    at = 0
    for h in range(starts.size - 1):
        for i in range(starts[h], starts[h + 1]):
            for j in range(i + 1, starts[h + 1]):
                x[at], y[at] = members[i], members[j]
                at += 1
    return x, y


@njit(cache=True)
def _agglomerate(members: Array, starts: Array, odds: Array, least: float) -> tuple[Array, Array, Array]:
    one, two = np.empty(members.size, np.int64), np.empty(members.size, np.int64)
    mean = np.empty(members.size, np.float64)
    n, at = 0, 0
    for h in range(starts.size - 1):
        k = starts[h + 1] - starts[h]
        total, best = np.zeros((k, k)), np.zeros((k, k))  # sum, and best, of the odds between two clusters of the heap
        for i in range(k):
            for j in range(i + 1, k):
                total[i, j] = total[j, i] = best[i, j] = best[j, i] = odds[at]
                at += 1
        size, alive = np.ones(k), np.ones(k, np.bool_)
        while True:
            top, p, q = least, -1, -1
            for i in range(k):
                for j in range(i + 1, k):
                    if alive[i] and alive[j]:
                        says = (total[i, j] / (size[i] * size[j]) + best[i, j]) / 2
                        if says > top:
                            top, p, q = says, i, j
            if p < 0:
                break
            one[n], two[n], mean[n] = members[starts[h] + p], members[starts[h] + q], top
            n += 1
            alive[q] = False
            size[p] += size[q]
            for i in range(k):
                total[p, i] = total[i, p] = total[p, i] + total[q, i]
                best[p, i] = best[i, p] = max(best[p, i], best[q, i])
    return one[:n], two[:n], mean[:n]
