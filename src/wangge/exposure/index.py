"""The exposure index: visits day by day, each day sorted by place and start, ready to be asked who met whom.

A day more is a day sorted; the days that lie there are not touched. Twenty-one bytes a visit, and the words once.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure import kernels
from wangge.exposure.days import day_numbers
from wangge.exposure.kernels import Ints

BASE = 1_577_836_800  # 2020-01-01 UTC in Unix seconds: times are kept as 32 bits counted from here, 1951 to 2088
FEW = 2_000  # ids that are looked up one by one; more are looked up together


class Seeds(NamedTuple):
    """Stays of those from whom an exposure starts (cases, or close contacts), cut to the time that counts.

    Sorted by person, place, kind and start; stays of one person in one place and kind do not overlap.
    """

    person: Ints  # codes of the index
    place: Ints
    kind: Ints
    start: Ints  # seconds since BASE
    end: Ints


@dataclass(frozen=True)
class Day:
    """The visits that began on one Beijing day, sorted by (place, start). All arrays by visit but the first three."""

    on: int  # days since 1970-01-01
    places: Ints  # codes of the places visited, ascending
    offsets: Ints  # first visit of each of these places, and one past the last
    visitors: Ints  # different people who came to each
    person: Ints
    kind: Ints
    start: Ints  # seconds since BASE
    end: Ints
    latest: Ints  # latest end so far in the place
    by_person: Ints  # visits in order of person

    @cached_property
    def span(self) -> tuple[int, int]:
        """First start and last end."""
        return (int(self.start.min()), int(self.end.max())) if self.start.size else (0, 0)


@dataclass(frozen=True)
class Index:
    """People, places and kinds as codes into their word lists; `sure` holds the same visits as far as they are certain.

    `sure` is None where every visit has exact times: then what is possible is certain.
    """

    people: pa.Array
    places: pa.Array
    kinds: pa.Array
    days: tuple[Day, ...]
    sure: tuple[Day, ...] | None = None

    @cached_property
    def _order(self) -> pa.Array:
        return pc.sort_indices(self.people)

    def code_of(self, ids: pa.ChunkedArray | pa.Array) -> Ints:
        """Codes of these person ids, -1 for those who have no visit."""
        if len(ids) > FEW:
            return np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.people), -1)).astype(np.int64)
        return np.array([self._find(one) for one in ids.to_pylist()], np.int64)

    def _find(self, word: str | None) -> int:
        if word is None:
            return -1
        at = bisect.bisect_left(self._order, word, key=lambda i: self.people[i.as_py()].as_py())
        code = self._order[at].as_py() if at < len(self._order) else -1
        return code if code >= 0 and self.people[code].as_py() == word else -1

    def crowds(self, places: Ints) -> Ints:
        """The most different people in each of these places on one day."""
        most = np.zeros(places.size, np.int32)
        for day in self.days:
            at = np.searchsorted(day.places, places)
            at[at == day.places.size] = 0
            if day.places.size:
                most = np.maximum(most, np.where(day.places[at] == places, day.visitors[at], 0))
        return most

    def seeds(
        self, codes: Ints, opens: Ints, closes: Ints, kinds: Ints | None = None, days: tuple[Day, ...] | None = None
    ) -> Seeds:
        """What these people did between opens and closes (Unix seconds, one of each a person)."""
        parts = [_stays(day, codes, opens - BASE, closes - BASE) for day in days or self.days]
        columns = [np.concatenate([part[i] for part in parts]) if parts else np.empty(0, np.int64) for i in range(5)]
        if kinds is not None:
            keep = np.isin(columns[2], kinds)
            columns = [column[keep] for column in columns]
        return _disjoint(*columns)


def build(visits: pa.Table) -> Index:
    """Visits with all their values (none null, none backwards) -> Index. One sort, about a second a ten million."""
    nobody = pa.array([], pa.string())
    return append(Index(nobody, nobody, nobody, ()), visits)


def append(index: Index, visits: pa.Table) -> Index:
    """The index with these visits too. Only days that these visits began on are sorted; all others stay as they lie."""
    person, people = _codes(visits.column("person_id"), index.people)
    place, places = _codes(visits.column("place_id"), index.places)
    kind, kinds = _codes(visits.column("place_kind"), index.kinds)
    start, end = (_seconds(visits.column(name)) for name in ("start_at", "end_at"))
    coded = (person, place, kind.astype(np.int8), start, end)
    made = replace(index, people=people, places=places, kinds=kinds)
    days = add_days(index.days, coded, len(people))
    surely = _surely(visits, start, end)
    if surely is None and index.sure is None:
        return replace(made, days=days)
    old = index.days if index.sure is None else index.sure
    start, end = (start, end) if surely is None else surely
    some = start < end
    sure = add_days(old, tuple(c[some] for c in (person, place, kind.astype(np.int8), start, end)), len(people))
    return replace(made, days=days, sure=sure)


def add_days(days: tuple[Day, ...], coded: tuple[Ints, ...], n_people: int) -> tuple[Day, ...]:
    """Days and visits as codes (person, place, kind, start, end in seconds since BASE) -> days with them."""
    on = day_numbers(coded[3].astype(np.int64) + BASE)
    held = {day.on: day for day in days}
    numbers, which = np.unique(on, return_inverse=True) if on.size else (on, on)
    for i, number in enumerate(numbers.tolist()):
        rows = np.flatnonzero(which == i) if numbers.size > 1 else slice(None)
        mine = tuple(column[rows] for column in coded)
        if number in held:
            mine = tuple(np.concatenate(pair) for pair in zip(_columns(held[number]), mine, strict=True))
        held[number] = _day(number, mine, n_people)
    return tuple(held[number] for number in sorted(held))


def _day(on: int, coded: tuple[Ints, ...], n_people: int) -> Day:
    person, place, kind, start, end = coded
    order = np.argsort((place.astype(np.int64) << 32) | (start.astype(np.int64) + 2**31), kind="stable")
    person, place, kind, start, end = (column[order] for column in (person, place, kind, start, end))
    first = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1]))) if place.size else np.empty(0, np.int64)
    offsets = np.append(first, place.size).astype(np.int32)
    latest, came = kernels.running_end(offsets, end), kernels.visitors(offsets, person, n_people)
    by_person = np.argsort(person, kind="stable").astype(np.int32)
    return Day(on, place[first], offsets, came, person, kind, start, end, latest, by_person)


def _columns(day: Day) -> tuple[Ints, ...]:
    place = np.repeat(day.places, np.diff(day.offsets))
    return day.person, place, day.kind, day.start, day.end


def _stays(day: Day, codes: Ints, opens: Ints, closes: Ints) -> tuple[Ints, ...]:
    """Stays of these people in one day's visits, cut to their windows: person, place, kind, start, end."""
    low, high = kernels.rows_of(day.by_person, day.person, codes)
    n = high - low
    who = np.repeat(np.arange(codes.size), n)
    rows = day.by_person[np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + low[who]]
    start, end = np.maximum(day.start[rows], opens[who]), np.minimum(day.end[rows], closes[who])
    keep = start < end
    place = day.places[np.searchsorted(day.offsets, rows, side="right") - 1] if rows.size else rows
    return tuple(c[keep] for c in (codes[who], place, day.kind[rows], start, end))


def _disjoint(person: Ints, place: Ints, kind: Ints, start: Ints, end: Ints) -> Seeds:
    """Sorted, and stays of one person in one place and kind that overlap or touch made one."""
    order = np.lexsort((start, kind, place, person))
    person, place, kind, start, end = (c[order].astype(np.int32) for c in (person, place, kind, start, end))
    if not person.size:
        return Seeds(person, place, kind, start, end)
    other = np.concatenate(([True], _changes(person, place, kind)))
    group = np.cumsum(other).astype(np.int64)
    # One running maximum serves all groups, because each lies above the one before.
    until = np.maximum.accumulate((group << 33) + end.astype(np.int64)) - (group << 33)
    fresh = other.copy()
    fresh[1:] |= start[1:] > until[:-1]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], person.size) - 1
    return Seeds(person[first], place[first], kind[first], start[first], until[last].astype(np.int32))


def _changes(*columns: Ints) -> Any:
    return np.logical_or.reduce([column[1:] != column[:-1] for column in columns])


def _surely(visits: pa.Table, start: Ints, end: Ints) -> tuple[Ints, Ints] | None:
    """From when to when each visit was surely going on; None where all times are exact."""
    names = ("start_by", "end_from")
    if not all(name in visits.column_names for name in names):
        return None
    by, until = (visits.column(name) for name in names)
    if by.null_count == until.null_count == visits.num_rows:
        return None
    return tuple(
        _seconds(pc.coalesce(told, visits.column(name))) for told, name in ((by, "start_at"), (until, "end_at"))
    )  # type: ignore[return-value]


def _codes(values: pa.ChunkedArray, known: pa.Array) -> tuple[Ints, pa.Array]:
    """Words as codes into `known`, lengthened by the words it lacks."""
    whole: Any = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(whole, pa.ChunkedArray):  # too long for one array of 32-bit offsets
        whole = whole.cast(pa.large_string()).combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    words, indices = coded.dictionary.cast(pa.string()), np.asarray(coded.indices).astype(np.int32)
    if not len(known):
        return indices, words
    at = pc.index_in(words, value_set=known)
    fresh = words.filter(pc.is_null(at))
    code = np.asarray(pc.fill_null(at, -1)).astype(np.int32)
    code[code < 0] = np.arange(len(known), len(known) + len(fresh), dtype=np.int32)
    return code[indices], pa.concat_arrays([known, fresh])


def _seconds(values: pa.ChunkedArray) -> Ints:
    whole = np.asarray(values.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()))
    return (whole - BASE).astype(np.int32)
