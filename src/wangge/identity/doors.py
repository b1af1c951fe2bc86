"""Addresses in every writing style -> one number a door.

天津市东丽区万新街道金钟花园12号楼3单元501室, 东丽区金钟花园12栋3门501 and 金钟花园12-3-501 are one door. A door is told
by the last name before its numbers and by those numbers. Two addresses whose names end alike are one door only if
what they do not share is a division, street or road in front: 金钟花园 and 银钟花园 stay apart.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from wangge.identity.bytes import Array, Raw
from wangge.identity.normal import PRIME, SEED, decode

UNITS = "号楼栋幢座单元室门层房户院弄第组队期之梯"  # words between numbers; they name nothing
ENDS = "省市区县旗州盟镇乡村道路街巷里会处所场号"  # after one of these a compound's name may begin
NUMERALS = "零一二三四五六七八九十"
HOUSE = ord("号")


def _flags(chars: str) -> Array:
    flags = np.zeros(65536, np.uint8)
    flags[[ord(c) for c in chars]] = 1
    return flags


def _values() -> Array:
    values = np.full(65536, -1, np.int64)
    for value, char in enumerate(NUMERALS):
        values[ord(char)] = value
    values[ord("两")] = 2
    return values


IS_UNIT, IS_END, VALUE = _flags(UNITS), _flags(ENDS), _values()


@njit(cache=True)
def _written_number(letters: Array, at: int, end: int, value: Array, is_unit: Array) -> tuple[int, int]:
    """A number in characters before a unit word: 十二号 -> (12, bytes). Otherwise (-1, 0): it is part of a name."""
    total, last, j, count = 0, 0, at, 0
    while j < end and count < 4:
        code, size = decode(letters, j)
        v = value[code]
        if v < 0:
            break
        if v == 10:
            total, last = total + max(last, 1) * 10, 0
        else:
            last = last * 10 + v
        j += size
        count += 1
    if count == 0 or j >= end or not is_unit[decode(letters, j)[0]]:
        return -1, 0
    return total + last, j - at


@njit(cache=True)
def _number_at(letters: Array, at: int, end: int, code: int, value: Array, is_unit: Array) -> tuple[Any, int]:
    """Digits, one Latin letter (A座) or a written number. -> (number, bytes), or (-1, 0)"""
    if 48 <= code <= 57:
        number, used = 0, 0
        while at + used < end and 48 <= letters[at + used] <= 57:
            number = (number * 10 + letters[at + used] - 48) % 1000000000
            used += 1
        return number, used
    if 65 <= code <= 90 or 97 <= code <= 122:
        return 2000000000 + (code & 31), 1
    if value[code] >= 0:
        number, used = _written_number(letters, at, end, value, is_unit)
        return number, used
    return -1, 0


@njit(cache=True)
def _parse_one(letters: Array, begin: int, end: int, is_unit: Array, value: Array) -> tuple[Any, int, int]:
    """One address. -> (key or -1, first and last byte of its name)"""
    h, count, tail, first, last, j = SEED, 0, 0, 0, 0, begin
    start, stop, run = begin, begin, 0  # the name so far: its bytes, and its characters that are no unit word
    c0 = c1 = c2 = 0  # its last three
    while j < end:
        code, size = decode(letters, j)
        number, used = _number_at(letters, j, end, code, value, is_unit)
        if used > 0:
            # A single character between numbers names nothing (3区5栋); two or more begin a new name.
            if run >= (2 if count else 1):
                h = (((SEED ^ c0) * PRIME ^ c1) * PRIME ^ c2) * PRIME
                first, last, count = start, stop, 0
            h = (h ^ number) * PRIME
            j += used
            count, tail, run, start, stop = count + 1, 0, 0, j, j
            c0 = c1 = c2 = 0
            continue
        j += size
        if code < 0x4E00:
            continue
        tail = code
        if not is_unit[code]:
            run, stop, c0, c1, c2 = run + 1, j, c1, c2, code
        elif run == 0 and count > 0:
            start = stop = j  # a unit word between a number and a name is no part of the name
    whole = last > first and (count >= 2 or (count == 1 and tail == HOUSE))
    return (h >> 1 & 0x7FFFFFFFFFFFFFFF if whole else -1), first, last


@njit(cache=True)
def parse(letters: Array, offsets: Array, is_unit: Array, value: Array) -> tuple[Array, Array, Array]:
    """-> (key or -1, first and last byte of the name that the numbers follow).

    The key is a hash of the name's last three characters and of the numbers; it needs two numbers, or one and 号 at
    the end (a house of its own).
    """
    n = offsets.size - 1
    key, first, last = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        key[i], first[i], last[i] = _parse_one(letters, offsets[i], offsets[i + 1], is_unit, value)
    return key, first, last


@njit(cache=True)
def _begins(letters: Array, first: int, at: int, is_end: Array) -> bool:
    """Whether a compound's name may begin at byte `at`: nothing stands before it, or a division or road ends there."""
    if at <= first:
        return at == first
    if at - 3 < first:
        return False
    code, _ = decode(letters, at - 3)
    return bool(is_end[code])


@njit(cache=True)
def _same_name(letters: Array, a0: int, a1: int, b0: int, b1: int, is_end: Array) -> bool:
    """Whether two names end in one compound's name, and what stands before it in each is a division or a road.

    If neither is that name alone, three characters are asked for: 都市花园 and 城市花园 have 花园 in common, no more.
    """
    size = 0
    while size < min(a1 - a0, b1 - b0) and letters[a1 - 1 - size] == letters[b1 - 1 - size]:
        size += 1
        alone = a1 - size == a0 or b1 - size == b0
        long_enough = size % 3 == 0 and (size >= 9 or alone)
        if long_enough and _begins(letters, a0, a1 - size, is_end) and _begins(letters, b0, b1 - size, is_end):
            return True
    return False


@njit(cache=True)
def _hash_name(letters: Array, first: int, last: int) -> Any:
    h = SEED
    for k in range(first, last):
        h = (h ^ np.int64(letters[k])) * PRIME
    return h


@njit(cache=True)
def _spellings(
    letters: Array, rows: Array, first: Array, last: Array, heads: Array, hashes: Array, which: Array
) -> int:
    """The different names among rows of one key. `heads` takes the first row of each, `which` the name of each row."""
    n = 0
    for k in range(rows.size):
        h = _hash_name(letters, first[rows[k]], last[rows[k]])
        at = 0
        while at < n and hashes[at] != h:
            at += 1
        if at == n:
            heads[n], hashes[n], n = rows[k], h, n + 1
        which[k] = at
    return n


@njit(cache=True)
def _lead(letters: Array, heads: Array, first: Array, last: Array, is_end: Array, leader: Array) -> int:
    """The shortest name leads all that share it; the rest are led anew. -> number of leaders"""
    n_leaders = 0
    leader[:] = -1
    while True:
        lead = -1
        for k in range(heads.size):
            size = last[heads[k]] - first[heads[k]]
            if leader[k] < 0 and (lead < 0 or size < last[heads[lead]] - first[heads[lead]]):
                lead = k
        if lead < 0:
            return n_leaders
        x = heads[lead]
        for k in range(heads.size):
            y = heads[k]
            if leader[k] < 0 and (k == lead or _same_name(letters, first[x], last[x], first[y], last[y], is_end)):
                leader[k] = lead
        n_leaders += 1


@njit(cache=True)
def _split(
    letters: Array, order: Array, key: Array, first: Array, last: Array, is_end: Array, door: Array, twin: Array
) -> None:
    """Rows of one key -> doors, each named by its leader's first row; `twin` where a key has several doors."""
    i, n = 0, order.size
    heads, hashes, which, leader = (
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
    )
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        d = _spellings(letters, order[i:j], first, last, heads, hashes, which)
        n_leaders = _lead(letters, heads[:d], first, last, is_end, leader[:d])
        for k in range(i, j):
            door[order[k]] = heads[leader[which[k - i]]]
            twin[order[k]] = n_leaders > 1
        i = j


def doors(addresses: Raw) -> tuple[Array, Array, Array]:
    """-> (door as a row that stands for it or -1, key of the address or -1, whether the key has another door)"""
    letters, offsets = addresses
    key, first, last = parse(letters, offsets, IS_UNIT, VALUE)
    there = np.flatnonzero(key >= 0)
    order = there[np.argsort(key[there], kind="stable")]
    door, twin = np.full(key.size, -1, np.int64), np.zeros(key.size, np.bool_)
    _split(letters, order, key, first, last, IS_END, door, twin)
    return door, key, twin
