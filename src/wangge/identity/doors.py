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

from wangge.identity.bytes import Array, Raw, decode
from wangge.identity.normal import PRIME, SEED
from wangge.identity.sorting import runs_of

UNITS = "号楼栋幢座单元室门层房户院弄第组队期之梯"  # words between numbers; they name nothing
ENDS = "省市区县旗州盟镇乡村道路街巷里会处所场号"  # after one of these a compound's name may begin
NUMERALS = "零一二三四五六七八九十"
HOUSE = ord("号")
LETTER = 2_000_000_000  # A座 is building 2,000,000,001
NINE_DIGITS = 100_000_000  # of longer numbers the last nine digits count
POSITIVE = 0x7FFFFFFFFFFFFFFF
KEY, NAMED, FIRST, LAST = 0, 1, 2, 3  # what parse() tells of an address
NOTHING, NAME, UNIT, NUMERAL, TEN = 0, 1, 2, 16, 26  # kinds of characters; NUMERAL + 3 is 三


def _kinds() -> Array:
    """Character (16 bits) -> its kind."""
    kind = np.zeros(65536, np.uint8)
    kind[0x4E00:] = NAME
    kind[[ord(c) for c in UNITS]] = UNIT
    for value, char in enumerate(NUMERALS):
        kind[ord(char)] = NUMERAL + value
    kind[ord("两")] = NUMERAL + 2
    return kind


def _flags(chars: str) -> Array:
    flags = np.zeros(65536, np.uint8)
    flags[[ord(c) for c in chars]] = 1
    return flags


KIND, IS_END = _kinds(), _flags(ENDS)


@njit(cache=True, nogil=True)
def _written_number(letters: Array, at: int, end: int, kind: Array, size: int) -> tuple[Any, int]:
    """A number in characters before a unit word: 十二号 -> (12, its bytes). Otherwise (-1, size): part of a name."""
    total, last, j, count = np.int64(0), np.int64(0), at, 0
    while j < end and count < 4:
        code, used = decode(letters, j)
        k = np.int64(kind[code])
        if k < NUMERAL:
            break
        if k == TEN:
            total, last = total + max(last, np.int64(1)) * 10, np.int64(0)
        else:
            last = last * 10 + k - NUMERAL
        j += used
        count += 1
    if j >= end or kind[decode(letters, j)[0]] != UNIT:
        return np.int64(-1), size
    return total + last, j - at


@njit(cache=True, nogil=True)
def _parse(letters: Array, offsets: Array, kind: Array, i: int, out: Array) -> None:
    """One address. out[i] takes its key or -1, the hash of its name, first and last byte of its name."""
    begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
    h, name, first, last, count, house, j = SEED, SEED, begin, begin, 0, False, begin
    start, stop, run = begin, begin, 0  # the name so far: its bytes, and its characters that are no unit word
    heard = whole = SEED  # hashes of the name up to its last such character, and up to here
    c0 = c1 = c2 = np.int64(0)  # the last three such characters
    while j < end:
        x, number = np.int64(letters[j]), np.int64(-1)
        code, size = decode(letters, j)
        if 48 <= x <= 57:
            number = x - 48
            while j + size < end and 48 <= letters[j + size] <= 57:
                number = (number if number < NINE_DIGITS else number % NINE_DIGITS) * 10 + letters[j + size] - 48
                size += 1
        elif 65 <= x <= 90 or 97 <= x <= 122:
            number = LETTER + (x & 31)
        elif kind[code] >= NUMERAL:
            number, size = _written_number(letters, j, end, kind, size)
        j += size
        if number >= 0:
            # A single character between numbers names nothing (3区5栋); two or more begin a new name.
            if run >= (2 if count else 1):
                h = (((SEED ^ c0) * PRIME ^ c1) * PRIME ^ c2) * PRIME
                name, first, last, count = heard, start, stop, 0
            h = (h ^ number) * PRIME
            start, stop, count, run, house, heard, whole = j, j, count + 1, 0, False, SEED, SEED
            c0 = c1 = c2 = np.int64(0)
        elif kind[code] != NOTHING:
            house, whole = code == HOUSE, (whole ^ code) * PRIME
            if kind[code] != UNIT:
                run, stop, heard, c0, c1, c2 = run + 1, j, whole, c1, c2, code
            elif run == 0 and count > 0:
                start, stop, whole = j, j, SEED  # a unit word between a number and a name is no part of the name
    known = last > first and (count >= 2 or (count == 1 and house))
    out[i, KEY], out[i, NAMED] = h >> 1 & POSITIVE if known else np.int64(-1), name
    out[i, FIRST], out[i, LAST] = first, last


@njit(cache=True, nogil=True)
def parse(letters: Array, offsets: Array, kind: Array) -> Array:
    """-> int64[n, 4]: key or -1; hash, first and last byte of the name that the numbers follow.

    The key is a hash of the name's last three characters and of the numbers; it needs two numbers, or one and 号 at
    the end (a house of its own).
    """
    out = np.empty((offsets.size - 1, 4), np.int64)
    for i in range(out.shape[0]):
        if i > 0 and _is_again(letters, offsets, i):
            out[i] = out[i - 1]  # lists keep those of one door together
        else:
            _parse(letters, offsets, kind, i, out)
    return out


@njit(cache=True, nogil=True)
def _is_again(letters: Array, offsets: Array, i: int) -> bool:
    """Whether a text is the one before it."""
    before, at, end = np.int64(offsets[i - 1]), np.int64(offsets[i]), np.int64(offsets[i + 1])
    if end - at != at - before:
        return False
    for k in range(end - at):  # noqa: SIM110 - the compiler knows no generators
        if letters[before + k] != letters[at + k]:
            return False
    return True


@njit(cache=True, nogil=True)
def _begins(letters: Array, first: int, at: int, is_end: Array) -> bool:
    """Whether a compound's name may begin at byte `at`: nothing stands before it, or a division or road ends there."""
    if at <= first:
        return at == first
    if at - 3 < first:
        return False
    code, _ = decode(letters, at - 3)
    return bool(is_end[code])


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _spellings(rows: Array, parsed: Array, heads: Array, which: Array) -> int:
    """The different names among rows of one key. `heads` takes the first row of each, `which` the name of each row."""
    n = 0
    for k in range(rows.size):
        at = 0
        while at < n and parsed[heads[at], NAMED] != parsed[rows[k], NAMED]:
            at += 1
        if at == n:
            heads[n], n = rows[k], n + 1
        which[k] = at
    return n


@njit(cache=True, nogil=True)
def _is_before(x: int, y: int, parsed: Array) -> bool:
    """The shorter name leads; of equally long ones any, as long as it is the same in every order of rows."""
    a, b = parsed[x, LAST] - parsed[x, FIRST], parsed[y, LAST] - parsed[y, FIRST]
    return bool(a < b or (a == b and parsed[x, NAMED] < parsed[y, NAMED]))


@njit(cache=True, nogil=True)
def _lead(letters: Array, heads: Array, parsed: Array, is_end: Array, leader: Array) -> int:
    """The shortest name leads all that share it; the rest are led anew. -> number of leaders"""
    n_leaders = 0
    leader[:] = -1
    while True:
        lead = -1
        for k in range(heads.size):
            if leader[k] < 0 and (lead < 0 or _is_before(heads[k], heads[lead], parsed)):
                lead = k
        if lead < 0:
            return n_leaders
        a0, a1 = parsed[heads[lead], FIRST], parsed[heads[lead], LAST]
        for k in range(heads.size):
            b0, b1 = parsed[heads[k], FIRST], parsed[heads[k], LAST]
            if leader[k] < 0 and (k == lead or _same_name(letters, a0, a1, b0, b1, is_end)):
                leader[k] = lead
        n_leaders += 1


@njit(cache=True, nogil=True)
def _split(letters: Array, starts: Array, rows: Array, parsed: Array, is_end: Array, door: Array, twin: Array) -> None:
    """Rows by key -> doors, each named by its leader's first row; `twin` where a key has several doors."""
    most = 0
    for g in range(starts.size - 1):
        most = max(most, starts[g + 1] - starts[g])
    heads, which, leader = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    for g in range(starts.size - 1):
        begin, end = starts[g], starts[g + 1]
        first, k = rows[begin], begin
        while k < end and parsed[rows[k], NAMED] == parsed[first, NAMED]:
            door[rows[k]] = first
            k += 1
        if k == end:
            continue  # one writing: one door
        d = _spellings(rows[begin:end], parsed, heads, which)
        n_leaders = _lead(letters, heads[:d], parsed, is_end, leader[:d])
        for k in range(begin, end):
            door[rows[k]], twin[rows[k]] = heads[leader[which[k - begin]]], n_leaders > 1


def doors(addresses: Raw) -> tuple[Array, Array, Array]:
    """-> (door as a row that stands for it or -1, key of the address or -1, whether the key has another door)"""
    letters, offsets = addresses
    parsed = parse(letters, offsets, KIND)
    key = parsed[:, KEY].copy()
    door, twin = np.full(key.size, -1, np.int64), np.zeros(key.size, np.bool_)
    _split(letters, *runs_of(key, np.flatnonzero(key >= 0)), parsed, IS_END, door, twin)
    return door, key, twin
