"""Compiled loops of the exposure index. Each has a plain twin in `reference.py` that it must equal.

Method: visits lie sorted by (place, start); a running maximum of the ends inside each place lets one binary search
skip every visit that is over before a case comes; the walk stops at the first visit that starts after the case left.
Cost follows the answer, not the number of visits.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Ints = np.ndarray[Any, np.dtype[Any]]


@njit(cache=True)
def place_offsets(place: Ints, n_places: int) -> Ints:
    """First row of each place in the sorted table, and one past the last. place: int32 sorted -> int64 [n_places+1]"""
    offsets = np.zeros(n_places + 1, np.int64)
    for p in place:
        offsets[p + 1] += 1
    for i in range(n_places):
        offsets[i + 1] += offsets[i]
    return offsets


@njit(cache=True)
def running_end(offsets: Ints, end: Ints) -> Ints:
    """The latest end so far inside each place. It never falls, so it can be searched."""
    latest = np.empty_like(end)
    for p in range(offsets.size - 1):
        high = np.int64(-(2**62))
        for i in range(offsets[p], offsets[p + 1]):
            high = max(high, end[i])
            latest[i] = high
    return latest


@njit(cache=True)
def crowds(offsets: Ints, person: Ints, day: Ints, n_people: int) -> Ints:
    """The most different people who came to each place on one day. -> int32 [n_places]

    A stamp per person says in which (place, day) the person was last counted, so one pass is enough.
    """
    stamp = np.zeros(n_people, np.int64)
    most = np.zeros(offsets.size - 1, np.int32)
    group = np.int64(0)
    for p in range(offsets.size - 1):
        n = 0
        for i in range(offsets[p], offsets[p + 1]):
            if i == offsets[p] or day[i] != day[i - 1]:
                group += 1
                n = 0
            if stamp[person[i]] != group:
                stamp[person[i]] = group
                n += 1
                most[p] = max(most[p], n)
    return most


@njit(cache=True)
def _first_above(values: Ints, low: int, high: int, bound: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if values[middle] > bound:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True)
def meetings(
    offsets: Ints,
    latest: Ints,
    person: Ints,
    start: Ints,
    end: Ints,
    barred: Ints,
    seed_place: Ints,
    seed_start: Ints,
    seed_end: Ints,
) -> tuple[Ints, Ints]:
    """Every (visit row, seed row) that truly overlap: shared time above zero. `barred[person]` is never met.

    Counts first and fills second, so memory is exactly the answer.
    """
    rows, seeds = np.empty(0, np.int64), np.empty(0, np.int64)
    for fill in (False, True):
        n = 0
        for s in range(seed_place.size):
            p, a, b = seed_place[s], seed_start[s], seed_end[s]
            i, stop = _first_above(latest, offsets[p], offsets[p + 1], a), offsets[p + 1]
            while i < stop and start[i] < b:
                if end[i] > a and end[i] > start[i] and not barred[person[i]]:
                    if fill:
                        rows[n], seeds[n] = i, s
                    n += 1
                i += 1
        if not fill:
            rows, seeds = np.empty(n, np.int64), np.empty(n, np.int64)
    return rows, seeds


@njit(cache=True)
def time_together(group: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """For rows sorted by (group, start): row of each group's first, first instant, last instant, seconds covered.

    Seconds covered are the union: the same hour told by two sources counts once.
    """
    n = 0
    for i in range(group.size):
        if i == 0 or group[i] != group[i - 1]:
            n += 1
    row, first, last = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    seconds = np.zeros(n, np.int64)
    g = -1
    for i in range(group.size):
        if i == 0 or group[i] != group[i - 1]:
            g += 1
            row[g], first[g], last[g], seconds[g] = i, start[i], end[i], end[i] - start[i]
        else:
            seconds[g] += max(0, end[i] - max(start[i], last[g]))
            last[g] = max(last[g], end[i])
    return row, first, last, seconds
