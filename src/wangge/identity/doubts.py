"""What nothing may join and a person should see: two valid numbers of what looks like one person, and a number that a
spreadsheet cut off where one person only begins like it."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.identity.asking import key_of_two
from wangge.identity.bytes import Array, distinct, there, whole
from wangge.identity.normal import mixed

TWO_NUMBERS, TRUNCATED = "two_valid_numbers", "truncated_id"
SLOTS = 22  # 2^22 places for keys: they stay near the processor, and a few different keys share one
CAP = 24  # more rows of one name, phone and birthday are no one's
HELD = 15  # digits that a spreadsheet keeps
AGREE = (("name", "phone", ("written_birth", "door")), ("name", "door", ("written_birth",)))  # two, and one of the rest

NO_ROWS: Array = np.empty(0, np.int64)

Doubt = tuple[str, Array, Array]


def doubts_of(parts: dict[str, Array], own: Array, place: Array) -> list[Doubt]:
    """Parts of the keys, number of each row's cluster, place of each row in canonical order -> doubts, as Clusters
    keeps them."""
    found = [(TWO_NUMBERS, *two_numbers(parts, own)), (TRUNCATED, *truncated(parts, own, place))]
    return [doubt for doubt in found if doubt[1].size]


def two_numbers(parts: dict[str, Array], own: Array) -> tuple[Array, Array]:
    """Rows of different valid numbers that agree on name and two of phone, door and birthday. -> (rows, group)"""
    rows, groups, n = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for one, two, rest in AGREE:
        some = held_twice(parts[one], parts[two], own)  # few are left to be asked for more
        pair, _ = mixed(parts[one][some], parts[two][some])
        for third in rest:
            value = parts[third][some]
            left = held_twice(pair, value, own[some])
            key, _ = mixed(pair[left], value[left])
            order = np.argsort(key, kind="stable")
            row, group = torn(order, key, own[some[left]], CAP)
            rows.append(some[left[row]])
            groups.append(group + n)
            n += int(group.max(initial=-1)) + 1
    return np.concatenate(rows), np.concatenate(groups)


@njit(cache=True, nogil=True)
def held_twice(one: Array, two: Array, own: Array) -> Array:
    """Rows of a valid number that hold both values and share them with a row of another number; some more may slip in."""
    mask = (np.int64(1) << SLOTS) - 1
    first, twice = np.zeros(mask + 1, np.uint32), np.zeros(mask + 1, np.bool_)
    n = 0
    for i in range(own.size):
        if own[i] >= 0 and one[i] >= 0 and two[i] >= 0:
            h = key_of_two(one[i], two[i]) & mask
            print_ = np.uint32((own[i] ^ own[i] >> 30) & 0x7FFFFFFF) + np.uint32(1)
            if first[h] == 0:
                first[h] = print_
            elif first[h] != print_:
                twice[h] = True
    out = np.empty(own.size, np.int64)
    for i in range(own.size):
        if own[i] >= 0 and one[i] >= 0 and two[i] >= 0 and twice[key_of_two(one[i], two[i]) & mask]:
            out[n] = i
            n += 1
    return out[:n].copy()


@njit(cache=True, nogil=True)
def torn(order: Array, key: Array, own: Array, cap: int) -> tuple[Array, Array]:
    """Rows sorted by key -> (rows of keys that two numbers hold, number of the key), keys of over `cap` rows left out."""
    rows, group, n, g, i = np.empty(order.size, np.int64), np.empty(order.size, np.int64), 0, 0, 0
    while i < order.size:
        j, two = i + 1, False
        while j < order.size and key[order[j]] == key[order[i]]:
            two = two or own[order[j]] != own[order[i]]
            j += 1
        if two and j - i <= cap:
            for k in range(i, j):
                rows[n], group[n] = order[k], g
                n += 1
            g += 1
        i = j
    return rows[:n], group[:n]


def truncated(parts: dict[str, Array], own: Array, place: Array) -> tuple[Array, Array]:
    """Rows without a number whose cut-off number begins as that of one person of the same name. -> (rows, group)"""
    name, first = parts["name"], parts["first_15"]
    cut = np.flatnonzero((first >= 0) & (own < 0) & (name >= 0))
    if not cut.size:
        return cut, cut
    known = begin_like(own, name, distinct(first[cut]))
    key, _ = mixed(np.r_[own[known] // 100, first[cut]], np.r_[name[known], name[cut]])
    of_known, of_cut = key[: known.size], key[known.size :]
    # One row for each number: the first.
    turn = np.argsort(place[known])
    turn = turn[np.unique(np.stack([of_known[turn], own[known[turn]]]), axis=1, return_index=True)[1]]
    known, of_known = known[turn], of_known[turn]
    keys, count = np.unique(of_known, return_counts=True)
    alone = np.isin(of_cut, keys[count == 1])
    cut, of_cut = cut[alone], of_cut[alone]
    met = np.isin(of_known, of_cut)
    rows = np.r_[cut, known[met]]
    return rows, np.unique(np.r_[of_cut, of_known[met]], return_inverse=True)[1]


@njit(cache=True, nogil=True)
def begin_like(own: Array, name: Array, begins: Array) -> Array:
    """Rows with a name whose number has one of these beginnings (15 digits, sorted)."""
    bits = np.zeros(1 << 16, np.bool_)
    for value in begins:
        bits[value & 0xFFFF] = True
    out, n = np.empty(own.size, np.int64), 0
    for i in range(own.size):
        if own[i] >= 0 and name[i] >= 0:
            value = own[i] // 100
            if bits[value & 0xFFFF]:
                at = np.searchsorted(begins, value)
                if at < begins.size and begins[at] == value:
                    out[n] = i
                    n += 1
    return out[:n].copy()


def first_digits(column: pa.ChunkedArray) -> Array:
    """Doubtful numbers as written -> their first 15 digits as a number, -1 where they do not show them."""
    out = np.full(len(column), -1, np.int64)
    rows = np.flatnonzero(there(column)) if column.null_count < len(column) else NO_ROWS
    if not rows.size:
        return out
    written = whole(column).take(pa.array(rows))
    full = pc.replace_substring_regex(written, r"^([0-9])\.([0-9]{14})[0-9]*[Ee]\+?17$", r"\1\2000")
    digits = pc.if_else(
        pc.match_substring_regex(full, "^[0-9]{17}[0-9Xx]$"), pc.utf8_slice_codeunits(full, 0, HELD), None
    )
    out[rows] = pc.fill_null(digits.cast(pa.int64()), -1).to_numpy()
    return out
