"""Rows -> what is compared of them, and the level on which each pair of rows stands. Levels: see `likeness/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.shelf import members
from wangge.identity import likeness
from wangge.identity.bytes import Array, raw
from wangge.identity.doors import doors
from wangge.identity.words import OTHER, SAME, SWAPPED, Words, compare_across, compare_days, compare_words, words_of

REQUIRED = ("ELEMENT", "KIND", "ACROSS", "EXAMPLES")
LEVELS = ("same", "near", "alike", "swapped", "other")
N_LEVELS = len(LEVELS)
DOUBLE_SURNAMES = (
    "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|东方|南宫|宇文|长孙|独孤|拓跋|呼延|歐陽|司馬|諸葛|長孫"
)
HAN = "[\u3400-\u9fff]"


@dataclass(frozen=True)
class Compared:
    """One element of all rows: words, or numbers that are equal or not (`code`)."""

    member: ModuleType
    words: Words | None
    code: Array

    @property
    def name(self) -> str:
        return self.member.__name__.rpartition(".")[2]

    @property
    def share(self) -> Array:
        """How common each value is; code counts into it."""
        if self.words is not None:
            return self.words.share
        held = np.bincount(self.code[self.code >= 0])
        share: Array = held / max(held.sum(), 1)
        return share


@cache
def all_likenesses() -> tuple[ModuleType, ...]:
    """The members of the shelf, by name."""
    return tuple(members(likeness, REQUIRED).values())


def compared(good: pa.Table) -> dict[str, Compared]:
    """What of these rows can be compared: elements that two rows or more hold, with more than one value."""
    columns = _columns(good)
    found = {}
    for member in all_likenesses():
        one = _compared(member, columns)
        if one.code.size and np.count_nonzero(one.code >= 0) > 1 and one.code.max() > 0:
            found[one.name] = one
    if any(part in found for part in ("street", "locality", "house_number")):
        found.pop("door", None)
    return found


def _columns(good: pa.Table) -> dict[str, pa.ChunkedArray]:
    columns = {name: good.column(name) for name in good.column_names}
    surname, given = name_parts(good.column("name"))
    columns["surname"] = pc.coalesce(columns["surname"], surname)
    columns["given_name"] = pc.coalesce(columns["given_name"], given)
    has_parts = pc.or_(good.column("surname").is_valid(), good.column("given_name").is_valid())
    for part in ("surname", "given_name"):
        columns[part] = pc.if_else(has_parts, good.column(part), columns[part])
    columns["sex"] = pc.if_else(pc.equal(columns["sex"], "0"), None, columns["sex"])
    return columns


def name_parts(names: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Whole names -> (surname, given name): the first character or a double surname; of other names the last word."""
    han = pc.replace_substring_regex(names, f"^({DOUBLE_SURNAMES}|{HAN})(.+)$", r"\1")
    rest = pc.replace_substring_regex(names, f"^({DOUBLE_SURNAMES}|{HAN})(.+)$", r"\2")
    last = pc.replace_substring_regex(names, r"^(.*) (\S+)$", r"\2")
    front = pc.replace_substring_regex(names, r"^(.*) (\S+)$", r"\1")
    is_han = pc.match_substring_regex(names, f"^{HAN}{{2}}")
    front = pc.if_else(pc.equal(front, names), None, front)
    return pc.if_else(is_han, han, last), pc.if_else(is_han, rest, front)


def level_of_examples(member: ModuleType, two: pa.ChunkedArray) -> int:
    """The level on which two values of a likeness stand: a place in LEVELS, -1 where one is missing."""
    if member.KIND == "exact":
        two = pc.if_else(pc.equal(two, "0"), None, two)
    rows = np.arange(1), np.arange(1, 2)
    return int(levels(_compared(member, {member.ELEMENT: two}), {}, *rows)[0])


def _compared(member: ModuleType, columns: dict[str, pa.ChunkedArray]) -> Compared:
    column = columns[member.ELEMENT]
    if member.KIND in ("word", "number"):
        words = words_of(column)
        return Compared(member, words, words.code)
    if member.KIND == "day":
        year, month, day = (f(column).fill_null(0).to_numpy().astype(np.int64) for f in (pc.year, pc.month, pc.day))
        return Compared(member, None, np.where(column.is_valid().to_numpy(), year * 10000 + month * 100 + day, -1))
    if member.KIND == "door":
        return Compared(member, None, doors(raw(column))[0])
    coded = column.combine_chunks().dictionary_encode()
    return Compared(member, None, pc.fill_null(coded.indices, -1).to_numpy().astype(np.int64))


def levels(one: Compared, others: dict[str, Compared], a: Array, b: Array) -> Array:
    """Level of each pair (a[i], b[i]) of rows, as int8; -1 where one of them does not say."""
    if one.member.KIND == "day":
        return np.asarray(compare_days(a, b, one.code))
    if one.words is None:
        x, y = one.code[a], one.code[b]
        return np.where((x < 0) | (y < 0), -1, np.where(x == y, SAME, OTHER)).astype(np.int8)
    w = one.words
    out: Array = compare_words(a, b, w.code, w.letters, w.size, w.sound, one.member.KIND == "number")
    across = others.get(one.member.ACROSS)
    if across is not None and across.words is not None:
        w2 = across.words
        at = np.flatnonzero((out == OTHER) | (out == -1))
        crossed = compare_across(a[at], b[at], w.code, w.letters, w.size, w2.code, w2.letters, w2.size)
        out[at[crossed]] = SWAPPED
    return out
