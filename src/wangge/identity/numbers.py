"""Valid numbers that are not to be trusted: another's number entered for somebody, and 15 places that hold a slip.

A check digit shows that a number exists, not that it is this person's. Where a row's name has nothing in common with
the name that the number's birthday belongs to, and birthday, sex or every contact speak against it too, the row holds
somebody else's number (a child entered with a parent's). And 15 places have no check digit: such a number that no 18
places confirm, of a name that holds nearly the same number with 18, is that number with a slip in it.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from wangge.identity.asking import shares_a_key
from wangge.identity.bytes import Array
from wangge.identity.groups import digits_apart
from wangge.identity.keys import Keys
from wangge.identity.near_names import unlike
from wangge.identity.normal import homophones, mixed
from wangge.identity.sorting import Runs

EVIDENCE = "number_of_another"
NAMES = 12  # different names of one number that are looked at
GENERATION = 4383  # days: twelve years


def untrusted(keys: Keys, by_number: Runs) -> tuple[Array, tuple[Array, Array]]:
    """Rows by number -> (whether each row's number is not its own, (rows, group) that a person must look at)."""
    parts = keys.parts
    of_another, lone, owner = another(
        *by_number, keys.body, parts["name"], parts["packed_name"], homophones(), parts["written_birth"],
        parts["number_birth"], parts["sex"], parts["phone"], parts["door"], parts["short"] > 0,
    )  # fmt: skip
    rows = np.flatnonzero(of_another)
    asked = np.r_[rows, owner[rows]], np.r_[owner[rows], owner[rows]]
    return of_another | _slipped(keys, lone), asked


def _slipped(keys: Keys, lone: Array) -> Array:
    """Of the 15-place numbers that no 18 places confirm, those a slip away from an 18-place one of the same name."""
    found, rows = np.zeros(lone.size, np.bool_), np.flatnonzero(lone)
    for half in ("number_left", "number_right") if rows.size else ():
        near = lone.copy()
        shares_a_key((keys.parts["name"], keys.parts[half]), rows, near)
        near &= keys.valid
        key, there = mixed(keys.parts["name"][near], keys.parts[half][near])
        order = np.flatnonzero(near)[there][np.argsort(key[there], kind="stable")]
        whole = np.full(lone.size, -1, np.int64)
        whole[near] = key
        find_slips(order, whole, keys.body, lone, keys.parts["short"] > 0, found)
    return found


@njit(cache=True, nogil=True)
def is_slip(x: int, y: int) -> bool:
    """Whether two numbers differ in one digit, or in two neighbours that are swapped."""
    apart = digits_apart(x, y)
    if apart != 2:
        return bool(apart == 1)
    while x % 10 == y % 10:
        x, y = x // 10, y // 10
    return bool(x // 100 == y // 100 and x % 10 == y // 10 % 10 and y % 10 == x // 10 % 10)


@njit(cache=True, nogil=True)
def find_slips(order: Array, key: Array, body: Array, lone: Array, short: Array, found: Array) -> None:
    """Marks unconfirmed numbers that are a slip away from an 18-place one; rows sorted by key."""
    i = 0
    while i < order.size:
        j = i + 1
        while j < order.size and key[order[j]] == key[order[i]]:
            j += 1
        if j - i <= 64:
            for a in range(i, j):
                for b in range(i, j):
                    x, y = order[a], order[b]
                    if lone[x] and not short[y] and is_slip(body[x], body[y]):
                        found[x] = True
        i = j


@njit(cache=True, nogil=True)
def _against(
    order: Array, i: int, j: int, name: Array, mine: int, owner: int, surnames_differ: bool,
    written: Array, birth: Array, sex: Array, parity: int, phone: Array, door: Array,
) -> bool:  # fmt: skip
    """Whether what the rows of name `mine` say speaks against being the one called `owner`."""
    agrees, apart, sexes, shared, compared = False, False, False, False, False
    for k in range(i, j):
        x = order[k]
        if name[x] != mine:
            continue
        if written[x] >= 0:
            agrees = agrees or written[x] == birth[x]
            apart = apart or abs(written[x] - birth[x]) >= GENERATION
        sexes = sexes or (sex[x] >= 0 and sex[x] != parity)
        for m in range(i, j):
            y = order[m]
            if name[y] == owner:
                if phone[x] >= 0 and phone[y] >= 0:
                    compared, shared = True, shared or phone[x] == phone[y]
                if door[x] >= 0 and door[y] >= 0:
                    compared, shared = True, shared or door[x] == door[y]
    if agrees:
        return surnames_differ and compared and not shared
    return apart or sexes or (surnames_differ and compared and not shared)


@njit(inline="always")
def _votes(
    order: Array, i: int, j: int, name: Array, written: Array, birth: Array, names: Array, rows: Array, score: Array
) -> tuple[int, int]:
    """Counts the votes of the rows order[i:j] into `names`, a row of each and `score`. -> (names, place of the owner's)"""
    d = 0
    for k in range(i, j):
        x = order[k]
        at = 0
        while at < d and names[at] != name[x]:
            at += 1
        if name[x] < 0 or at == NAMES:
            continue
        if at == d:
            names[d], rows[d], score[d], d = name[x], x, 0, d + 1
        score[at] += 1000 if written[x] >= 0 and written[x] == birth[x] else 1
    best = 0
    for k in range(1, d):
        if score[k] > score[best] or (score[k] == score[best] and names[k] < names[best]):
            best = k
    return d, best


@njit(cache=True, nogil=True)
def another(
    starts: Array, order: Array, ids: Array, name: Array, packed: Array, homo: Array, written: Array, birth: Array,
    sex: Array, phone: Array, door: Array, short: Array,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Rows by number -> by row: it holds another's number; its number has 15 places in every row; a row of the
    number's owner (-1 elsewhere).

    The owner is the name whose rows write the number's birthday most often, then the name of most rows.
    """
    n = name.size
    wrong, lone, owner = np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.full(n, -1, np.int64)
    names, rows, score = np.empty(NAMES, np.int64), np.empty(NAMES, np.int64), np.empty(NAMES, np.int64)
    for g in range(starts.size - 1):
        i, j, all_short, mixed_names = starts[g], starts[g + 1], True, False
        for k in range(i, j):
            all_short = all_short and short[order[k]]
            mixed_names = mixed_names or name[order[k]] != name[order[i]]
        if all_short:
            for k in range(i, j):
                lone[order[k]] = True
        if mixed_names:
            d, best = _votes(order, i, j, name, written, birth, names, rows, score)
            for k in range(d):
                if k == best:
                    continue
                p, q = rows[k], rows[best]
                given, surnames = unlike(packed[p], packed[q], homo)
                parity = 0 if ids[order[i]] % 2 == 1 else 1
                if given and _against(
                    order, i, j, name, names[k], names[best], surnames, written, birth, sex, parity, phone, door
                ):
                    for m in range(i, j):
                        if name[order[m]] == names[k]:
                            wrong[order[m]], owner[order[m]] = True, q
    return wrong, lone, owner
