"""Rows of one valid number are one person before anything else is asked. What is left to ask concerns open rows: those
without a valid number and those of which a person settled something; and the rows that share a key with one of them. Nobody else's keys can join anything: equal numbers are one already,
and different ones never are."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from types import ModuleType

import numpy as np
from numba import njit

from wangge.identity.asking import shares_a_key
from wangge.identity.bytes import Array
from wangge.identity.keys import Keys
from wangge.identity.sorting import Runs


def asked_parts(shelf: tuple[ModuleType, ...]) -> tuple[tuple[str, ...], ...]:
    """The parts of comparisons, without those that another one's parts are part of: rows that share name, phone and
    birthday share name and phone."""
    wanted = {tuple(sorted(set(m.PARTS))) for m in shelf}
    implied = {parts: {*parts, "name"} if "exact_name" in parts else set(parts) for parts in wanted}
    kept = {p for p in wanted if not any(set(o) < implied[p] for o in wanted if o != p)}
    return tuple(sorted(kept, key=lambda p: (p != ("id",), p)))


def asked_of(keys: Keys, by_number: Runs, shelf: tuple[ModuleType, ...], decided: Array) -> Array:
    """Keys of all rows, rows by number, the rows that a person decided on -> whether each row is to be asked."""
    is_open = ~keys.valid
    if decided.size:
        is_open[decided] = True
        open_numbers(*by_number, is_open)
    rows, asked = np.flatnonzero(is_open), is_open.copy()
    for parts in asked_parts(shelf):
        if parts != ("id",):
            shares_a_key(tuple(keys.parts[part] for part in parts), rows, asked)
    return asked


@njit(cache=True, nogil=True)
def open_numbers(starts: Array, rows: Array, is_open: Array) -> None:
    """Rows by number: all rows of a number that one open row holds are open."""
    for g in range(starts.size - 1):
        opens = False
        for k in range(starts[g], starts[g + 1]):
            opens = opens or is_open[rows[k]]
        if opens:
            for k in range(starts[g], starts[g + 1]):
                is_open[rows[k]] = True


@njit(cache=True, nogil=True)
def led(
    starts: Array, rows: Array, asked: Array, local: Array, of: Array, root: Array, number: Array, how: Array,
    place: Array, order: Array, step: int,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Clusters of the rows asked -> (leading row, number, how) of all rows. The first row in canonical order leads.

    `asked` are rows, `local` is the place of each row among them or -1; root, number, how are by those places, `of` is
    the number of each row or -1: only rows that have one count in starts and rows, which are in canonical order. How a row that nobody asked was
    joined: by its number, `step`.
    """
    lead = np.empty(asked.size, np.int64)  # by root: the least place of its rows
    for i in range(asked.size):
        lead[i] = place[asked[i]]
    all_root, all_number, all_how = np.empty(of.size, np.int64), of.copy(), np.zeros(of.size, np.int8)
    for i in range(asked.size):
        all_number[asked[i]] = number[root[i]]
        all_how[asked[i]] = how[i]
    met, n_met = np.empty((starts.size - 1, 2), np.int64), 0  # numbers that some rows asked and some others hold
    for g in range(starts.size - 1):
        at, first, left, n = np.int64(-1), np.int64(-1), 0, 0
        for k in range(starts[g], starts[g + 1]):
            x = rows[k]
            if local[x] >= 0 and of[x] < 0:
                continue
            n += 1
            first = x if first < 0 else first
            if local[x] >= 0:
                at = root[local[x]]
            else:
                left += 1
        if left == 0:
            continue  # all its rows were asked: they may be of several people
        for k in range(starts[g], starts[g + 1]):
            if n > 1 and of[rows[k]] >= 0:
                all_how[rows[k]] = step
            if at < 0:
                all_root[rows[k]] = first
        if at >= 0:
            lead[at] = min(lead[at], place[first])
            met[n_met, 0], met[n_met, 1], n_met = g, at, n_met + 1
    for i in range(n_met):
        g, at = met[i]
        for k in range(starts[g], starts[g + 1]):
            all_root[rows[k]] = order[lead[at]]
    for i in range(asked.size):
        all_root[asked[i]] = order[lead[root[i]]]
    return all_root, all_number, all_how
