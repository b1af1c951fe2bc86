"""Which of several doors a person's family is behind: lists keep the doors that people left, and others live there now.

Kin of somebody at a door are those written there who bear the same surname, or who are written at another of that
person's doors too: families move together, strangers do not.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.bytes import Array, decode, raw
from wangge.identity.sorting import Grouped
from wangge.identity.threads import FEW, together

MOST = 7
CROWD = 60  # rows at one door; where there are more, it is no family's


def surnames(good: pa.Table) -> Array:
    """The first character of each row's name, or of its surname where a list keeps it apart; -1 where it has none."""
    column = good.column("name")
    if good.column("surname").null_count < good.num_rows:
        column = pc.coalesce(good.column("surname"), column)
    first: Array = _first_characters(*raw(column))
    return first


def surnames_of(names: pa.ChunkedArray | pa.Array) -> Array:
    """The first character of each name, -1 where there is none."""
    first: Array = _first_characters(*raw(names))
    return first


@njit(cache=True, nogil=True)
def _first_characters(letters: Array, offsets: Array) -> Array:
    out = np.full(offsets.size - 1, -1)
    for i in range(out.size):
        if offsets[i + 1] > offsets[i]:
            code, _ = decode(letters, np.int64(offsets[i]))
            out[i] = code
    return out


def with_kin(people: Grouped, door: Array, surname: Array, asked: Array | None = None) -> Array:
    """Rows by person, door of each row (a row that stands for it, or -1) -> how many kin of its person are written at
    its door, at most 7; 0 for people who are written at one door only, and where `asked` is given and False."""
    person = np.empty(door.size, np.int64)
    person[people.rows] = np.repeat(np.arange(people.starts.size - 1), np.diff(people.starts))
    asked = door >= 0 if asked is None else asked & (door >= 0)
    n, out = people.starts.size - 1, np.zeros(door.size, np.int8)
    at_door = _at_doors(door, asked)
    ends = (0, n) if np.count_nonzero(asked) < FEW else (0, n // 2, n)
    together(*(partial(_count, *people, *at_door, person, door, surname, asked, *of, out) for of in pairwise(ends)))
    return out.astype(np.int64)


@njit(cache=True, nogil=True)
def _at_doors(door: Array, asked: Array) -> tuple[Array, Array]:
    """Rows by door, of the doors that a row asked names: those of door d are rows[starts[d]:starts[d + 1]]."""
    wanted, starts = np.zeros(door.size, np.bool_), np.zeros(door.size + 1, np.int64)
    for i in range(door.size):
        if asked[i]:
            wanted[door[i]] = True
    n = 0
    for i in range(door.size):
        if door[i] >= 0 and wanted[door[i]]:
            starts[door[i] + 1] += 1
            n += 1
    for d in range(door.size):
        starts[d + 1] += starts[d]
    at, rows = starts.copy(), np.empty(n, np.int64)
    for i in range(door.size):
        if door[i] >= 0 and wanted[door[i]]:
            rows[at[door[i]]] = i
            at[door[i]] += 1
    return starts, rows


@njit(cache=True, nogil=True)
def _count(
    starts: Array, rows: Array, door_starts: Array, door_rows: Array, person: Array, door: Array, surname: Array,
    asked: Array, begin: int, end: int, out: Array,
) -> None:  # fmt: skip
    """Count for the rows asked of people begin..end, into `out`."""
    seen = np.full(starts.size, -1)
    for p in range(begin, end):
        own = rows[starts[p] : starts[p + 1]]
        if own.size > CROWD or not _has_two(own, door):
            continue
        for a in range(own.size):
            d = door[own[a]]
            if not asked[own[a]] or door_starts[d + 1] - door_starts[d] > CROWD:
                continue
            for k in range(door_starts[d], door_starts[d + 1]):
                row = door_rows[k]
                q = person[row]
                if q == p or seen[q] == own[a]:
                    continue
                kin = surname[row] >= 0 and surname[row] == surname[own[a]]
                if kin or _share_another(rows[starts[q] : starts[q + 1]], own, door, d):
                    seen[q] = own[a]
                    out[own[a]] = min(out[own[a]] + 1, MOST)


@njit(cache=True, nogil=True)
def _has_two(own: Array, door: Array) -> bool:
    one = np.int64(-1)
    for k in range(own.size):
        d = door[own[k]]
        if d >= 0 and one >= 0 and d != one:
            return True
        if d >= 0:
            one = d
    return False


@njit(cache=True, nogil=True)
def _share_another(theirs: Array, own: Array, door: Array, d: int) -> bool:
    """Whether two people are written at one door other than d."""
    for a in range(theirs.size):
        if door[theirs[a]] < 0 or door[theirs[a]] == d:
            continue
        for b in range(own.size):
            if door[own[b]] == door[theirs[a]]:
                return True
    return False
