"""Made-up visits by day: places of log-normal popularity, stays of 40 minutes in the median, at most 12 hours.

Forty visits a person in fourteen days, two hundred visits a place. The same numbers for the same arguments, day by day,
so that ten million rows and a hundred million are made without ever standing in memory together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DAYS, VISITS_A_PERSON, VISITS_A_PLACE = 14, 40, 200
FIRST_DAY = 215_000_000  # 2026-10-24 10:13 UTC in seconds since 2020: some moment, the same for all
FIRST_DAY -= (FIRST_DAY + 8 * 3600) % 86400  # midnight in Beijing
HOUR = 3600


class Size(NamedTuple):
    """How many of each there are."""

    visits: int

    @property
    def people(self) -> int:
        return self.visits // VISITS_A_PERSON

    @property
    def places(self) -> int:
        return max(self.visits // VISITS_A_PLACE, 10)


def days_of_visits(size: Size, seed: int = 1) -> Iterator[tuple[np.ndarray, ...]]:
    """Each day's visits as codes: person, place, kind, start, end (seconds since 2020), int32."""
    popularity = np.cumsum(np.random.default_rng(seed).lognormal(0, 1.5, size.places))
    popularity /= popularity[-1]
    for day in range(DAYS):
        rng = np.random.default_rng([seed, day])
        n = size.visits // DAYS + (day < size.visits % DAYS)
        person = rng.integers(0, size.people, n, dtype=np.int32)
        place = np.searchsorted(popularity, rng.random(n, np.float32)).astype(np.int32)
        place = np.minimum(place, size.places - 1)
        start = (FIRST_DAY + day * 86400 + 6 * HOUR + rng.beta(2, 2, n) * 16 * HOUR).astype(np.int32)
        stay = np.minimum(rng.lognormal(np.log(2400), 0.9, n), 12 * HOUR).astype(np.int32) + 60
        yield person, place, np.zeros(n, np.int8), start, start + stay


def case_codes(size: Size, n: int) -> np.ndarray:
    """Which people are the cases."""
    return np.sort(np.random.default_rng(7).choice(size.people, min(n, size.people), replace=False))


def write_parquet(size: Size, folder: Path) -> Path:
    """All visits as the peers read them, unsorted, a row group a day. -> the file"""
    file = folder / f"visits-{size.visits}.parquet"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([(n, pa.int32()) for n in ("person", "place", "start", "stop")])
    beside = file.with_suffix(".partial")
    with pq.ParquetWriter(beside, schema, compression="zstd") as out:
        for person, place, _, start, end in days_of_visits(size):
            out.write_table(pa.table([person, place, start, end], schema=schema))
    beside.rename(file)
    return file
