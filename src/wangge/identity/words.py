"""Short texts as rows of character codes, and how near two of them are. Every kernel has a plain reference in tests."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.bytes import Array, raw
from wangge.identity.normal import PRIME, SEED, decode, homophones

LONGEST = 40  # characters of a text that are looked at
SOUNDS = "01230120022455012623010202"  # Soundex classes of a..z; 0 is left out. Source: US National Archives
HAN = 0x3400
SAME, NEAR, ALIKE, SWAPPED, OTHER = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Words:
    """`code[i]` is the place of row i's text among the different ones, -1 where there is none."""

    code: Array
    letters: Array  # uint16[n, LONGEST]
    size: Array
    sound: Array  # hash of how it sounds
    share: Array  # of the rows that hold a text, those that hold this one


def words_of(column: pa.ChunkedArray) -> Words:
    """A text column -> Words. Case, blanks around and dots of names count for nothing; the rest does."""
    bare = pc.utf8_trim_whitespace(pc.utf8_lower(column))
    bare = pc.replace_substring_regex(bare, r"[·•‧・.'’\-]", "")
    bare = pc.if_else(pc.equal(pc.utf8_length(bare), 0), None, bare)
    coded = bare.combine_chunks().dictionary_encode()
    order = pc.sort_indices(coded.dictionary)  # by their text: codes do not depend on the order of rows
    place = np.empty(len(coded.dictionary), np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    at = pc.fill_null(coded.indices, -1).to_numpy().astype(np.int64)
    code = np.where(at >= 0, place[np.maximum(at, 0)], -1) if place.size else at
    letters, size, sound = spelt(*raw(pa.chunked_array([coded.dictionary.take(order)])), homophones(), CLASS_OF)
    held = np.bincount(code[code >= 0], minlength=place.size)
    return Words(code, letters, size, sound, held / max(held.sum(), 1))


CLASS_OF = np.array([int(c) for c in SOUNDS], np.int64)


@njit(cache=True)
def spelt(letters: Array, offsets: Array, homo: Array, class_of: Array) -> tuple[Array, Array, Array]:
    """-> (codes, sizes, sound). Latin: the first letter and Soundex classes; Chinese: classes of those read alike."""
    n = offsets.size - 1
    out, sizes = np.zeros((n, LONGEST), np.uint16), np.zeros(n, np.int64)
    sound = np.full(n, -1, np.int64)
    for i in range(n):
        j, k, h, last = offsets[i], 0, SEED, np.int64(-1)
        while j < offsets[i + 1] and k < LONGEST:
            code, size = decode(letters, j)
            j += size
            out[i, k] = code & 0xFFFF
            if 97 <= code <= 122:
                kind = class_of[code - 97]
                if k == 0:
                    h = (h ^ code) * PRIME
                elif kind > 0 and kind != last:
                    h = (h ^ (kind + 200)) * PRIME
                if code != 104 and code != 119:  # h and w do not part two of one class
                    last = kind
            elif code != 32:
                h = (h ^ np.int64(homo[code & 0xFFFF])) * PRIME
                last = np.int64(-1)
            k += 1
        sizes[i], sound[i] = k, h >> 1 & 0x7FFFFFFFFFFFFFFF
    return out, sizes, sound


@njit(cache=True)
def slips(a: Array, m: int, b: Array, n: int, most: int) -> int:
    """Slips between two texts: a character wrong, missing, too many, or two neighbours swapped; most + 1 if more.

    Optimal string alignment: no piece is mended twice.
    """
    if abs(m - n) > most:
        return most + 1
    before, last, now = np.zeros(n + 1, np.int64), np.arange(n + 1), np.zeros(n + 1, np.int64)
    for i in range(1, m + 1):
        now[0] = i
        best = now[0]
        for j in range(1, n + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            v = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                v = min(v, before[j - 2] + 1)
            now[j] = v
            best = min(best, v)
        if best > most:
            return most + 1
        before, last, now = last, now, before
    return int(min(last[n], most + 1))


@njit(cache=True)
def jaro_winkler(a: Array, m: int, b: Array, n: int) -> float:
    """Likeness in [0, 1]: shared characters near each other's place, more if the texts begin alike. Winkler 1990."""
    if m == 0 or n == 0:
        return 1.0 if m == n else 0.0
    reach = max(max(m, n) // 2 - 1, 0)
    used_a, used_b = np.zeros(m, np.bool_), np.zeros(n, np.bool_)
    shared = 0
    for i in range(m):
        for j in range(max(0, i - reach), min(n, i + reach + 1)):
            if not used_b[j] and a[i] == b[j]:
                used_a[i] = used_b[j] = True
                shared += 1
                break
    if shared == 0:
        return 0.0
    out_of_place, j = 0, 0
    for i in range(m):
        if used_a[i]:
            while not used_b[j]:
                j += 1
            out_of_place += 1 if a[i] != b[j] else 0
            j += 1
    jaro = (shared / m + shared / n + (shared - out_of_place // 2) / shared) / 3
    begin = 0
    while begin < min(m, n, 4) and a[begin] == b[begin]:
        begin += 1
    return jaro + (begin * 0.1 * (1 - jaro) if jaro > 0.7 else 0.0)


@njit(cache=True)
def word_level(a: Array, m: int, b: Array, n: int, one_sound: bool) -> int:
    """SAME, NEAR (one slip), ALIKE (read alike, Jaro-Winkler of .88, or one is the beginning of the other), OTHER.

    A Chinese character is a whole word: another one is no slip unless it is read alike, one left out is.
    """
    if m > 0 and n > 0 and a[0] >= HAN and b[0] >= HAN:
        if one_sound:
            return SAME if slips(a, m, b, n, 0) == 0 else NEAR
        return ALIKE if m != n and slips(a, m, b, n, 1) == 1 else OTHER
    few = slips(a, m, b, n, 1)
    if few == 0:
        return SAME
    if few == 1 and min(m, n) > 1:
        return NEAR
    if one_sound or jaro_winkler(a, m, b, n) >= 0.88:
        return ALIKE
    size = min(m, n)
    if size > 0 and np.all(a[:size] == b[:size]):
        return ALIKE
    return OTHER


@njit(cache=True)
def digits_level(a: Array, m: int, b: Array, n: int) -> int:
    """SAME, NEAR (one slip), ALIKE (two slips, of at least six), OTHER."""
    few = slips(a, m, b, n, 2)
    if few <= 1:
        return int(few)
    return ALIKE if few == 2 and min(m, n) >= 6 else OTHER


@njit(cache=True)
def compare_words(a: Array, b: Array, code: Array, letters: Array, size: Array, sound: Array, is_number: bool) -> Any:
    """Level of each pair of rows; -1 where one of them has no text."""
    out = np.full(a.size, -1, np.int8)
    for i in range(a.size):
        x, y = code[a[i]], code[b[i]]
        if x < 0 or y < 0:
            continue
        if x == y:
            out[i] = SAME
        elif is_number:
            out[i] = digits_level(letters[x], size[x], letters[y], size[y])
        else:
            out[i] = word_level(letters[x], size[x], letters[y], size[y], sound[x] == sound[y])
    return out


@njit(cache=True)
def compare_across(
    a: Array, b: Array, code: Array, letters: Array, size: Array,
    code2: Array, letters2: Array, size2: Array,
) -> Any:  # fmt: skip
    """Whether what one row has in one column stands, up to a slip, in the other column of the other row."""
    out = np.zeros(a.size, np.bool_)
    for i in range(a.size):
        for x, y in ((code[a[i]], code2[b[i]]), (code[b[i]], code2[a[i]])):
            there = x >= 0 and y >= 0 and size[x] > 1 and size2[y] > 1
            if there and slips(letters[x], size[x], letters2[y], size2[y], 1) <= 1:
                out[i] = True
    return out


@njit(cache=True)
def compare_days(a: Array, b: Array, ymd: Array) -> Any:
    """Level of each pair of dates as yyyymmdd: SAME, SWAPPED (day and month), NEAR (one digit wrong or two neighbours
    swapped), ALIKE (two of year, month and day agree), OTHER; -1 where one is missing."""
    out = np.full(a.size, -1, np.int8)
    for i in range(a.size):
        x, y = ymd[a[i]], ymd[b[i]]
        if x < 0 or y < 0:
            continue
        out[i] = day_level(x, y)
    return out


@njit(cache=True)
def day_level(x: int, y: int) -> int:
    if x == y:
        return SAME
    if x // 10000 == y // 10000 and x // 100 % 100 == y % 100 and x % 100 == y // 100 % 100:
        return SWAPPED
    wrong, at, place = 0, np.empty(8, np.int64), 0
    p, q = x, y
    digits_x, digits_y = np.empty(8, np.int64), np.empty(8, np.int64)
    while place < 8:
        digits_x[place], digits_y[place] = p % 10, q % 10
        if digits_x[place] != digits_y[place]:
            at[wrong] = place
            wrong += 1
        p, q, place = p // 10, q // 10, place + 1
    if wrong == 1:
        return NEAR
    if wrong == 2 and at[1] == at[0] + 1:
        i, j = at[0], at[1]
        if digits_x[i] == digits_y[j] and digits_x[j] == digits_y[i]:
            return NEAR
    agree = int(x // 10000 == y // 10000) + int(x // 100 % 100 == y // 100 % 100) + int(x % 100 == y % 100)
    return ALIKE if agree == 2 else OTHER
