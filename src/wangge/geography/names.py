"""Find names of places in texts: every name of a text's own city, where a name may begin, and what follows it.

The work of one pass over the characters; what a found name means is decided by the caller in SQL.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[Any]
LONGEST = 16
# Classes of what follows a name; the others stand in zone_words.toml.
OTHER, END, NUMBER, STREET, LANE, TOWN, COMMUNITY, VILLAGE, HOUSES, ROAD = range(10)
# A name may begin at the start, behind a mark, or behind a character that ends the name before it.
BEHIND = "|()-及和与至在含镇乡道街路处区县市旗州盟省村会园苑里庄期"
BASIS, PRIME, SPREAD = np.uint64(14695981039346656037), np.uint64(1099511628211), np.uint64(11400714819323198485)


def codepoints(texts: pa.Array) -> tuple[Ints, Ints]:
    """The characters of all texts in one row, and where each text starts (one more than there are texts)."""
    texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2], np.uint8) if texts.buffers()[2] is not None else np.zeros(0, np.uint8)
    chars, starts = _decode(data, offsets)
    return chars, starts


@cache
def _followers() -> tuple[Ints, Ints, Ints]:
    """Table of the words that may follow a name -> keys, values, and the class of each word."""
    text = resources.files(__package__).joinpath("data/zone_words.toml").read_text("utf-8")
    found: dict[str, int] = {}
    for group in tomllib.loads(text).values():
        parts = [m + u for m in group.get("marks", ()) for u in group.get("units", ())]
        for word in (*group.get("words", ()), *parts):
            found.setdefault(word, group["class"])
    keys, values = table_of(pa.array(list(found), pa.string()), np.zeros(len(found), np.int64))
    return keys, values, np.array(list(found.values()), np.int8)


def table_of(names: pa.Array, city: Ints) -> tuple[Ints, Ints]:
    """A table to look names up by city; two equal names of one city are not allowed."""
    chars, starts = codepoints(names)
    keys, values = _build(chars, starts, city)
    return keys, values


def find(texts: pa.Array, city: Ints, names: pa.Array, home: Ints) -> pa.Table:
    """Every name of the text's own city that stands in it -> text, spot, size, name, follows, behind, open.

    city: number of each text's city, -1 for none; home: number of each name's city. spot, size: characters, from 0.
    follows: class of what comes next (OTHER .. ROAD), `behind`: characters it takes; open: whether a name may begin here.
    """
    keys, values = table_of(names, home)
    heads = _beginnings(*codepoints(names), home.astype(np.int64))
    chars, starts = codepoints(texts)
    marks = np.zeros(65536, np.bool_)
    marks[[ord(c) for c in BEHIND]] = True
    found = _find(chars, starts, city.astype(np.int64), keys, values, heads, *_followers(), marks)
    columns = ("text", "spot", "size", "name", "follows", "behind", "open")
    return pa.table({c: found[:, i] for i, c in enumerate(columns)})


def one_for_another(texts: pa.Array, old: str, new: str) -> pa.Array:
    """Texts with characters of `old` replaced by those of `new` at the same place; all of three bytes (汉字)."""
    texts = texts.cast(pa.large_string())
    if texts.buffers()[2] is None or not len(texts):
        return texts.cast(pa.string())
    instead = np.arange(65536, dtype=np.uint16)
    instead[[ord(c) for c in old]] = [ord(c) for c in new]
    data = np.frombuffer(texts.buffers()[2], np.uint8).copy()
    _replace(data, instead)
    buffers = [texts.buffers()[0], texts.buffers()[1], pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers, offset=texts.offset).cast(pa.string())


def starting(chars: Ints, starts: Ints, city: Ints, keys: Ints, values: Ints, longest: int) -> Ints:
    """How many characters of each text the longest name of its own city takes that it starts with; 0 for none."""
    found: Ints = _starting(chars, starts, city, keys, values, longest)
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _replace(data: Ints, instead: Ints) -> None:
    for j in range(len(data) - 2):
        if data[j] & 0xF0 == 0xE0:  # first of three bytes
            c = ((data[j] & 15) << 12) | ((data[j + 1] & 63) << 6) | (data[j + 2] & 63)
            if instead[c] != c:
                c = np.int64(instead[c])
                data[j], data[j + 1], data[j + 2] = 0xE0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _starting(chars: Ints, starts: Ints, city: Ints, keys: Ints, values: Ints, longest: int) -> Ints:
    found = np.zeros(len(starts) - 1, np.int64)
    for i in range(len(starts) - 1):
        h = _begin(city[i])
        for q in range(starts[i], min(starts[i + 1], starts[i] + longest)):
            h = (h ^ np.uint64(chars[q])) * PRIME
            if _at(h, keys, values) >= 0:
                found[i] = q + 1 - starts[i]
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _decode(data: Ints, offsets: Ints) -> tuple[Ints, Ints]:
    n = len(offsets) - 1
    starts = np.zeros(n + 1, np.int64)
    chars = np.empty(offsets[n] - offsets[0] if n else 0, np.int32)
    k = 0
    for i in range(n):
        j = offsets[i]
        while j < offsets[i + 1]:
            b = np.int32(data[j])
            size = 1 if b < 128 else 2 if b < 224 else 3 if b < 240 else 4
            c = b if size == 1 else b & (255 >> (size + 1))
            for m in range(1, size):
                c = (c << 6) | (np.int32(data[j + m]) & 63)
            chars[k] = c
            k += 1
            j += size
        starts[i + 1] = k
    return chars[:k], starts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _begin(city: int) -> Any:
    return (BASIS ^ np.uint64(city + 1)) * PRIME


@njit(cache=True)  # type: ignore[untyped-decorator]
def _slot(h: Any, size: int) -> int:
    """A place in a table of 2^n; the last character of a name changes only low bits of h, so they are spread first."""
    return int(np.int64(((h ^ (h >> np.uint64(31))) * SPREAD) >> np.uint64(36)) & (size - 1))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _beginnings(chars: Ints, starts: Ints, city: Ints) -> Ints:
    """Length of the longest name for each city and first two characters: most places of a text have none."""
    size = 1 << 16
    while size < 8 * len(starts):
        size *= 2
    longest = np.zeros(size, np.int8)
    for i in range(len(starts) - 1):
        if starts[i + 1] - starts[i] > 1:
            h = (_begin(city[i]) ^ np.uint64(chars[starts[i]])) * PRIME
            slot = _slot((h ^ np.uint64(chars[starts[i] + 1])) * PRIME, size)
            longest[slot] = max(longest[slot], min(starts[i + 1] - starts[i], LONGEST))
    return longest


@njit(cache=True)  # type: ignore[untyped-decorator]
def _build(chars: Ints, starts: Ints, city: Ints) -> tuple[Ints, Ints]:
    n = len(starts) - 1
    size = 8
    while size < 2 * n + 2:
        size *= 2
    keys, values = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    for i in range(n):
        h = _begin(city[i])
        for j in range(starts[i], starts[i + 1]):
            h = (h ^ np.uint64(chars[j])) * PRIME
        slot = _slot(h, size)
        while values[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        keys[slot], values[slot] = h, i
    return keys, values


@njit(cache=True)  # type: ignore[untyped-decorator]
def _at(h: Any, keys: Ints, values: Ints) -> int:
    size = len(keys)
    slot = _slot(h, size)
    while values[slot] >= 0:
        if keys[slot] == h:
            return int(values[slot])
        slot = (slot + 1) & (size - 1)
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _is_number(c: int) -> bool:
    return 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122


@njit(cache=True)  # type: ignore[untyped-decorator]
def _next(chars: Ints, p: int, end: int, wkeys: Ints, wvalues: Ints, wclass: Ints) -> tuple[int, int]:
    """Class and length of what follows: the longest word known, else the end, a number, or anything."""
    best, size, h = OTHER, 0, _begin(0)
    for q in range(p, min(end, p + 7)):
        h = (h ^ np.uint64(chars[q])) * PRIME
        word = _at(h, wkeys, wvalues)
        if word >= 0:
            best, size = int(wclass[word]), q + 1 - p
    if best == LANE:  # 文昌街38号 is a road, 鼓楼街7天宾馆 is not
        q = p + 1
        if q < end and chars[q] in (0x4E1C, 0x897F, 0x5357, 0x5317, 0x4E2D):
            q += 1
        digits = q
        while q < end and 48 <= chars[q] <= 57:
            q += 1
        if q > digits and q < end and chars[q] in (0x53F7, 45, 0x5F04, 0x9662):
            return ROAD, size
    if best == OTHER:
        if p >= end or chars[p] in (124, 40, 41, 45):
            return END, 0
        if _is_number(chars[p]):
            return NUMBER, 0
    return best, size


@njit(cache=True)  # type: ignore[untyped-decorator]
def _find(
    chars: Ints,
    starts: Ints,
    city: Ints,
    keys: Ints,
    values: Ints,
    heads: Ints,
    wkeys: Ints,
    wvalues: Ints,
    wclass: Ints,
    marks: Ints,
) -> Ints:
    out, k = np.empty((max(16, 4 * len(starts)), 7), np.int32), 0
    for i in range(len(starts) - 1):
        if city[i] < 0:
            continue
        first, end = starts[i], starts[i + 1]
        for p in range(first, end):
            before = chars[p - 1] if p > first else 124
            is_open = before >= 65536 or marks[before]
            if p + 1 >= end:
                break
            h = (((_begin(city[i]) ^ np.uint64(chars[p])) * PRIME) ^ np.uint64(chars[p + 1])) * PRIME
            for q in range(p + 1, min(end, p + heads[_slot(h, len(heads))])):
                if q > p + 1:
                    h = (h ^ np.uint64(chars[q])) * PRIME
                if not is_open and q - p < 3:  # inside a word only longer names mean anything
                    continue
                name = _at(h, keys, values)
                if name >= 0:
                    if k == len(out):
                        more = np.empty((2 * k, 7), np.int32)
                        more[:k] = out
                        out = more
                    follows, behind = _next(chars, q + 1, end, wkeys, wvalues, wclass)
                    row = (i, p - first, q + 1 - p, name, follows, behind, int(is_open))
                    for m in range(7):
                        out[k, m] = row[m]
                    k += 1
    return out[:k]
