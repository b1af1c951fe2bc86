"""Compiled loops of the exposure index. The plain twin they must equal is the SQL of `reference.py`.

Method: the visits of a day lie sorted by (place, start); a running maximum of the ends inside each place lets one
binary search skip every visit that is over before a case comes; the walk stops at the first visit that starts after
the case left. Cost follows the answer, not the number of visits. All of them let other threads run meanwhile.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Ints = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[Any]]


@njit(cache=True, nogil=True)
def running_end(offsets: Ints, end: Ints) -> Ints:
    """The latest end so far inside each place. It never falls, so it can be searched."""
    latest = np.empty_like(end)
    for p in range(offsets.size - 1):
        for i in range(offsets[p], offsets[p + 1]):
            latest[i] = end[i] if i == offsets[p] else max(latest[i - 1], end[i])
    return latest


@njit(cache=True, nogil=True)
def visitors(offsets: Ints, person: Ints, n_people: int) -> Ints:
    """How many different people came to each place of a day. -> int32 [places]

    A stamp per person says in which place the person was last counted, so one pass is enough.
    """
    stamp = np.full(n_people, -1, np.int32)
    came = np.zeros(offsets.size - 1, np.int32)
    for p in range(offsets.size - 1):
        for i in range(offsets[p], offsets[p + 1]):
            if stamp[person[i]] != p:
                stamp[person[i]] = p
                came[p] += 1
    return came


@njit(cache=True, nogil=True)
def _first_above(values: Ints, low: int, high: int, bound: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if values[middle] > bound:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True, nogil=True)
def rows_of(by_person: Ints, person: Ints, codes: Ints) -> tuple[Ints, Ints]:
    """Where in `by_person` (rows in order of person) the rows of each code begin and end."""
    first, last = np.empty(codes.size, np.int64), np.empty(codes.size, np.int64)
    for c in range(codes.size):
        for side in range(2):
            low, high = 0, by_person.size
            while low < high:
                middle = (low + high) >> 1
                if person[by_person[middle]] >= codes[c] + side:
                    high = middle
                else:
                    low = middle + 1
            if side == 0:
                first[c] = low
            else:
                last[c] = low
    return first, last


@njit(cache=True, nogil=True)
def reach(
    places: Ints, offsets: Ints, latest: Ints, start: Ints, s_place: Ints, s_start: Ints, s_end: Ints
) -> tuple[Ints, Ints]:
    """For each seed the stretch of rows of its place among which are all it can have met. Empty where there is none."""
    first, last = np.zeros(s_place.size, np.int64), np.zeros(s_place.size, np.int64)
    for s in range(s_place.size):
        p = _first_above(places, 0, places.size, s_place[s] - 1)
        if p == places.size or places[p] != s_place[s]:
            continue
        first[s] = _first_above(latest, offsets[p], offsets[p + 1], s_start[s])
        last[s] = max(first[s], _first_above(start, first[s], offsets[p + 1], s_end[s] - 1))
    return first, last


@njit(cache=True, nogil=True)
def meetings(
    person: Ints,
    start: Ints,
    end: Ints,
    barred: Flags,
    first: Ints,
    last: Ints,
    s_start: Ints,
    s_end: Ints,
    at: Ints,
    out_person: Ints,
    out_start: Ints,
    out_end: Ints,
) -> Ints:
    """Who of the visits in [first, last) truly shares time with its seed, written from `at[seed]` on. -> how many each

    Shared time is above zero on both sides; `barred[person]` is never met.
    """
    n = np.zeros(first.size, np.int64)
    for s in range(first.size):
        a, b = s_start[s], s_end[s]
        for i in range(first[s], last[s]):
            if end[i] > a and end[i] > start[i] and not barred[person[i]]:
                k = at[s] + n[s]
                out_person[k], out_start[k], out_end[k] = person[i], max(start[i], a), min(end[i], b)
                n[s] += 1
    return n


@njit(cache=True, nogil=True)
def time_together(
    group: Ints,
    pieces: Ints,
    piece_at: Ints,
    piece_n: Ints,
    person: Ints,
    start: Ints,
    end: Ints,
    stamp: Ints,
    slot: Ints,
    n_most: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Pairs laid out in pieces (seed by seed, day by day) -> one row a (group, person).

    `group[s]` of seed s never falls; the pieces of seed s are pieces[s] .. pieces[s+1]. Inside a group the seeds follow
    each other in time and do not overlap, so for one person the stretches come in order of start, and the same hour
    told by two sources counts once. `stamp` (zeros) and `slot` have a place a person and are written over: whoever
    calls gets them from a memory that need not be cleared. -> group, person, first, last, seconds covered
    """
    out_group, out_person = np.empty(n_most, np.int32), np.empty(n_most, np.int32)
    first, last, seconds = np.empty(n_most, np.int32), np.empty(n_most, np.int32), np.empty(n_most, np.int64)
    n = 0
    for s in range(group.size):
        for piece in range(pieces[s], pieces[s + 1]):
            for k in range(piece_at[piece], piece_at[piece] + piece_n[piece]):
                who = person[k]
                if stamp[who] != group[s] + 1:
                    stamp[who], slot[who] = group[s] + 1, n
                    out_group[n], out_person[n] = group[s], who
                    first[n], last[n], seconds[n] = start[k], end[k], end[k] - start[k]
                    n += 1
                else:
                    g = slot[who]
                    seconds[g] += max(0, end[k] - max(start[k], last[g]))
                    last[g] = max(last[g], end[k])
    return out_group[:n], out_person[:n], first[:n], last[:n], seconds[:n]


@njit(cache=True, nogil=True)
def add_time(places: Ints, offsets: Ints, latest: Ints, start: Ints, person: Ints, end: Ints, barred: Flags,
            s_place: Ints, s_start: Ints, s_end: Ints, seconds: Ints, earliest: Ints) -> None:  # fmt: skip
    """Adds, for each person met, the seconds shared with any seed, and keeps the first moment; no list of pairs is made.

    Changes `seconds` and `earliest`, both by person.
    """
    for s in range(s_place.size):
        p = _first_above(places, 0, places.size, s_place[s] - 1)
        if p == places.size or places[p] != s_place[s]:
            continue
        a, b, stop = s_start[s], s_end[s], offsets[p + 1]
        i = _first_above(latest, offsets[p], stop, a)
        while i < stop and start[i] < b:
            if end[i] > a and end[i] > start[i]:
                who = person[i]
                if not barred[who]:
                    begins = max(start[i], a)
                    seconds[who] += min(end[i], b) - begins
                    if begins < earliest[who]:
                        earliest[who] = begins
            i += 1
