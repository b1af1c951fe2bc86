"""What a character of an address shows: its neighbours, known names around it, the next ending, what was said before."""

from __future__ import annotations

from collections.abc import Sequence
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
BUCKETS = 1 << 19
WINDOW = 3
# Characters of a feature, as distances from the one that is labelled.
_SHAPES: tuple[tuple[int, ...], ...] = (
    (0,),
    (-1,),
    (1,),
    (-2,),
    (2,),
    (-3,),
    (3,),
    (-1, 0),
    (0, 1),
    (-2, -1),
    (1, 2),
    (-1, 1),
    (-2, -1, 0),
    (-1, 0, 1),
)
_SHAPES += ((0, 1, 2), (-3, -2, -1), (1, 2, 3), (-2, -1, 0, 1), (-1, 0, 1, 2), (0, 1, 2, 3), (-3, -2, -1, 0))
_KINDS = ((-1, 0, 1), (-2, -1, 0, 1, 2), (-3, -2, -1, 0), (0, 1, 2, 3))
ENDINGS = "省市区县镇乡村路街道巷弄号楼栋幢室层单元庄园苑院座厂场店城大厦广花小公司组队桥里社"
SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LEVELS = {
    "province": "(壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$",
    "city": "市$",
    "county": "[市区县旗]$",
    "street": "(街道|镇|乡)$",
    "community": "(社区)?(居民委员会|居委会|村民委员会|村委会)$",
}


def features_of(texts: Sequence[str]) -> tuple[Array, Array]:
    """Numbers of the features of every character (one row a character), and where each text starts."""
    chars, starts = codepoints(pa.array(list(texts), pa.string()))
    padded, at = _padded(chars, starts)
    known = [_known(chars, starts, *table) for table in _lexicon()]
    coming, distance, before, again = _around(chars, starts, np.array([ord(c) for c in ENDINGS], np.int32))
    kinds = np.select([padded == 0, (padded >= 48) & (padded <= 57), padded < 128, _is_number(padded)], [0, 1, 2, 3], 4)
    found = [[padded[at + step] for step in shape] for shape in _SHAPES]
    found += [[kinds[at + step] for step in shape] for shape in _KINDS]
    for column in known:
        found += [[column], [column, _moved(column, -1)], [column, _moved(column, 1)], [column, chars]]
    found += [
        known,
        [coming, distance],
        [before],
        [before, coming],
        [before, coming, distance],
        [coming, chars],
        [before, chars],
    ]
    found += [
        [again],
        [again, chars],
        [again, _moved(again, -1), _moved(again, 1)],
        *([again, column] for column in known[:3]),
    ]
    return np.stack([_hashed(k, columns) for k, columns in enumerate(found)], axis=1), starts


def _hashed(number: int, columns: Sequence[Array]) -> Array:
    value = np.full(len(columns[0]), 7919 * (number + 1), np.uint64)
    for column in columns:
        value = (value ^ column.astype(np.uint64)) * SPREAD
        value ^= value >> np.uint64(29)
    return (value % np.uint64(BUCKETS)).astype(np.int32)


def _padded(chars: Array, starts: Array) -> tuple[Array, Array]:
    """The characters with room between texts, and where each of them stands there."""
    sizes = np.diff(starts)
    padded = np.zeros(len(chars) + 2 * WINDOW * len(sizes), np.int64)
    at = np.arange(len(chars)) + WINDOW * (2 * np.repeat(np.arange(len(sizes)), sizes) + 1)
    padded[at] = chars
    return padded, at


def _moved(column: Array, by: int) -> Array:
    return np.concatenate([column[by:], column[:by]])  # over the end of a text it meets a neighbour: noise, not harm


def _is_number(chars: Array) -> Array:
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
