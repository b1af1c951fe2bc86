"""Which pairs of rows are worth comparing: those that share one of many cheap keys that are not too common."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
from numba import njit

from wangge.identity.bytes import Array, distinct
from wangge.identity.likely import Compared
from wangge.identity.normal import PRIME, SEED, mixed
from wangge.identity.words import Words

MOST = 40  # rows of a block; more say too little in common
PAIRS = 400_000  # of one kind of block; where there are more, smaller blocks are asked only

# Each line is one way two rows of a person still meet when other values are wrong or missing.
BLOCKS = (
    ("id_number",),
    ("phone",),
    ("email",),
    ("birth_date",),
    ("surname~", "given_name~"),
    ("surname~", "year"),
    ("given_name~", "year"),
    ("surname~", "locality~"),
    ("given_name~", "locality~"),
    ("surname~", "postcode"),
    ("given_name~", "postcode"),
    ("surname~", "month_day"),
    ("given_name~", "month_day"),
    ("locality~", "house_number"),
    ("street~", "house_number"),
    ("street~", "surname~"),
    ("street~", "given_name~"),
    ("street~", "year"),
    ("building~", "year"),
    ("building~", "house_number"),
    ("postcode", "house_number"),
    ("door", "year"),
    ("door", "given_name~"),
    ("surname~",),
    ("given_name~",),
)
SHORTENED = ("id_number", "phone")  # also met with one digit left out: a slip away
CROSSED = ("surname~", "given_name~")


def candidates(of: dict[str, Compared], n: int, most: int = MOST) -> tuple[Array, Array]:
    """-> (a, b) with a < b: pairs of rows that share a block of at most `most` rows, each once, sorted."""
    parts = _parts(of)
    found = [np.empty(0, np.int64)]
    for block in BLOCKS:
        if all(name in parts for name in block):
            key, there = mixed(*(parts[name] for name in block))
            rows = np.flatnonzero(there)
            found.append(_met(key[rows], rows, n, most))
    for name in SHORTENED:
        words = of[name].words if name in of else None
        if words is not None:
            key, row = left_out(words.code, words.letters, words.size)
            found.append(_met(key, row, n, most))
    if all(name in parts for name in CROSSED):
        one, two = parts[CROSSED[0]], parts[CROSSED[1]]
        key, there = mixed(np.minimum(one, two), np.maximum(one, two))
        rows = np.flatnonzero(there)
        found.append(_met(key[rows], rows, n, most))
    return np.divmod(distinct(np.concatenate(found)), n)


def _parts(of: dict[str, Compared]) -> dict[str, Array]:
    parts: dict[str, Array] = {}
    for name, one in of.items():
        parts[name] = one.code
        if one.words is not None:
            parts[f"{name}~"] = _of_rows(one.words, one.words.sound)
    if "birth_date" in of:
        ymd = of["birth_date"].code
        parts["year"] = np.where(ymd >= 0, ymd // 10000, -1)
        parts["month_day"] = np.where(ymd >= 0, ymd % 10000, -1)
    return parts


def _of_rows(words: Words, values: Array) -> Array:
    return np.where(words.code >= 0, values[np.maximum(words.code, 0)], -1)


def _met(key: Array, row: Array, n: int, most: int) -> Array:
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order]
    size = np.diff(np.r_[np.flatnonzero(np.r_[True, key[1:] != key[:-1]]), key.size])
    while most > 2 and (size * (size - 1) // 2)[size <= most].sum() > PAIRS:
        most = most * 3 // 4
    met: Array = distinct(pairs_of_blocks(key, row, n, most))
    return met


@njit(cache=True)
def pairs_of_blocks(key: Array, row: Array, n: int, most: int) -> Array:
    """Rows sorted by key -> a * n + b of all pairs of different rows within blocks of at most `most` rows."""
    total = 0
    for fill in range(2):
        out = np.empty(total, np.int64)
        i, total = 0, 0
        while i < key.size:
            j = i + 1
            while j < key.size and key[j] == key[i]:
                j += 1
            if j - i <= most:
                for x in range(i, j):
                    for y in range(x + 1, j):
                        if row[x] != row[y]:
                            if fill:
                                out[total] = min(row[x], row[y]) * n + max(row[x], row[y])
                            total += 1
            i = j
    return out


@njit(cache=True)
def left_out(code: Array, letters: Array, size: Array) -> tuple[Array, Array]:
    """Symmetric deletes: each number of at least five digits whole, and with each of its digits left out. Numbers one
    slip apart share a key, and so do those with two neighbours swapped. -> (key, row)"""
    total = 0
    for i in range(code.size):
        if code[i] >= 0 and size[code[i]] >= 5:
            total += size[code[i]] + 1
    key, row = np.empty(total, np.int64), np.empty(total, np.int64)
    at = 0
    for i in range(code.size):
        if code[i] < 0 or size[code[i]] < 5:
            continue
        w, m = letters[code[i]], size[code[i]]
        for skip in range(m + 1):
            h = SEED
            for j in range(m):
                if j != skip:
                    h = (h ^ np.int64(w[j])) * PRIME
            key[at], row[at] = h >> 1 & 0x7FFFFFFFFFFFFFFF, i
            at += 1
    return key, row
