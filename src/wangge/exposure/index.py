"""The exposure index: visits sorted by place and start, ready to be asked who met whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure import kernels
from wangge.exposure.days import day_numbers
from wangge.exposure.kernels import Ints


@dataclass(frozen=True)
class Seeds:
    """Stays of those from whom an exposure starts (cases, or close contacts), already cut to the time that counts."""

    person: Ints  # code in the index
    place: Ints
    kind: Ints
    start: Ints  # Unix seconds
    end: Ints


@dataclass(frozen=True)
class Index:
    """Columns of all visits sorted by (place, start); people, places and kinds as codes into their word lists."""

    people: pa.Array
    places: pa.Array
    kinds: pa.Array
    person: Ints
    place: Ints
    kind: Ints
    start: Ints
    end: Ints
    offsets: Ints
    latest: Ints

    def code_of(self, ids: pa.ChunkedArray | pa.Array) -> Ints:
        """Codes of these person ids, -1 for those who have no visit."""
        return np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.people), -1)).astype(np.int64)

    def crowds(self) -> Ints:
        """The most different people in each place on one day."""
        return np.asarray(kernels.crowds(self.offsets, self.person, day_numbers(self.start), len(self.people)))

    def seeds(self, opens: Ints, closes: Ints, kinds: Ints | None = None) -> Seeds:
        """The stays between opens[person] and closes[person] (Unix seconds); people without a window give none."""
        start, end = np.maximum(self.start, opens[self.person]), np.minimum(self.end, closes[self.person])
        keep = start < end
        if kinds is not None:
            keep &= np.isin(self.kind, kinds)
        rows = np.flatnonzero(keep)
        return Seeds(self.person[rows], self.place[rows], self.kind[rows], start[rows], end[rows])


def build(visits: pa.Table) -> Index:
    """Visits with all their values (none null, none backwards) -> Index. One sort, about a second a ten million."""
    person, people = _codes(visits.column("person_id"))
    place, places = _codes(visits.column("place_id"))
    kind, kinds = _codes(visits.column("place_kind"))
    start, end = (_seconds(visits.column(c)) for c in ("start_at", "end_at"))
    zero = int(start.min()) if start.size else 0
    order = np.argsort((place.astype(np.int64) << 34) | (start - zero))
    person, place, kind, start, end = (a[order] for a in (person, place, kind, start, end))
    offsets = kernels.place_offsets(place, len(places))
    return Index(people, places, kinds, person, place, kind, start, end, offsets, kernels.running_end(offsets, end))


def together(index: Index, seeds: Seeds, barred: Ints) -> pa.Table:
    """Who was with whom, where, from when to when, and for how many seconds in all. `barred`: flags by person code.

    -> columns person, seed, place, kind (codes), first, last (Unix seconds), seconds; one row for each combination.
    """
    i = index
    rows, which = kernels.meetings(
        i.offsets, i.latest, i.person, i.start, i.end, barred, seeds.place, seeds.start, seeds.end
    )
    start, end = np.maximum(i.start[rows], seeds.start[which]), np.minimum(i.end[rows], seeds.end[which])
    keys = (seeds.kind[which], i.place[rows], seeds.person[which], i.person[rows])
    order = np.lexsort((start, *keys))
    keys = tuple(k[order] for k in keys)
    changes = np.zeros(order.size, np.int64)
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    row, first, last, seconds = kernels.time_together(np.cumsum(changes), start[order], end[order])
    kind, place, seed, person = (k[row] for k in keys)
    return pa.table(
        {"person": person, "seed": seed, "place": place, "kind": kind, "first": first, "last": last, "seconds": seconds}
    )


def _codes(values: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    whole: Any = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(whole, pa.ChunkedArray):  # too long for one array of 32-bit offsets
        whole = whole.cast(pa.large_string()).combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    return np.asarray(coded.indices).astype(np.int32), coded.dictionary.cast(pa.string())


def _seconds(values: pa.ChunkedArray) -> Ints:
    return np.asarray(values.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()))
