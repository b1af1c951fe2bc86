"""Numbers, phones and names -> integers that are equal when two clerks meant the same. -1 means: not there.

Each kernel has a plain reference in tests/generative, which it equals on every input.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wangge.base.scripts import simplified
from wangge.identity.bytes import Array, Raw

SEED, PRIME = np.int64(1469598103934665603), np.int64(1099511628211)
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)  # GB 11643, ISO 7064 MOD 11-2
NO_CLASS = 1000
HAN = 0x3400  # Chinese characters begin


@cache
def homophones() -> Array:
    """Character (16 bits) -> class of those read alike, as int32[65536]; without a reading it is its own class."""
    table = np.arange(NO_CLASS, NO_CLASS + 65536, dtype=np.int32)
    for number, line in enumerate(_lines("homophones.tsv")):
        _, chars = line.split("\t")
        table[np.frombuffer(chars.encode("utf-16-le"), np.uint16)] = number
    return table


def _lines(file: str) -> list[str]:
    text = resources.files(__package__).joinpath(file).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def scripts() -> Array:
    """Character (16 bits) -> its simplified form, as int32[65536]."""
    table = np.arange(65536, dtype=np.int32)
    forms = {form: plain for form, plain in simplified().items() if form < len(table)}
    table[list(forms)] = [ord(plain) for plain in forms.values()]
    return table


@cache
def pinyin() -> Array:
    """Letters a..z, then the classes of homophones() -> a number; a syllable's is the sum of its letters'."""
    letter = (np.arange(1, 27, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(0xBF58476D1CE4E5B9)
    letter ^= letter >> np.uint64(29)
    letter = (letter * np.uint64(0x94D049BB133111EB)).astype(np.int64)
    syllables = [line.split("\t")[0] for line in _lines("homophones.tsv")]
    sums = [sum((letter[ord(c) - 97 : ord(c) - 96] for c in word), np.zeros(1, np.int64))[0] for word in syllables]
    return np.concatenate([letter, np.array(sums, np.int64)])


ROUGH = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@cache
def rough() -> Array:
    """Character (16 bits) -> class of those that many speakers read alike: zh and z, in and ing, l and n."""
    first: dict[str, int] = {}
    merged = np.arange(NO_CLASS + 65536, dtype=np.int32)
    for number, line in enumerate(_lines("homophones.tsv")):
        syllable = line.split("\t")[0]
        for fine, coarse in ROUGH:
            syllable = syllable.replace(fine, coarse)
        if syllable[0] == "l":
            syllable = "n" + syllable[1:]
        merged[number] = first.setdefault(syllable, number)
    table: Array = merged[homophones()]
    return table


@cache
def look_alikes() -> Array:
    """Pairs of simplified characters of alike shape as a << 16 | b in either order, sorted int64."""
    fold = scripts()
    pairs = {
        int(fold[ord(a)]) << 16 | int(fold[ord(b)]) for line in _lines("look_alikes.tsv") for a in line for b in line
    }
    return np.array(sorted(pairs), np.int64)


@njit(cache=True, nogil=True)
def decode(letters: Array, at: int) -> tuple[Any, int]:
    """One UTF-8 character. -> (code point, bytes); beyond 16 bits the code is folded into them."""
    x = np.int64(letters[at])
    if x < 0x80:
        return x, 1
    if x < 0xE0:
        return (x & 31) << 6 | np.int64(letters[at + 1]) & 63, 2
    if x < 0xF0:
        return (x & 15) << 12 | (np.int64(letters[at + 1]) & 63) << 6 | np.int64(letters[at + 2]) & 63, 3
    return ((np.int64(letters[at + 1]) & 63) << 12 | (np.int64(letters[at + 2]) & 63) << 6
            | np.int64(letters[at + 3]) & 63) & 0xFFFF, 4  # fmt: skip


@njit(cache=True, nogil=True)
def _is_day(v: int) -> bool:
    """Whether yyyymmdd is a day of 1800..2199."""
    year, month, day = v // 10000, v // 100 % 100, v % 100
    if year < 1800 or year > 2199 or month < 1 or month > 12 or day < 1:
        return False
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    last = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30 if month != 2 else 29 if leap else 28
    return day <= last


@njit(cache=True, nogil=True)
def _spoilt(body: int, check: int) -> bool:
    """A spreadsheet keeps 15 digits of a number cell: the last three become 000, or what the nearest double shows."""
    whole = body * 10 + check
    kept = (whole + 500) // 1000 * 1000
    return whole % 1000 == 0 or np.int64(np.float64(kept)) == whole


@njit(cache=True, nogil=True)
def id_numbers(letters: Array, offsets: Array, weights: Array) -> tuple[Array, Array, Array]:
    """-> (17-digit body or -1, valid, hash of another document or -1).

    A body is what 18 places say without the check digit; 15 places are widened by 19. Valid: the day exists and the
    check digit is right; a number that a number cell may have spoilt is not trusted. 15 places have no check digit.
    """
    n = offsets.size - 1
    body, valid, other = np.full(n, -1, np.int64), np.zeros(n, np.bool_), np.full(n, -1, np.int64)
    for i in range(n):
        a, b = offsets[i], offsets[i + 1]
        size = b - a
        value, total, is_digits = np.int64(0), np.int64(0), size == 15 or size == 18
        if is_digits:
            for j in range(size - 1 if size == 18 else size):
                digit = np.int64(letters[a + j]) - 48
                is_digits = is_digits and 0 <= digit <= 9
                value = value * 10 + digit
                total += digit * weights[j]
                if size == 15 and j == 5:
                    value = value * 100 + 19
            is_digits = is_digits and (size == 15 or 48 <= letters[b - 1] <= 57 or letters[b - 1] in (88, 120))
        if is_digits:
            body[i] = value
            check = np.int64(10) if letters[b - 1] in (88, 120) else np.int64(letters[b - 1]) - 48
            right = size == 15 or ((total + check) % 11 == 1 and not (check < 10 and _spoilt(value, check)))
            valid[i] = right and _is_day(value // 1000 % 100000000)
        elif size > 0:
            h = SEED
            for j in range(a, b):
                h = (h ^ np.int64(letters[j])) * PRIME
            other[i] = h >> 1 & 0x7FFFFFFFFFFFFFFF
    return body, valid, other


@njit(cache=True, nogil=True)
def phones(letters: Array, offsets: Array) -> Array:
    """-> the last 11 digits, or -1 where there are fewer: a landline is shared too widely to tell people apart."""
    n = offsets.size - 1
    out = np.full(n, -1, np.int64)
    for i in range(n):
        value, count, place = np.int64(0), 0, np.int64(1)
        for j in range(offsets[i + 1] - 1, offsets[i] - 1, -1):
            digit = np.int64(letters[j]) - 48
            if 0 <= digit <= 9 and count < 11:
                value += digit * place
                place *= 10
                count += 1
        if count == 11 and value >= 10000000000:
            out[i] = value
    return out


class Names(NamedTuple):
    """Of each name, -1 where there is none: hash of its characters, of how they are read, and of the letters it is
    written with in pinyin, whatever their order (Wang Xiao Ming, XIAOMING WANG, 王晓明). `packed` is a Chinese name of
    at most four characters itself, simplified, 15 bits each, the first one lowest; -1 for other names."""

    exact: Array
    alike: Array
    letters: Array
    packed: Array


@njit(cache=True, nogil=True)
def names(letters: Array, offsets: Array, homo: Array, fold: Array, pinyin: Array) -> tuple[Array, Array, Array, Array]:
    """-> Names. Scripts and cases are one; blanks, dots, hyphens and apostrophes count for nothing."""
    n = offsets.size - 1
    exact, alike, spelt = np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    packed = np.full(n, -1, np.int64)
    for i in range(n):
        a, b, c, j, some, known = SEED, SEED, np.int64(0), offsets[i], False, True
        whole, place = np.int64(0), 0
        while j < offsets[i + 1]:
            code, size = decode(letters, j)
            j += size
            if code < 0x80:
                if code in (0x20, 0x27, 0x2D, 0x2E):
                    continue
                if 65 <= code <= 90:
                    code += 32
            elif code in (0x3000, 0xB7, 0x0387, 0x2019, 0x2022, 0x2027, 0x2219, 0x22C5, 0x25CF, 0x30FB):
                continue
            else:
                code = np.int64(fold[code & 0xFFFF])
            some = True
            if HAN <= code < HAN + 0x7FFF and place < 60:
                whole |= (code - HAN + 1) << place
            else:
                whole = np.int64(-1)
            place += 15
            kind = np.int64(homo[code & 0xFFFF])
            a = (a ^ code) * PRIME
            b = (b ^ kind) * PRIME
            if 97 <= code <= 122:
                c += pinyin[code - 97]
            elif kind < NO_CLASS:
                c += pinyin[26 + kind]
            else:
                known = False
        if some:
            exact[i], alike[i] = a >> 1 & 0x7FFFFFFFFFFFFFFF, b >> 1 & 0x7FFFFFFFFFFFFFFF
            spelt[i] = c >> 1 & 0x7FFFFFFFFFFFFFFF if known else -1
            packed[i] = whole
    return exact, alike, spelt, packed


def mixed(*parts: Array) -> tuple[Array, Array]:
    """One key of several. -> (key as non-negative int64, whether every part is there)"""
    there = np.ones(parts[0].size, bool)
    key = np.zeros(parts[0].size, np.uint64)
    for part in parts:
        there &= part >= 0
        key = (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return (key >> np.uint64(1)).astype(np.int64), there


def names_of(names_column: Raw) -> Names:
    """Names with the shipped tables of scripts, homophones and pinyin."""
    return Names(*names(*names_column, homophones(), scripts(), pinyin()))


def hashes_of(names_column: Raw) -> tuple[Array, Array]:
    """-> (exact, alike) of names_of()"""
    found = names_of(names_column)
    return found.exact, found.alike
