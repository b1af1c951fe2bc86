"""One kind of error each: arrays of names, numbers and days are changed in place at the rows given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.held_out.words import WIDTH, Array, codes, tables, texts, words

ZERO = 48


def _at(names: Array, length: Array, rows: Array, rng: np.random.Generator) -> Array:
    """A place in the name: mostly in the given name."""
    size = (names[rows] > 0).sum(axis=1)
    given = length[rows] + rng.integers(0, 2, rows.size)
    return np.where(rng.random(rows.size) < 0.12, 0, np.minimum(given, size - 1))


def character(names: Array, length: Array, rows: Array, kind: str, rng: np.random.Generator) -> Array:
    """Another character in one place. -> whether there was one to take"""
    at, t = _at(names, length, rows, rng), tables()
    if kind == "name_renamed":
        at = length[rows]
    old = names[rows, at] & 0xFFFF
    if kind == "name_homophone":
        new = t.alike[old, rng.integers(0, 3, rows.size)]
    elif kind == "name_near_homophone":
        new = t.near[old]
    elif kind == "name_look_alike":
        new = t.look_alike[old]
    elif kind == "name_unknown_character":
        new = np.full(rows.size, ord("?"), np.uint32)
    else:
        new = rng.choice(codes("立志思安子小大文"), rows.size)
    changed = (new > 0) & (new != old)
    names[rows, at] = np.where(changed, new, names[rows, at])
    return np.asarray(changed)


def traditional(names: Array, rows: Array) -> None:
    """Every character that has a traditional form."""
    old = names[rows]
    new = tables().traditional[old & 0xFFFF]
    names[rows] = np.where(new > 0, new, old)


def dots(names: Array, rows: Array, rng: np.random.Generator) -> None:
    """The dot of a long name: another dot, a blank or none."""
    signs = np.r_[codes(words()["dots"]), 32, 0].astype(np.uint32)
    chosen = rng.choice(signs, rows.size)
    some = names[rows]
    some = np.where(some == 0xB7, chosen[:, None], some)
    # 0 in the middle would end the text: close the gap.
    order = np.argsort(some == 0, axis=1, kind="stable")
    names[rows] = np.take_along_axis(some, order, axis=1)


def order(names: Array, length: Array, rows: Array) -> None:
    """Given name first, surname behind it."""
    size = (names[rows] > 0).sum(axis=1)
    place = np.arange(WIDTH)[None, :]
    given = size - length[rows]
    back = np.where(place < given[:, None], place + length[rows][:, None], place - given[:, None])
    moved = np.take_along_axis(names[rows], np.clip(back, 0, WIDTH - 1), axis=1)
    names[rows] = np.where(place < size[:, None], moved, 0)


def spaced(names: Array, length: Array, rows: Array, rng: np.random.Generator) -> None:
    """A blank behind the surname, narrow or wide."""
    place = np.arange(WIDTH)[None, :]
    behind = length[rows][:, None]
    shifted = np.c_[np.zeros(rows.size, np.uint32), names[rows][:, :-1]]
    blank = rng.choice(np.array([0x20, 0x3000], np.uint32), rows.size)[:, None]
    names[rows] = np.where(place < behind, names[rows], np.where(place == behind, blank, shifted))


def honorific(names: Array, length: Array, sex: Array, rows: Array) -> None:
    """王先生, 李女士."""
    behind = length[rows]
    names[rows] = np.where(np.arange(WIDTH) < behind[:, None], names[rows], 0)
    title = np.array([codes("先生"), codes("女士")])[sex[rows] - 1]
    for k in (0, 1):
        names[rows, behind + k] = title[:, k]


def pinyin(names: Array, length: Array, rng: np.random.Generator) -> Array:
    """ZHANG WEIMING, Zhang Weiming or Weiming Zhang; the name itself where a reading is not known."""
    t = tables()
    read = t.syllable[names[:, :4] & 0xFFFF]
    known = ((read > 0) | (names[:, :4] == 0)).all(axis=1)
    spelt = t.spelling.astype("<U8")[read]
    two = (length == 2)[:, None]
    join = np.strings.add
    surname = np.where(two[:, 0], join(spelt[:, 0], spelt[:, 1]), spelt[:, 0])
    given = np.where(two[:, 0], join(spelt[:, 2], spelt[:, 3]), join(spelt[:, 1], spelt[:, 2]))
    first, last = (
        np.strings.title(surname) if hasattr(np.strings, "title") else np.char.title(surname),
        np.char.title(given),
    )
    plain = join(join(first, " "), last)
    manner = rng.integers(0, 3, len(names))
    out = np.select([manner == 0, manner == 1], [np.char.upper(plain), plain], join(join(last, " "), first))
    return np.where(known, out, texts(names))


def beside(digits: Array, rng: np.random.Generator) -> Array:
    """The digit left or right of it on the row of numbers; 0 stands right of 9."""
    step = rng.choice([-1, 1], digits.size)
    value = (digits.astype(np.int64) - ZERO - 1) % 10  # places on the row: 1 2 … 9 0
    moved = np.clip(value + step, 0, 9)
    moved = np.where(moved == value, value - step, moved)
    return ((moved + 1) % 10 + ZERO).astype(np.uint8)


def digits(number: Array, rows: Array, kind: str, rng: np.random.Generator) -> None:
    """A wrong place, two changed over, two wrong, or one read as a letter or another digit."""
    at = rng.integers(2, 17, rows.size)
    if kind == "id_swapped":
        at = rng.integers(2, 16, rows.size)
        same = number[rows, at] == number[rows, at + 1]
        at = np.where(same, 9, at)  # the birthday's place: a swap of equal digits is none
        left, right = number[rows, at].copy(), number[rows, at + 1].copy()
        number[rows, at], number[rows, at + 1] = right, left
    elif kind == "id_ocr":
        table = np.arange(256, dtype=np.uint8)
        table[np.frombuffer(b"01568239", np.uint8)] = np.frombuffer(b"OIS0BZ87", np.uint8)
        number[rows, at] = table[number[rows, at]]
    else:
        for _ in range(2 if kind == "id_two_wrong" else 1):
            number[rows, at] = beside(number[rows, at], rng)
            at = (at - 2 + rng.integers(1, 15, rows.size)) % 15 + 2


def old_number(number: Array, rows: Array) -> None:
    """The 15 places of before 1999: no century, no check digit."""
    some = number[rows]
    number[rows] = np.c_[some[:, :6], some[:, 8:17], np.zeros((rows.size, 3), np.uint8)]


def truncated(number: Array, rows: Array) -> None:
    """What a spreadsheet leaves of a number cell: 15 digits, then 000. An X would have kept it a text."""
    rows = rows[number[rows, 17] != ord("X")]
    number[rows, 15:] = ZERO


def years(born: Array, step: Array) -> Array:
    """The same day of another year; 29 February becomes 28."""
    month = born.astype("datetime64[M]")
    moved = month + 12 * step
    day = np.minimum((born - month).astype(int), (((moved + 1).astype("datetime64[D]") - moved).astype(int) - 1))
    return moved.astype("datetime64[D]") + day


def day_month(born: Array, draft: Any) -> None:
    """Day and month changed over, where both can be a month and they differ."""
    month = born.astype("datetime64[M]")
    day, number = (born - month).astype(int) + 1, month.astype(int) % 12 + 1
    rows = draft.hit("birth_day_month", (day <= 12) & (day != number))
    turned = (month[rows].astype("datetime64[Y]").astype("datetime64[M]") + (day[rows] - 1)).astype("datetime64[D]")
    born[rows] = turned + (number[rows] - 1)


def full_width(column: pa.Array) -> pa.Array:
    """Digits as wide as characters."""
    for digit in range(10):
        column = pc.replace_substring(column, str(digit), chr(0xFF10 + digit))
    return column
