"""Rows that hold little more than a name, and the only known person of that name.

A check-in or a ticket gives a name and a phone; the phone is new, so no key joins it. Where the other lists know nearly
everybody and one person only is called so, that person is most likely meant. How likely is told by the lists: how many
rows of that list are of people whom no other list knows (by the rows that have a valid number), how often phone and
door of one person differ between lists, and how often a further person is called like one who is already known (Good
and Turing's estimate, Good 1953). Who holds a row of that list already is meant the less, the rarer a second row of one
person is in it: of two namesakes with one account between them, the other is the likelier holder of the next account.
Common names, and names of two who both fit, are left alone.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.groups import Rivals, are_apart, find, join_in_turn, worth_asking
from wangge.identity.keys import Keys
from wangge.identity.sorting import SPREAD, runs_of

EVIDENCE = "only_holder"
LEAST = 0.9  # probability
ENTITIES = 1000  # people with a valid number; from fewer nobody learns how common a name is
HOLDERS = 8  # more people of one name: none of them is "the" holder
SAMPLE = 40_000  # people that the rates are counted over
PRIOR = (5.0, 10.0)  # a rate begins at five of ten


@dataclass(frozen=True)
class Rates:
    """By list: share of rows of people no other list knows; share of phones, and doors, that no other row knows; how
    much likelier a row is of somebody who has one already than of somebody who has none, at most 1."""

    stranger: Array
    phone: Array
    door: Array
    second: Array


def join_only_holders(
    keys: Keys, root: Array, number: Array, how: Array, word: int, rivals: Rivals, place: Array, order: Array
) -> None:
    """Join clusters that hold neither number nor birthday to the one person of their name, where that is likely.

    `root` is the leading row of each row's cluster, `number` that cluster's number; `order` is the canonical order of
    rows, in which the first of a cluster leads, `place` the place of each row in it.
    """
    if keys.rows is None:
        return
    leaders = np.flatnonzero(root == np.arange(root.size))
    n_numbered = np.count_nonzero(number[leaders] >= 0)
    rest = np.flatnonzero(number < 0)
    says = number >= 0  # by leading row: the cluster holds a number or a birthday
    says[root[rest[keys.parts["birth"][rest] >= 0]]] = True
    name = keys.parts["exact_name"]
    weak = np.zeros(root.size, np.bool_)
    weak[rest] = ~says[root[rest]] & (name[rest] >= 0)
    if n_numbered < ENTITIES or not weak.any():
        return
    coded = keys.rows.column("list").combine_chunks().dictionary_encode()
    lists = coded.indices.to_numpy().astype(np.int64)
    rates = _rates(keys, number, max(1, leaders.size // SAMPLE), lists, len(coded.dictionary), root)
    again = _again(name[leaders[says[leaders]]])
    rows = np.flatnonzero(worth_asking(name, name >= 0, np.arange(root.size), np.where(weak, -1, 0)))
    by_name = rows[np.lexsort((place[root[rows]], name[rows]))]
    best, likely = holders(
        by_name, name, root, weak, lists, keys.parts["phone"], keys.parts["door"], keys.parts["sex"],
        rates.stranger, rates.phone, rates.door, rates.second, again, HOLDERS, root, rivals,
    )  # fmt: skip
    one, two = _agreed(root, weak, best, likely)
    turn = np.argsort(place[one])
    one, two = one[turn], two[turn]
    parent = root.copy()
    join_in_turn(one, two, np.full(one.size, word, np.int8), parent, number.copy(), how, rivals)
    _lead_anew(np.unique(np.r_[one, two]), parent, root, number, place, order)


def _lead_anew(leaders: Array, parent: Array, root: Array, number: Array, place: Array, order: Array) -> None:
    """Clusters whose leading rows are joined in `parent` get one leading row and one number."""
    now = np.unique(found_at(parent, leaders), return_inverse=True)[1]
    first, held = np.full(leaders.size, root.size), np.full(leaders.size, -1, np.int64)
    np.minimum.at(first, now, place[leaders])
    np.maximum.at(held, now, number[leaders])
    to, number_of = np.arange(root.size), np.full(root.size, -1, np.int64)
    to[leaders], number_of[leaders] = order[first[now]], held[now]
    rest = np.flatnonzero(number < 0)
    number[rest] = number_of[root[rest]]
    root[:] = to[root]


@njit(cache=True, nogil=True)
def found_at(parent: Array, rows: Array) -> Array:
    """-> the leading row of these rows' clusters"""
    out = np.empty(rows.size, np.int64)
    for i in range(rows.size):
        out[i] = find(parent, rows[i])
    return out


def _rates(keys: Keys, number: Array, step: int, lists: Array, n_lists: int, root: Array) -> Rates:
    """Rates over the people of every step-th number, in an order that has nothing to do with who they are."""
    drawn = (number.astype(np.uint64) * SPREAD >> np.uint64(40)) % np.uint64(step) == 0
    order = runs_of(number, np.flatnonzero((number >= 0) & drawn)).rows
    stranger, phone, door = count_rates(
        order, number, keys.valid, lists, n_lists, keys.parts["phone"], keys.parts["door"], *PRIOR
    )
    # A list without numbers has no such rate; but no more rows are strangers' than stand alone.
    stranger = np.minimum(stranger, count_alone(root, lists, n_lists, *PRIOR))
    return Rates(stranger, phone, door, count_second(order, number, lists, n_lists, *PRIOR))


@njit(cache=True, nogil=True)
def count_alone(root: Array, lists: Array, n_lists: int, a: float, b: float) -> Array:
    """-> for each list the share of its rows whose cluster no other list holds"""
    mixed = np.zeros(root.size, np.bool_)  # by leading row
    for i in range(root.size):
        mixed[root[i]] = mixed[root[i]] or lists[i] != lists[root[i]]
    hit, all_ = np.full(n_lists, a), np.full(n_lists, b)
    for i in range(root.size):
        all_[lists[i]] += 1
        hit[lists[i]] += 0 if mixed[root[i]] else 1
    share: Array = hit / all_
    return share


@njit(cache=True, nogil=True)
def count_second(order: Array, cluster: Array, lists: Array, n_lists: int, a: float, b: float) -> Array:
    """Rows sorted by cluster -> for each list: of the people in it, those with two rows or more; over: of all people,
    those in it."""
    n, one, two, seen = 0, np.zeros(n_lists), np.zeros(n_lists), np.zeros(n_lists, np.int64)
    i = 0
    while i < order.size:
        j = i
        while j < order.size and cluster[order[j]] == cluster[order[i]]:
            k = lists[order[j]]
            seen[k] += 1
            one[k] += 1 if seen[k] == 1 else 0
            two[k] += 1 if seen[k] == 2 else 0
            j += 1
        for m in range(i, j):
            seen[lists[order[m]]] = 0
        n, i = n + 1, j
    return np.minimum((two + a) / (one + b) / ((one + a) / (n + b)), 1.0)


@njit(cache=True, nogil=True)
def count_rates(
    order: Array, cluster: Array, valid: Array, lists: Array, n_lists: int, phone: Array, door: Array, a: float, b: float
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Rows sorted by cluster -> the three rates of each list."""
    hit, all_ = np.full((3, n_lists), a), np.full((3, n_lists), b)
    i = 0
    while i < order.size:
        j = i + 1
        while j < order.size and cluster[order[j]] == cluster[order[i]]:
            j += 1
        for k in range(i, j):
            x = order[k]
            elsewhere, phones, same_phone, doors, same_door = False, False, False, False, False
            for m in range(i, j):
                y = order[m]
                elsewhere = elsewhere or lists[y] != lists[x]
                if m != k and phone[x] >= 0 and phone[y] >= 0:
                    phones, same_phone = True, same_phone or phone[x] == phone[y]
                if m != k and door[x] >= 0 and door[y] >= 0:
                    doors, same_door = True, same_door or door[x] == door[y]
            if valid[x]:
                all_[0, lists[x]] += 1
                hit[0, lists[x]] += 0 if elsewhere else 1
            if phones:
                all_[1, lists[x]] += 1
                hit[1, lists[x]] += 0 if same_phone else 1
            if doors:
                all_[2, lists[x]] += 1
                hit[2, lists[x]] += 0 if same_door else 1
        i = j
    rates = hit / all_
    return rates[0], rates[1], rates[2]


def _again(names: Array) -> Array:
    """again[n]: how many more people of a name that n are known of are to be expected among as many new people."""
    of = np.bincount(np.diff(runs_of(names, np.flatnonzero(names >= 0)).starts), minlength=HOLDERS + 2).astype(
        np.float64
    )
    n = np.arange(HOLDERS + 1)
    again: Array = np.minimum((n + 1) * (of[1 : HOLDERS + 2] + 1) / (of[: HOLDERS + 1] + 1), n + 1.0)
    return np.maximum.accumulate(again[1:])


@njit(cache=True, nogil=True)
def holders(
    order: Array, name: Array, root: Array, weak: Array, lists: Array, phone: Array, door: Array, sex: Array,
    stranger: Array, phone_rate: Array, door_rate: Array, second: Array, again: Array, most: int, parent: Array,
    rivals: Rivals,
) -> tuple[Array, Array]:  # fmt: skip
    """Rows sorted by name, then cluster -> for each weak row the likeliest known cluster (or -1) and its probability."""
    best, likely = np.full(root.size, -1, np.int64), np.zeros(root.size)
    i = 0
    while i < order.size:
        j = i + 1
        while j < order.size and name[order[j]] == name[order[i]]:
            j += 1
        n, last = 0, np.int64(-1)
        for k in range(i, j):
            y = order[k]
            if not weak[y] and root[y] != last:
                n, last = n + 1, root[y]
        for k in range(i, j):
            x = order[k]
            if not weak[x] or n == 0 or n > most:
                continue
            s = stranger[lists[x]]
            total, top, m, others = s / (1 - s) * again[n - 1] if s < 1 else np.inf, 0.0, i, 0
            while m < j:
                lead, p, d, fits, has_row = root[order[m]], 0, 0, True, False
                own = weak[order[m]]
                while m < j and root[order[m]] == lead:
                    y = order[m]
                    if phone[x] >= 0 and phone[y] >= 0:
                        p = 2 if phone[x] == phone[y] else max(p, 1)
                    if door[x] >= 0 and door[y] >= 0:
                        d = 2 if door[x] == door[y] else max(d, 1)
                    has_row = has_row or lists[x] == lists[y]
                    fits = fits and (sex[x] < 0 or sex[y] < 0 or sex[x] == sex[y])
                    m += 1
                others += 1 if own and has_row and lead != root[x] else 0
                if own or not fits or are_apart(parent, rivals, root[x], lead):
                    continue
                w = (phone_rate[lists[x]] if p == 1 else 1.0) * (door_rate[lists[x]] if d == 1 else 1.0)
                w *= second[lists[x]] if has_row else 1.0
                total += w
                if w > top:
                    top, best[x] = w, lead
            likely[x] = top / total if total > 0 else 0.0
            # Other rows of that name and list want a person too, and may mean this one.
            likely[x] *= (1 + second[lists[x]] * others) / (1 + others)
        i = j
    return best, likely


def _agreed(root: Array, weak: Array, best: Array, likely: Array) -> tuple[Array, Array]:
    """Weak clusters all whose rows mean the same person. -> (leading row, leading row of that person), in order"""
    rows = np.flatnonzero(weak)
    leads, first, at = np.unique(root[rows], return_index=True, return_inverse=True)
    sure = (best[rows] >= 0) & (likely[rows] >= LEAST) & (best[rows] == best[rows][first][at])
    whole = np.bincount(at, ~sure, leads.size) == 0
    return leads[whole], best[rows][first][whole]
