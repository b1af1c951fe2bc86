"""Who was with whom: the index asked, in full rows or in sums."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wangge.exposure import kernels
from wangge.exposure.index import BASE, Day, Index, Seeds
from wangge.exposure.kernels import Flags, Ints

CHUNK = 4_000_000  # pairs held at once: 48 MB, whatever the answer
MANY_SEEDS = 20_000  # from here on a second thread is worth its sums
FEW_SEEDS = 4_000  # below this what was met is sorted; above it sums over everybody are cheaper
LATER = np.iinfo(np.int32).max
TOGETHER = pa.schema([("person", pa.int32()), ("seed", pa.int32()), ("place", pa.int32()), ("kind", pa.int32()),
                      ("first", pa.int64()), ("last", pa.int64()), ("seconds", pa.int64())])  # fmt: skip


def together(index: Index, seeds: Seeds, barred: Flags, days: tuple[Day, ...] | None = None) -> pa.Table:
    """Who was with whom, where, from when to when, and for how many seconds in all. `barred`: flags by person code.

    -> columns person, seed, place, kind (codes), first, last (Unix seconds), seconds; one row for each combination.
    """
    days = index.days if days is None else days
    if not seeds.person.size or not days:
        return TOGETHER.empty_table()
    group = np.cumsum(np.concatenate(([0], _new_group(seeds)))).astype(np.int32)
    spans = [_reach(day, seeds) for day in days]
    most = np.sum([last - first for first, last in spans], axis=0)
    parts = [
        _rows(index, days, seeds, barred, spans, group, slice(a, b)) for a, b in _chunks(most, group) if most[a:b].any()
    ]
    return pa.concat_tables(parts) if parts else TOGETHER.empty_table()


class Met(NamedTuple):
    """Everybody who was met, by ascending code: seconds shared in all, and the first moment (Unix seconds)."""

    person: Ints
    seconds: Ints
    first: Ints


def people_met(index: Index, seeds: Seeds, barred: Flags, days: tuple[Day, ...] | None = None) -> Met:
    """Everybody who shared any time with a seed, in sums only: no row a place and case is ever made.

    Time shared with two seeds at once counts twice. Few seeds are answered by sorting what they met, many by sums over
    everybody; the answer is the same.
    """
    days = index.days if days is None else days
    if seeds.person.size < FEW_SEEDS:
        return _sorted_sums(days, seeds, barred)
    n, order = len(index.people), np.argsort(seeds.place)  # neighbours in place are neighbours in memory
    seeds = Seeds(*(column[order] for column in seeds))
    halves = [seeds]
    if seeds.person.size >= MANY_SEEDS:
        middle = seeds.person.size // 2
        halves = [Seeds(*(c[:middle] for c in seeds)), Seeds(*(c[middle:] for c in seeds))]
    with ThreadPoolExecutor(len(halves)) as pool:
        sums = list(pool.map(lambda part: _dense_sums(days, part, barred, n), halves))
    seconds, earliest = np.add.reduce([s for s, _ in sums]), np.minimum.reduce([e for _, e in sums])
    who = np.flatnonzero(seconds)
    return Met(who, seconds[who], earliest[who].astype(np.int64) + BASE)


def _dense_sums(days: tuple[Day, ...], part: Seeds, barred: Flags, n: int) -> tuple[Ints, Ints]:
    seconds, earliest = np.zeros(n, np.int64), np.full(n, LATER, np.int32)
    for day in days:
        here = _on_day(day, part)
        kernels.add_time(
            day.places, day.offsets, day.latest, day.start, day.person, day.end, barred,
            part.place[here], part.start[here], part.end[here], seconds, earliest,
        )  # fmt: skip
    return seconds, earliest


def _sorted_sums(days: tuple[Day, ...], seeds: Seeds, barred: Flags) -> Met:
    parts = [_pairs(day, seeds, barred) for day in days]
    person, start, end = (np.concatenate([part[i] for part in parts] or [np.empty(0, np.int32)]) for i in range(3))
    if not person.size:
        return Met(*(np.empty(0, np.int64) for _ in range(3)))
    order = np.argsort(person)
    person, start, end = (column[order].astype(np.int64) for column in (person, start, end))
    at = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
    return Met(person[at], np.add.reduceat(end - start, at), np.minimum.reduceat(start, at) + BASE)


def _pairs(day: Day, seeds: Seeds, barred: Flags) -> tuple[Ints, ...]:
    """Person, start and end of every stretch shared on a day."""
    here = np.flatnonzero(_on_day(day, seeds))
    place, start, end = seeds.place[here], seeds.start[here], seeds.end[here]
    first, last = kernels.reach(day.places, day.offsets, day.latest, day.start, place, start, end)
    at = np.cumsum(last - first) - (last - first)
    out = tuple(np.empty(int((last - first).sum()), np.int32) for _ in range(3))
    n = kernels.meetings(day.person, day.start, day.end, barred, first, last, start, end, at, *out)
    rows = np.repeat(at - (np.cumsum(n) - n), n) + np.arange(n.sum())
    return tuple(column[rows] for column in out)


def _marks(n_people: int) -> tuple[Ints, Ints]:
    """Memory by person for `time_together`: untouched pages of it are never written."""
    return np.zeros(n_people, np.int32), np.empty(n_people, np.int64)


def _on_day(day: Day, seeds: Seeds) -> Flags:
    first, last = day.span
    return (seeds.end > first) & (seeds.start < last)


def _reach(day: Day, seeds: Seeds) -> tuple[Ints, Ints]:
    first, last = np.zeros(seeds.person.size, np.int64), np.zeros(seeds.person.size, np.int64)
    here = _on_day(day, seeds)
    first[here], last[here] = kernels.reach(
        day.places, day.offsets, day.latest, day.start, seeds.place[here], seeds.start[here], seeds.end[here]
    )
    return first, last


def _new_group(seeds: Seeds) -> Flags:
    changes = (c[1:] != c[:-1] for c in (seeds.person, seeds.place, seeds.kind))
    return np.asarray(np.logical_or.reduce(list(changes)))


def _chunks(most: Ints, group: Ints) -> list[tuple[int, int]]:
    """Stretches of seeds that can give at most CHUNK pairs, cut between groups; a bigger group stands alone."""
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    before, ends = np.concatenate(([0], np.cumsum(most))), np.append(starts[1:], most.size)
    cuts, done = [0], 0
    for at, end in zip(starts[1:].tolist(), ends[1:].tolist(), strict=True):
        if before[end] - done > CHUNK:
            cuts.append(at)
            done = int(before[at])
    return list(zip(cuts, [*cuts[1:], most.size], strict=True))


def _rows(
    index: Index,
    days: tuple[Day, ...],
    seeds: Seeds,
    barred: Flags,
    spans: list[tuple[Ints, Ints]],
    group: Ints,
    part: slice,
) -> pa.Table:
    """The full rows of one stretch of seeds. Pairs lie seed by seed and, inside a seed, day by day."""
    most = np.stack([last[part] - first[part] for first, last in spans], axis=1)  # [seed, day]
    at = (np.cumsum(most.ravel()) - most.ravel()).reshape(most.shape)
    total = int(most.sum())
    person, start, end = (np.empty(total, np.int32) for _ in range(3))
    n = np.zeros(most.shape, np.int64)
    for d, (day, (first, last)) in enumerate(zip(days, spans, strict=True)):
        s = np.flatnonzero(most[:, d])
        if s.size:
            n[s, d] = kernels.meetings(
                day.person, day.start, day.end, barred, first[part][s], last[part][s],
                seeds.start[part][s], seeds.end[part][s], at[s, d], person, start, end,
            )  # fmt: skip
    pieces = np.arange(0, most.size + 1, len(days))
    groups = group[part] - group[part][0]
    which, who, since, until, seconds = kernels.time_together(
        groups, pieces, at.ravel(), n.ravel(), person, start, end, *_marks(len(index.people)), int(n.sum())
    )
    opening = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))[which]
    case, place, kind = (column[part][opening] for column in (seeds.person, seeds.place, seeds.kind))
    times = (since.astype(np.int64) + BASE, until.astype(np.int64) + BASE, seconds)
    return pa.table([who, case, place, kind, *times], schema=TOGETHER)
