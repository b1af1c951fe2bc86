"""Good rows -> the parts that comparisons put keys together from."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pyarrow as pa
from numba import njit

from wangge.identity.bytes import Array, counted_days, raw
from wangge.identity.doors import doors
from wangge.identity.doubts import first_digits
from wangge.identity.normal import WEIGHTS, id_numbers, names_of, phones
from wangge.identity.threads import picked, together

HALF = 10**8  # splits a 17-digit body into nine digits left and eight right
DAY_ZERO = 10**5  # days before 1970-01-01 that a birthday may lie back: keeps the part from being negative


@dataclass(frozen=True)
class Keys:
    """`parts` by name: int64, -1 where the row does not say. `number` is the body where it is valid, else -1."""

    parts: dict[str, Array]
    body: Array
    valid: Array
    door_key: Array  # address key that outlives an edition of the lists
    door_twin: Array  # another door has the same key
    rows: pa.Table | None = None  # what the keys are of: the model reads more of it than keys do

    @property
    def number(self) -> Array:
        return np.where(self.valid, self.body, -1)

    def of_rows(self, at: Array, names: Collection[str]) -> Keys:
        """Some parts of the rows at these places, in this order; the keys of doors stay as they were."""
        *parts, body, valid = picked([*(self.parts[name] for name in names), self.body, self.valid], at)
        rows = None if self.rows is None else cast(pa.Table, SomeRows(self.rows, at))
        return replace(self, parts=dict(zip(names, parts, strict=True)), body=body, valid=valid, rows=rows)


class SomeRows:
    """Some rows of a table in an order of their own: nothing is put there before somebody asks for it."""

    def __init__(self, table: pa.Table, at: Array) -> None:
        self.table, self.at = table, at

    def column(self, name: str) -> pa.ChunkedArray:
        """One column."""
        return self.table.column(name).take(pa.array(self.at))

    def take(self, rows: pa.Array) -> pa.Table:
        """The rows at these places of the order."""
        return self.table.take(pa.array(self.at[rows.to_numpy()]))


def keys_of(good: pa.Table) -> Keys:
    """GOOD_ROW -> Keys. A birthday is read from a valid number, else as the list writes it."""
    (door, door_key, twin), (parts, body, valid) = together(
        lambda: doors(raw(good.column("address"))), lambda: _without_doors(good)
    )
    return Keys(parts | {"door": door}, body, valid, door_key, twin, good)


def _without_doors(good: pa.Table) -> tuple[dict[str, Array], Array, Array]:
    """-> (all parts but the door, bodies of numbers, whether they are valid)"""
    body, valid, document = id_numbers(*raw(good.column("id_number")), WEIGHTS)
    named = names_of(raw(good.column("name")))
    written = days(good.column("birth_date"))
    left, right, in_number = parts_of_numbers(body, valid)
    parts = {
        "id": np.where(valid, body, -1),
        "document": document,
        "name": named.alike,
        "exact_name": named.exact,
        "pinyin": named.letters,
        "packed_name": named.packed,
        "phone": phones(*raw(good.column("phone"))),
        "birth": np.where(in_number >= 0, in_number, written),
        "written_birth": written,
        "number_birth": in_number,
        "sex": sexes(*raw(good.column("sex"))),
        "number_left": left,
        "number_right": right,
        "first_15": first_digits(good.column("id_doubtful")),
        "short": np.where(valid & (sizes(good.column("id_number")) == 15), 1, -1),
    }
    return parts, body, valid


def days(column: pa.ChunkedArray | pa.Array) -> Array:
    """date32 -> days as int64 that are never negative; -1 where there is none."""
    return counted_days(column, DAY_ZERO)


@njit(cache=True, nogil=True)
def sexes(letters: Array, offsets: Array) -> Array:
    """Codes of GB/T 2261.1 -> 0 for male, 1 for female, -1 for no answer."""
    out = np.full(offsets.size - 1, -1, np.int64)
    for i in range(out.size):
        if offsets[i + 1] - offsets[i] == 1 and letters[offsets[i]] in (49, 50):
            out[i] = np.int64(letters[offsets[i]]) - 49
    return out


def sizes(texts: pa.ChunkedArray | pa.Array) -> Array:
    """Bytes of each text, 0 where there is none."""
    return np.diff(raw(texts)[1])


@njit(cache=True, nogil=True)
def parts_of_numbers(body: Array, valid: Array) -> tuple[Array, Array, Array]:
    """Bodies or -1 -> (the nine digits left, the eight right, the birthday of a valid one as days() counts); -1 where
    there is none. Days from the civil calendar: Hinnant, chrono-Compatible Low-Level Date Algorithms."""
    left, right, day = np.empty(body.size, np.int64), np.empty(body.size, np.int64), np.empty(body.size, np.int64)
    for i in range(body.size):
        left[i], right[i], day[i] = -1, -1, -1
        if body[i] < 0:
            continue
        left[i], right[i] = body[i] // HALF, body[i] % HALF
        if valid[i]:
            ymd = np.int32(left[i] % 1000 * 100000 + right[i] // 1000)
            y, m, d = ymd // 10000, ymd // 100 % 100, ymd % 100
            y -= 1 if m <= 2 else 0
            of_year = (153 * (m + (-3 if m > 2 else 9)) + 2) // 5 + d - 1
            of_era = y % 400 * 365 + y % 400 // 4 - y % 400 // 100 + of_year
            day[i] = y // 400 * 146097 + of_era - 719468 + DAY_ZERO
    return left, right, day
