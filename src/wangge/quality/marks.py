"""One look at every byte of a column: which cells could need which step of cleaning. Most cells need none."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from wangge.quality.words import words

Array = npt.NDArray[Any]
OTHER = np.uint8(1)  # a character that is neither printable ASCII nor a plain ideograph
EDGE = np.uint8(2)  # begins or ends with a blank or an apostrophe
BLANK = np.uint8(4)  # holds an ASCII blank
LOWER = np.uint8(8)  # holds a to z
NOT_DIGITS = np.uint8(16)  # holds anything but 0 to 9
MISSING = np.uint8(32)  # empty, or perhaps one of the words for "unknown"
NOTE = np.uint8(64)  # begins like one of the words of totals and notes
LONG = np.uint8(128)  # 13 or 15 bytes: a mobile number with its country may be so long
SLOTS = 4096


@njit(cache=True)
def look(letters: Array, offsets: Array, valid: Array, missing: Array, notes: Array, longest: int) -> Array:
    """Marks of each cell, uint8[n]; a null has none. `missing` and `notes` are tables of SLOTS (see `tables`)."""
    n = offsets.size - 1
    out = np.zeros(n, np.uint8)
    for i in range(n):
        a, b = offsets[i], offsets[i + 1]
        if valid.size and not valid[i]:
            continue
        mark, short = np.uint8(0), b - a <= longest
        h = np.uint32(2166136261)
        j = a
        while j < b:
            x = letters[j]
            if x < 0x80:
                if x < 48 or x > 57:
                    mark |= NOT_DIGITS
                    if 97 <= x <= 122:
                        mark |= LOWER
                    elif x == 32 or 9 <= x <= 13:
                        mark |= BLANK
                    elif x < 32 or x == 127:
                        mark |= OTHER
            elif 0xE5 <= x <= 0xE9 or (x == 0xE4 and letters[j + 1] >= 0xB8):
                mark |= NOT_DIGITS
                if short:
                    h = (h ^ np.uint32(x)) * np.uint32(16777619)
                    h = (h ^ np.uint32(letters[j + 1])) * np.uint32(16777619)
                    h = (h ^ np.uint32(letters[j + 2])) * np.uint32(16777619)
                j += 3
                continue
            else:
                mark |= OTHER | NOT_DIGITS
            if short:
                h = (h ^ np.uint32(x + 32 if 65 <= x <= 90 else x)) * np.uint32(16777619)
            j += 1
        if a == b or (short and missing[h & np.uint32(SLOTS - 1)]):
            mark |= MISSING
        if a < b:
            if _is_edge(letters[a]) or _is_edge(letters[b - 1]):
                mark |= EDGE
            if notes[_head(letters, a, b)]:
                mark |= NOTE
            if b - a == 13 or b - a == 15:
                mark |= LONG
        out[i] = mark
    return out


@njit(cache=True)
def _is_edge(x: int) -> bool:
    return x == 32 or 9 <= x <= 13 or x == 39 or x == 96


@njit(cache=True)
def _head(letters: Array, a: int, b: int) -> int:
    """Slot of the first three bytes: one ideograph."""
    h = np.int64(0)
    for j in range(a, min(a + 3, b)):
        h = h * 31 + np.int64(letters[j])
    return int(h) & (SLOTS - 1)


@cache
def tables() -> tuple[Array, Array, int]:
    """Slots of the words for "unknown", slots of the beginnings of totals and notes, bytes of the longest of the first.

    Two texts may share a slot: a mark says only that the words must be asked.
    """
    missing, notes = np.zeros(SLOTS, bool), np.zeros(SLOTS, bool)
    for word in words()["missing"]:
        h = 2166136261
        for x in word.encode():
            h = (h ^ x) * 16777619 & 0xFFFFFFFF
        missing[h & (SLOTS - 1)] = True
    heads = [word.encode() for word in (*words()["totals"], *words()["notes"])]
    for head in heads:
        notes[_head.py_func(np.frombuffer(head, np.uint8), 0, len(head))] = (
            True  # a few words: no kernel is made for them
        )
    if any(len(head) < 3 for head in heads):  # a cell that goes on after so short a word has another slot
        notes[:] = True
    return missing, notes, max(len(word.encode()) for word in words()["missing"])


def plain(texts: pa.Array) -> tuple[Array, Array, Array]:
    """(bytes, offsets of n+1, validity; no validity where nothing is null) of one chunk of text."""
    _, at, data = texts.buffers()
    offsets = np.frombuffer(at, np.int32)[texts.offset : texts.offset + len(texts) + 1] if at else np.zeros(1, np.int32)
    letters = np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8)
    valid = texts.is_valid().to_numpy(zero_copy_only=False) if texts.null_count else np.zeros(0, bool)
    return letters, offsets if offsets.size else np.zeros(1, np.int32), valid


def marks_of(texts: pa.Array) -> Array:
    """Marks of each cell of one chunk."""
    if texts.null_count == len(texts):
        return np.zeros(len(texts), np.uint8)
    return np.asarray(look(*plain(texts), *tables()))
