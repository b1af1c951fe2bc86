"""Days and instants. Instants are UTC; a day is a Beijing day, since all of China keeps that clock (UTC+8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Ints = np.ndarray[Any, np.dtype[Any]]
UTC_OFFSET_SECONDS = 8 * 3600
DAY_SECONDS = 86400
EPOCH = dt.date(1970, 1, 1)


def day_numbers(seconds: Ints) -> Ints:
    """Unix seconds -> Beijing days since 1970-01-01."""
    return (seconds + UTC_OFFSET_SECONDS) // DAY_SECONDS


def day_start(on: dt.date) -> int:
    """The instant at which a Beijing day begins, in Unix seconds."""
    return (on - EPOCH).days * DAY_SECONDS - UTC_OFFSET_SECONDS


def day_starts(days: pa.ChunkedArray | pa.Array, shift: int = 0) -> pa.Array:
    """The instants at which these days (moved by `shift` days) begin, in Unix seconds; null stays null."""
    numbers = pc.add(pc.cast(pc.cast(days, pa.int32()), pa.int64()), shift)
    return pc.subtract(pc.multiply(numbers, DAY_SECONDS), UTC_OFFSET_SECONDS)


def instants(seconds: Ints | pa.Array) -> pa.Array:
    """Unix seconds -> UTC instants."""
    return pa.array(seconds, pa.int64()).cast(pa.timestamp("s", tz="UTC"))
