"""Good rows -> the parts that comparisons put keys together from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array, raw
from wangge.identity.doors import doors
from wangge.identity.doubts import first_digits
from wangge.identity.normal import WEIGHTS, id_numbers, names_of, phones
from wangge.identity.threads import together

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
    written, in_number = days(good.column("birth_date")), birth_in(body, valid)
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
        "sex": pc.index_in(good.column("sex"), pa.array(["1", "2"])).fill_null(-1).to_numpy().astype(np.int64),
        "number_left": np.where(body >= 0, body // HALF, -1),
        "number_right": np.where(body >= 0, body % HALF, -1),
        "first_15": first_digits(good.column("id_doubtful")),
        "short": np.where(valid & (pc.binary_length(good.column("id_number")).fill_null(0).to_numpy() == 15), 1, -1),
    }
    return parts, body, valid


def days(column: pa.ChunkedArray) -> Array:
    """date32 -> days as int64 that are never negative; -1 where there is none."""
    values: Array = column.cast(pa.int32()).fill_null(-DAY_ZERO - 1).to_numpy().astype(np.int64)
    return values + DAY_ZERO


def birth_in(body: Array, valid: Array) -> Array:
    """The birthday in a valid number, as days() counts; -1 elsewhere."""
    ymd = np.where(valid, body // 1000 % 10**8, 19700101)
    months = ((ymd // 10000 - 1970) * 12 + ymd // 100 % 100 - 1).astype("datetime64[M]")
    day = months.astype("datetime64[D]").astype(np.int64) + ymd % 100 - 1
    return np.where(valid, day + DAY_ZERO, -1)
