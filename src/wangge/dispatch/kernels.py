"""Compiled loops of dispatch: who takes which door, and in which order the doors are walked."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Numbers = np.ndarray[Any, np.dtype[Any]]


@njit(cache=True)
def least_loaded(grid: Numbers, minutes: Numbers, offsets: Numbers, holders: Numbers, n_workers: int) -> Numbers:
    """Each task, in the given order, to the holder of its grid who has least to do so far; a tie to the first.

    grid: code of each task's grid, -1 unknown; holders[offsets[g]:offsets[g+1]]: workers of grid g. -> worker or -1
    """
    chosen = np.full(grid.size, -1, np.int64)
    load = np.zeros(n_workers, np.int64)
    for t in range(grid.size):
        g = grid[t]
        if g < 0:
            continue
        for h in range(offsets[g], offsets[g + 1]):
            w = holders[h]
            if chosen[t] < 0 or load[w] < load[chosen[t]]:
                chosen[t] = w
        if chosen[t] >= 0:
            load[chosen[t]] += minutes[t]
    return chosen


@njit(cache=True)
def _nearest_first(x: Numbers, y: Numbers, low: int, high: int, order: Numbers, at_x: float, at_y: float) -> None:
    """Sort order[low:high] so that each stop is the nearest one left; a tie keeps the given order."""
    for i in range(low, high):
        best, best_d = i, np.inf
        for j in range(i, high):
            d = (x[order[j]] - at_x) ** 2 + (y[order[j]] - at_y) ** 2
            if d < best_d:
                best, best_d = j, d
        chosen = order[best]
        for j in range(best, i, -1):  # shift, do not swap: the rest keeps its order
            order[j] = order[j - 1]
        order[i] = chosen
        at_x, at_y = x[chosen], y[chosen]


@njit(cache=True)
def _uncross(x: Numbers, y: Numbers, low: int, high: int, order: Numbers, at_x: float, at_y: float) -> None:
    """2-opt on the open walk order[low:high] from (at_x, at_y): turn stretches round while that is shorter."""
    better = True
    while better:
        better = False
        for i in range(low, high - 1):
            px, py = (at_x, at_y) if i == low else (x[order[i - 1]], y[order[i - 1]])
            for j in range(i + 1, high):
                a, b = order[i], order[j]
                now = np.hypot(x[a] - px, y[a] - py)
                new = np.hypot(x[b] - px, y[b] - py)
                if j + 1 < high:
                    c = order[j + 1]
                    now += np.hypot(x[c] - x[b], y[c] - y[b])
                    new += np.hypot(x[c] - x[a], y[c] - y[a])
                if new < now - 1e-6:
                    left, right = i, j
                    while left < right:
                        order[left], order[right] = order[right], order[left]
                        left += 1
                        right -= 1
                    better = True


@njit(cache=True)
def walking_order(x: Numbers, y: Numbers, leg: Numbers, fresh: Numbers, longest: int) -> Numbers:
    """Rows in walking order. x, y in metres; `leg` numbers the stretches walked one after the other (sorted).

    `fresh[leg]` is true where a new worker sets out: then the walk starts at the leg's first row, else where the leg
    before ended. A leg longer than `longest` (a day's doors) is uncrossed a day at a time.
    """
    order = np.arange(x.size)
    low, at_x, at_y = 0, 0.0, 0.0
    while low < x.size:
        high = low
        while high < x.size and leg[high] == leg[low]:
            high += 1
        if fresh[leg[low]]:
            at_x, at_y = x[low], y[low]
        _nearest_first(x, y, low, high, order, at_x, at_y)
        for day in range(low, high, longest):
            _uncross(x, y, day, min(day + longest, high), order, at_x, at_y)
            at_x, at_y = x[order[min(day + longest, high) - 1]], y[order[min(day + longest, high) - 1]]
        low = high
    return order
