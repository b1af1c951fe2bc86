"""What a unit of an address (a character, a number) shows: its neighbours, known names around it, the next ending, what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from wangge.geography.codes import divisions
from wangge.geography.names import LONGEST, PRIME, _at, _begin, codepoints, table_of

Array = NDArray[Any]
BUCKETS = 1 << 20
WINDOW = 4
# Units of a feature, as distances from the one that is labelled.
_SHAPES: tuple[tuple[int, ...], ...] = (
    *((step,) for step in (0, -1, 1, -2, 2, -3, 3, -4, 4)),
    *((-1, 0), (0, 1), (-2, -1), (1, 2), (-1, 1)),
    *((-2, -1, 0), (-1, 0, 1), (0, 1, 2), (-3, -2, -1), (1, 2, 3)),
    *((-2, -1, 0, 1), (-1, 0, 1, 2), (0, 1, 2, 3), (-3, -2, -1, 0), (-4, -3, -2, -1), (1, 2, 3, 4)),
    *((-2, -1, 0, 1, 2), (0, 1, 2, 3, 4)),
)
_KINDS = ((-1, 0, 1), (-2, -1, 0, 1, 2), (-3, -2, -1, 0), (0, 1, 2, 3))
ENDINGS = "省市区县镇乡村路街道巷弄号楼栋幢室层单元庄园苑院座厂场店城大厦广花小公司组队桥里社"
SPREAD = np.uint64(0x9E3779B97F4A7C15)
NUMBER, LATIN = 0x110000, 0x110100  # what a row of digits (by its length) and a Latin word look like; no character is
_LEVELS = {
    "province": "(壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$",
    "city": "市$",
    "county": "[市区县旗]$",
    "street": "(街道|镇|乡)$",
    "community": "(社区)?(居民委员会|居委会|村民委员会|村委会)$",
}


@dataclass(frozen=True)
class Units:
    """Texts in units: a row of digits or of Latin letters is one, any other character is one.

    features: a row of numbers for each unit; starts: the first unit of each text, and one more; sizes: characters of
    each unit; looks: its character, or what kind of row it is.
    """

    features: Array
    starts: Array
    sizes: Array
    looks: Array


def units_of(texts: Sequence[str]) -> Units:
    """The units of every text and what each of them shows."""
    chars, begins = codepoints(pa.array(list(texts), pa.string()))
    first, starts = _split(chars, begins)
    sizes = np.diff(np.append(first, len(chars)))
    looks = chars[first].astype(np.int64)
    looks[_is_digit(looks)] = NUMBER + np.minimum(sizes[_is_digit(looks)], 6)
    looks[_is_latin(looks) & (sizes > 1)] = LATIN
    known = [_known(chars, begins, *table)[first] for table in _lexicon()]
    found = [*_near(looks, starts), *_named(looks, starts, known), [_values(chars, first)]]
    return Units(hashed(found), starts, sizes, looks)


def _near(looks: Array, starts: Array) -> list[list[Array]]:
    """The units around, what kind of sign they are, and how far the ends of the text are."""
    padded, at = _padded(looks, starts)
    kinds = np.select([padded == 0, padded >= NUMBER, padded < 128, _is_numeral(padded)], [0, 1, 2, 3], 4)
    found = [[padded[at + step] for step in shape] for shape in _SHAPES]
    found += [[kinds[at + step] for step in shape] for shape in _KINDS]
    sizes, here = np.diff(starts), np.arange(len(looks))
    begun, left = here - np.repeat(starts[:-1], sizes), np.repeat(starts[1:], sizes) - here - 1
    return [*found, [np.minimum(begun, 3), np.minimum(left, 3)], [np.minimum(left, 3), looks]]


def _named(looks: Array, starts: Array, known: Sequence[Array]) -> list[list[Array]]:
    """Known names around, the next ending and the one before, and what stands in the text twice."""
    coming, distance, before, again = _around(looks, starts, np.array([ord(c) for c in ENDINGS], np.int64))
    found: list[list[Array]] = []
    for column in known:
        found += [[column], [column, moved(column, -1)], [column, moved(column, 1)], [column, looks]]
    found += [list(known), [coming, distance], [before], [before, coming], [before, coming, distance]]
    found += [[coming, looks], [before, looks], [again], [again, looks], [again, moved(again, -1), moved(again, 1)]]
    return found + [[again, column] for column in known[:3]]


def hashed(found: Sequence[Sequence[Array]], room: int = 0) -> Array:
    """One column of numbers below BUCKETS for each feature; `room`: how many features others have numbered before."""
    columns = []
    for number, parts in enumerate(found, room + 1):
        value = np.full(len(parts[0]), 7919 * number, np.uint64)
        for part in parts:
            value = (value ^ part.astype(np.uint64)) * SPREAD
            value ^= value >> np.uint64(29)
        columns.append((value % np.uint64(BUCKETS)).astype(np.int32))
    return np.stack(columns, axis=1)


def _is_digit(chars: Array) -> Array:
    return (chars >= 48) & (chars <= 57)


def _is_latin(chars: Array) -> Array:
    return ((chars >= 65) & (chars <= 90)) | ((chars >= 97) & (chars <= 122))


def _split(chars: Array, begins: Array) -> tuple[Array, Array]:
    """The first character of each unit, and the first unit of each text (one more than there are texts)."""
    kind = np.select([_is_digit(chars), _is_latin(chars)], [1, 2], 0)
    opens = np.ones(len(chars) + 1, np.bool_)
    opens[1:-1] = (kind[1:] == 0) | (kind[1:] != kind[:-1])
    opens[begins] = True
    first = np.flatnonzero(opens[:-1])
    return first, np.searchsorted(first, begins)


def _padded(chars: Array, starts: Array) -> tuple[Array, Array]:
    """The units with room between texts, and where each of them stands there."""
    sizes = np.diff(starts)
    padded = np.zeros(len(chars) + 2 * WINDOW * len(sizes), np.int64)
    at = np.arange(len(chars)) + WINDOW * (2 * np.repeat(np.arange(len(sizes)), sizes) + 1)
    padded[at] = chars
    return padded, at


def moved(column: Array, by: int) -> Array:
    return np.concatenate([column[by:], column[:by]])  # over the end of a text it meets a neighbour: noise, not harm


def _is_numeral(chars: Array) -> Array:
    return np.isin(chars, [ord(c) for c in "一二三四五六七八九十百零〇"])


@cache
def _lexicon() -> list[tuple[Array, Array]]:
    """Tables of the names of all divisions, level by level, with and without their endings."""
    found = []
    for level, ending in _LEVELS.items():
        names = divisions(level)["name"].combine_chunks()
        short = pc.replace_substring_regex(names, ending, "")
        every = [names, short]
        if level == "community":
            every = [short, pc.replace_substring_regex(short, "村$", "")]
            every += [pc.binary_join_element_wise(every[1], end, "") for end in ("村", "社区")]
        both = pc.unique(pa.chunked_array(every).combine_chunks())
        both = both.filter(pc.greater_equal(pc.utf8_length(both), 2))
        found.append(table_of(both, np.zeros(len(both), np.int64)))
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _known(chars: Array, starts: Array, keys: Array, values: Array) -> Array:
    """For each character: inside which longest name (by its length), whether it begins or ends it; 0 for none."""
    out = np.zeros(len(chars), np.int64)
    for i in range(len(starts) - 1):
        p = starts[i]
        while p < starts[i + 1]:
            h, size = _begin(0), 0
            for q in range(p, min(starts[i + 1], p + LONGEST)):
                h = (h ^ np.uint64(chars[q])) * PRIME
                if q > p and _at(h, keys, values) >= 0:
                    size = q + 1 - p
            for q in range(p, p + size):
                out[q] = 2 + int(q == p) + 2 * int(q == p + size - 1) + 8 * min(size, 6)
            p += max(size, 1)
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def _around(chars: Array, starts: Array, endings: Array) -> tuple[Array, Array, Array, Array]:
    """The next ending (路, 镇, 号 …) and how far it is, the one before, and whether two characters stand here twice."""
    n = len(chars)
    coming, distance, before, again = (
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )
    for i in range(len(starts) - 1):
        a, b = starts[i], starts[i + 1]
        char, far = 0, 0
        for p in range(b - 1, a - 1, -1):
            char, far = (chars[p], 0) if np.any(endings == chars[p]) else (char, far + 1)
            coming[p], distance[p] = char, min(far, 6)
        char = 0
        for p in range(a, b):
            before[p] = char
            char = chars[p] if np.any(endings == chars[p]) else char
        for p in range(a, b - 1):
            for q in range(a, b - 1):
                if q != p and chars[p] == chars[q] and chars[p + 1] == chars[q + 1]:
                    again[p] |= 1 if q < p else 2
                    again[p + 1] |= 4 if q < p else 0
    return coming, distance, before, again


@njit(cache=True)  # type: ignore[untyped-decorator]
def _values(chars: Array, first: Array) -> Array:
    """A number for the characters of each unit: the same where they are the same."""
    out = np.zeros(len(first), np.uint64)
    for k in range(len(first)):
        h = _begin(0)
        for p in range(first[k], first[k + 1] if k + 1 < len(first) else len(chars)):
            h = (h ^ np.uint64(chars[p])) * PRIME
        out[k] = h
    return out
