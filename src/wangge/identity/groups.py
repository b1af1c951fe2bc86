"""Union-find with a veto: clusters of two different valid numbers, or that a person parted, never become one.

What a person settled as different is kept as rivals: (head, tail, other, following) are linked lists of the rows that
a cluster must not hold, by leading row. Joining two clusters joins their lists, so that no chain of joins breaks one.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from wangge.identity.bytes import Array

Rivals = tuple[Array, Array, Array, Array]
NO_RIVALS: Rivals = (np.empty(0, np.int64),) * 4
BITS = 26  # bitmap of 2^26 keys = 8 MB


@njit(inline="always")
def find(parent: Array, x: int) -> int:
    """The leading row of the cluster of row x; paths are halved on the way."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


def rivals_of(n: int, different: Array) -> Rivals:
    """Pairs of rows that are two people -> Rivals. Without pairs the arrays are empty and cost nothing."""
    pairs = np.asarray(different, np.int64).reshape(-1, 2)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if not len(pairs):
        return NO_RIVALS
    head, tail = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    other, following = np.empty(2 * len(pairs), np.int64), np.full(2 * len(pairs), -1, np.int64)
    _fill(np.concatenate([pairs, pairs[:, ::-1]]), head, tail, other, following)
    return head, tail, other, following


@njit(cache=True, nogil=True)
def _fill(pairs: Array, head: Array, tail: Array, other: Array, following: Array) -> None:
    for e in range(pairs.shape[0]):
        row = pairs[e, 0]
        other[e] = pairs[e, 1]
        if head[row] < 0:
            head[row] = e
        else:
            following[tail[row]] = e
        tail[row] = e


@njit(cache=True, nogil=True)
def are_apart(parent: Array, rivals: Rivals, a: int, b: int) -> bool:
    """Whether a person settled that some row of the cluster led by `a` and some of that led by `b` are two people."""
    head, _, other, following = rivals
    if head.size == 0 or head[a] < 0 or head[b] < 0:
        return False
    e = head[a]
    while e >= 0:
        if find(parent, other[e]) == b:
            return True
        e = following[e]
    return False


@njit(cache=True, nogil=True)
def union(parent: Array, number: Array, rivals: Rivals, a: int, b: int) -> bool:
    """Join the clusters of two rows; the smaller row leads. False, and nothing done, where they are kept apart."""
    a, b = find(parent, a), find(parent, b)
    if a == b:
        return True
    if (number[a] >= 0 and number[b] >= 0 and number[a] != number[b]) or are_apart(parent, rivals, a, b):
        return False
    if b < a:
        a, b = b, a
    parent[b] = a
    if number[a] < 0:
        number[a] = number[b]
    head, tail, _, following = rivals
    if head.size > 0 and head[b] >= 0:
        if head[a] < 0:
            head[a] = head[b]
        else:
            following[tail[a]] = head[b]
        tail[a] = tail[b]
    return True


@njit(cache=True, nogil=True)
def _names_rivals(order: Array, i: int, j: int, parent: Array, rivals: Rivals) -> bool:
    """Whether two of the rows order[i:j] were settled to be two people."""
    if rivals[0].size == 0:
        return False
    for k in range(i, j):
        a = find(parent, order[k])
        if rivals[0][a] < 0:
            continue
        for m in range(k + 1, j):
            if are_apart(parent, rivals, a, find(parent, order[m])):
                return True
    return False


@njit(cache=True, nogil=True)
def merge(
    order: Array, key: Array, parent: Array, number: Array, how: Array, step: int, cap: int, rivals: Rivals
) -> Array:
    """Rows in `order` (sorted by key) that share a key become one cluster, unless that names two valid numbers or two
    that a person parted.

    A group over `cap` rows (0: none is too large) says too little to join anybody. `how[row]` takes `step` where it
    was 0 and the row was joined. -> for each place in `order`, 1 where a group begins that is ambiguous
    """
    n, i = order.size, 0
    ambiguous = np.zeros(n, np.bool_)
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        if j - i > 1 and (cap == 0 or j - i <= cap):
            lead, one, two, several = find(parent, order[i]), np.int64(-1), False, False
            for k in range(i, j):
                root = find(parent, order[k])
                several = several or root != lead
                v = number[root]
                if v >= 0:
                    two = two or bool(one >= 0 and one != v)
                    one = v
            if several and (two or _names_rivals(order, i, j, parent, rivals)):
                ambiguous[i] = True
            elif several:
                for k in range(i, j):
                    union(parent, number, rivals, order[i], order[k])
                    if how[order[k]] == 0:
                        how[order[k]] = step
        i = j
    return ambiguous


@njit(cache=True, nogil=True)
def digits_apart(a: int, b: int) -> int:
    """Places of 17 digits that differ."""
    d = 0
    while a > 0 or b > 0:
        if a % 10 != b % 10:
            d += 1
        a //= 10
        b //= 10
    return d


@njit(cache=True, nogil=True)
def merge_near(
    order: Array, key: Array, parent: Array, number: Array, how: Array, step: int, body: Array, valid: Array,
    cap: int, rivals: Rivals,
) -> Array:  # fmt: skip
    """Rows of one name class and half a number: a broken number joins the one valid number at most two digits away.

    Two such valid numbers leave it alone (ambiguous). Broken numbers that near to each other are then joined too.
    """
    n, i = order.size, 0
    ambiguous = np.zeros(n, np.bool_)
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        if 1 < j - i <= cap:
            for a in range(i, j):
                x = order[a]
                if valid[x] or number[find(parent, x)] >= 0:
                    continue
                one, at, two = np.int64(-1), np.int64(-1), False
                for b in range(i, j):
                    y = order[b]
                    if valid[y] and digits_apart(body[x], body[y]) <= 2:
                        v = number[find(parent, y)]
                        two = two or bool(one >= 0 and one != v)
                        one, at = v, y
                if two:
                    ambiguous[i] = True
                elif at >= 0 and union(parent, number, rivals, x, at):
                    _mark(how, step, x, at)
            for a in range(i, j):
                x = order[a]
                for b in range(a + 1, j):
                    y = order[b]
                    if valid[x] or valid[y] or digits_apart(body[x], body[y]) > 2:
                        continue
                    if find(parent, x) != find(parent, y) and union(parent, number, rivals, x, y):
                        _mark(how, step, x, y)
        i = j
    return ambiguous


@njit(cache=True, nogil=True)
def _mark(how: Array, step: int, x: int, y: int) -> None:
    if how[x] == 0:
        how[x] = step
    if how[y] == 0:
        how[y] = step


@njit(cache=True, nogil=True)
def join_in_turn(
    one: Array, two: Array, word: Array, parent: Array, number: Array, how: Array, rivals: Rivals
) -> None:  # fmt: skip
    """Join pairs of rows in the order given, as far as number and decisions allow; `how` takes their word."""
    for i in range(one.size):
        if find(parent, one[i]) != find(parent, two[i]) and union(parent, number, rivals, one[i], two[i]):
            _mark(how, word[i], one[i], two[i])


@njit(cache=True, nogil=True)
def worth_asking(key: Array, there: Array, parent: Array, number: Array) -> Array:
    """Rows that hold a key which some row without a valid number holds too (a bitmap: some more may slip in).

    Nine rows of ten belong to a valid number already; only what they share with the others is worth sorting.
    """
    mask = (np.int64(1) << BITS) - 1
    bits = np.zeros((mask + 1) >> 3, np.uint8)
    for i in range(key.size):
        if there[i] and number[find(parent, i)] < 0:
            h = (key[i] ^ key[i] >> 31) & mask
            bits[h >> 3] |= np.uint8(1 << (h & 7))
    keep = np.zeros(key.size, np.bool_)
    for i in range(key.size):
        if there[i]:
            h = (key[i] ^ key[i] >> 31) & mask
            keep[i] = bits[h >> 3] >> np.uint8(h & 7) & 1
    return keep


@njit(cache=True, nogil=True)
def roots(parent: Array) -> Array:
    """-> the leading row of every row's cluster."""
    out = np.empty(parent.size, np.int64)
    for i in range(parent.size):
        out[i] = find(parent, i)
    return out


@njit(cache=True, nogil=True)
def best_rows(person: Array, rank: Array, there: Array, n_people: int) -> Array:
    """-> for each person the row of lowest rank where the value is there, or -1."""
    best = np.full(n_people, -1, np.int64)
    for i in range(person.size):
        if there[i]:
            p = person[i]
            if best[p] < 0 or rank[i] < rank[best[p]]:
                best[p] = i
    return best
