"""Addresses in every writing style -> one number a door.

天津市东丽区万新街道金钟花园12号楼3单元501室, 东丽区金钟花园12栋3门501 and 金钟花园12-3-501 are one door. What tells a door is
the last name before its numbers and those numbers. Two addresses whose names end alike are one door only if the shorter
name is the longer one without a division, street or road in front: 金钟花园 and 银钟花园 stay apart.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wangge.identity.bytes import Raw
from wangge.identity.normal import PRIME, SEED, decode

UNITS = "号楼栋幢座单元室门层房户院弄第组队期之梯"  # words between numbers; they name nothing
ENDS = "省市区县旗州盟镇乡村道路街巷里会处所场号"  # after one of these a compound's name may begin
NUMERALS = "零一二三四五六七八九十"


def _flags(chars: str) -> np.ndarray:
    flags = np.zeros(65536, np.uint8)
    flags[[ord(c) for c in chars]] = 1
    return flags


def _values() -> np.ndarray:
    values = np.full(65536, -1, np.int64)
    for value, char in enumerate(NUMERALS):
        values[ord(char)] = value
    values[ord("两")] = 2
    return values


IS_UNIT, IS_END, VALUE = _flags(UNITS), _flags(ENDS), _values()


@njit(cache=True)
def _written_number(letters, at, end, value, is_unit):
    """A number in characters that a unit word follows: 十二号 -> (12, bytes). Otherwise (-1, 0): it is part of a name."""
    total, last, j, count = np.int64(0), np.int64(0), at, 0
    while j < end and count < 4:
        code, size = decode(letters, j)
        v = value[code]
        if v < 0:
            break
        if v == 10:
            total += (last if last > 0 else 1) * 10
            last = 0
        else:
            last = last * 10 + v
        j += size
        count += 1
    if count == 0 or j >= end:
        return np.int64(-1), 0
    code, _ = decode(letters, j)
    return (total + last, j - at) if is_unit[code] else (np.int64(-1), 0)


@njit(cache=True)
def parse(letters, offsets, is_unit, value):
    """-> (key or -1, first and last byte of the name that the numbers follow).

    The key is a hash of the name's last three characters and of the numbers; it needs two numbers, or one and 号 at
    the end (a house of its own).
    """
    n = offsets.size - 1
    key, first, last = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        j, end = offsets[i], offsets[i + 1]
        h, count, tail = SEED, 0, np.int64(0)
        start, stop, size_of_run = j, j, 0  # the pending name: bytes from..to, characters that are no unit word
        c0 = c1 = c2 = np.int64(0)
        while j < end:
            code, size = decode(letters, j)
            number, used = np.int64(-1), 0
            if 48 <= code <= 57:
                number = np.int64(0)
                while j + used < end and 48 <= letters[j + used] <= 57:
                    number = (number * 10 + np.int64(letters[j + used]) - 48) % 1000000000
                    used += 1
            elif 65 <= code <= 90 or 97 <= code <= 122:
                number, used = 2000000000 + (code & 31), 1
            elif value[code] >= 0:
                number, used = _written_number(letters, j, end, value, is_unit)
            if used:
                if size_of_run >= (2 if count else 1):
                    h = (((SEED ^ c0) * PRIME ^ c1) * PRIME ^ c2) * PRIME
                    first[i], last[i], count = start, stop, 0
                h = (h ^ number) * PRIME
                count += 1
                j += used
                size_of_run, start, stop = 0, j, j
                c0 = c1 = c2 = np.int64(0)
                tail = np.int64(0)
                continue
            j += size
            tail = code if code >= 0x4E00 else tail
            if code < 0x4E00:
                continue
            if is_unit[code] and size_of_run == 0:
                start = stop = j  # unit words before a name do not belong to it
                if count == 0 and j - size == offsets[i]:
                    start = j - size
                continue
            if is_unit[code]:
                continue  # inside a name they stay in it, at its end they do not count
            size_of_run += 1
            stop = j
            c0, c1, c2 = c1, c2, code
        if last[i] > first[i] and (count >= 2 or (count == 1 and tail == 0x53F7)):
            key[i] = h >> 1 & 0x7FFFFFFFFFFFFFFF
    return key, first, last


@njit(cache=True)
def _follows(letters, a0, a1, b0, b1, is_end):
    """Whether name b is name a, or a division and name a."""
    size = a1 - a0
    if size > b1 - b0:
        return False
    for k in range(size):
        if letters[a1 - 1 - k] != letters[b1 - 1 - k]:
            return False
    if b1 - b0 == size:
        return True
    if b1 - size - 3 < b0:
        return False
    code, _ = decode(letters, b1 - size - 3)
    return is_end[code] == 1


@njit(cache=True)
def _split(letters, order, key, first, last, is_end, door, twin):
    """Rows of one key -> doors. The shortest name leads; who follows it is the same door, the rest are led anew."""
    i, n = 0, order.size
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        left, leaders = j - i, 0
        while left > 0:
            lead = np.int64(-1)
            for k in range(i, j):
                r = order[k]
                if door[r] < 0 and (
                    lead < 0
                    or last[r] - first[r] < last[lead] - first[lead]
                    or (last[r] - first[r] == last[lead] - first[lead] and r < lead)
                ):
                    lead = r
            for k in range(i, j):
                r = order[k]
                if door[r] < 0 and _follows(letters, first[lead], last[lead], first[r], last[r], is_end):
                    door[r] = lead
                    twin[r] = leaders > 0
                    left -= 1
            leaders += 1
        i = j


def doors(addresses: Raw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (door as the number of a row that stands for it or -1, key of the address or -1, whether a key has more doors)"""
    letters, offsets = addresses
    key, first, last = parse(letters, offsets, IS_UNIT, VALUE)
    there = np.flatnonzero(key >= 0)
    order = there[np.argsort(key[there], kind="stable")]
    door, twin = np.full(key.size, -1, np.int64), np.zeros(key.size, np.bool_)
    _split(letters, order, key, first, last, IS_END, door, twin)
    return door, key, twin
