"""The doors of new rows among those that are known: one door has one number, whenever its rows came.

What door an address means hangs on the other addresses of its key (金钟花园 12-3-501 and 银钟花园 12-3-501 share one), so
the known addresses of those keys are asked with the new ones. A door is numbered by what its leading address says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array, raw
from wangge.identity.content import digests
from wangge.identity.doors import doors
from wangge.identity.known_keys import HASH_BITS, SHIFT, hits
from wangge.identity.normal import mixed

POSITIVE = (1 << 63) - 1


@dataclass(frozen=True)
class Doors:
    """Of each address: the number of its door or -1, its key or -1, whether its key has another door."""

    door: Array
    key: Array
    twin: Array


def text_digests(addresses: pa.ChunkedArray) -> Array:
    """One number an address, equal for equal texts only (64 bits)."""
    return digests(pa.table({"address": addresses}))


def doors_of(addresses: pa.ChunkedArray, digest: Array) -> Doors:
    """The doors of addresses that are all there are for their keys."""
    _, first, inverse = np.unique(digest, return_index=True, return_inverse=True)
    texts = addresses.take(pa.array(first))
    door, key, twin = doors(raw(texts))
    number, _ = mixed(np.maximum(key, 0), digest[first][np.maximum(door, 0)] & POSITIVE)
    return Doors(np.where(door >= 0, number, -1)[inverse], key[inverse], twin[inverse])


def entries_of_doors(key: Array, rows: Array) -> Array:
    """-> sorted entries of an index (see known_keys) by the key of the address."""
    at = np.flatnonzero(key >= 0)
    hashed, _ = mixed(key[at])
    return np.sort((hashed >> (63 - HASH_BITS)) << SHIFT | rows[at] << 1)


def known_of_keys(index: tuple[Array, ...], key: Array, door_key: Array) -> Array:
    """Known rows, one at least for each address of these keys. `door_key` is that of all known rows."""
    asked = entries_of_doors(key, np.zeros(key.size, np.int64))
    rows = np.unique((hits(index, asked) >> 1) & ((1 << (SHIFT - 1)) - 1))
    return rows[np.isin(door_key[rows], key)]
