"""Exposures from visits: who was in the same place at the same time, once from cases, once from close contacts."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure import index
from wangge.exposure.days import DAY_SECONDS, day_start, day_starts
from wangge.exposure.index import Index, Seeds
from wangge.exposure.meet import people_met, together
from wangge.exposure.protocol import SignedProtocol
from wangge.exposure.rows import overlap_rows

KEYS = ["person", "seed", "place", "kind"]
Between = tuple[dt.date, dt.date]


class Hop(NamedTuple):
    """One step outwards: from whom, between which instants (Unix seconds), in which kinds of place, sparing whom."""

    ids: pa.Array
    since: pa.Array
    until: pa.Array
    barred: pa.Array
    degree: int
    kinds: tuple[str, ...] | None = None


class Overlaps(NamedTuple):
    """Rows of both degrees, the people who shared any time with a case, and the places too crowded to list anybody."""

    rows: list[pa.Table]
    met: pa.Array
    crowded: list[str]


def by_overlap(
    visits: pa.Table | Index,
    cases: pa.Table,
    listed: list[pa.Table],
    protocol: SignedProtocol,
    between: Between,
    isolated: pa.Table | None,
) -> Overlaps:
    """First and second degree from usable visits and cases, on the days of `between` (both belong).

    `listed` holds close contacts that are known already, from contact lists or earlier days.
    """
    opening, closing = day_start(between[0]), day_start(between[1]) + DAY_SECONDS
    ids = _whole(cases.column("person_id"))
    since, until = _within(
        day_starts(cases.column("opens_on")), day_starts(cases.column("closes_on"), 1), opening, closing
    )
    first = _hop(visits, Hop(ids, since, until, ids, 1), protocol)
    close = pa.concat_tables([first.rows, *listed])
    close = close.filter(pc.equal(close.column("category"), "close"))
    close = close.group_by("person_id").aggregate([("first_at", "min")])
    contacts = _whole(close.column("person_id"))
    met_at, isolation = _whole(close.column("first_at_min").cast(pa.int64())), _isolation(contacts, isolated, closing)
    since, until = _within(met_at, isolation, opening, closing)
    barred = pa.concat_arrays([ids, contacts])
    second = _hop(visits, Hop(contacts, since, until, barred, 2, protocol.second_degree_kinds), protocol)
    return Overlaps([first.rows, second.rows], first.met, sorted({*first.crowded, *second.crowded}))


class _Found(NamedTuple):
    rows: pa.Table
    met: pa.Array
    crowded: list[str]


def _hop(visits: pa.Table | Index, hop: Hop, protocol: SignedProtocol) -> _Found:
    built = visits if isinstance(visits, Index) else index.build(_same_places(visits, hop))
    codes = built.code_of(hop.ids)
    here = codes >= 0
    barred = np.zeros(len(built.people), np.bool_)
    blocked = built.code_of(hop.barred)
    barred[blocked[blocked >= 0]] = True
    kinds = None if hop.kinds is None else np.flatnonzero(np.isin(built.kinds.to_pylist(), hop.kinds))
    window = (codes[here], np.asarray(hop.since)[here], np.asarray(hop.until)[here], kinds)
    seeds, crowded = _listable(built, built.seeds(*window), protocol)
    met = together(built, seeds, barred)
    anybody = people_met(built, seeds, barred).person if hop.degree == 1 else np.empty(0, np.int64)
    if built.sure is None:
        met = met.append_column("sure", met.column("seconds"))
    else:
        surely, _ = _listable(built, built.seeds(*window, days=built.sure), protocol)
        met = _with_sure(met, together(built, surely, barred, built.sure))
    crowds = built.crowds(np.asarray(met.column("place")))
    return _Found(
        overlap_rows(built, met, crowds, protocol, hop.degree),
        built.people.take(pa.array(anybody)),
        built.places.take(crowded).to_pylist(),
    )


def _listable(built: Index, seeds: Seeds, protocol: SignedProtocol) -> tuple[Seeds, pa.Array]:
    """Stays without those in places so crowded that nobody is listed, and the codes of these places."""
    keep = built.crowds(seeds.place) <= protocol.max_crowd
    return Seeds(*(column[keep] for column in seeds)), pa.array(np.unique(seeds.place[~keep]))


def _with_sure(met: pa.Table, surely: pa.Table) -> pa.Table:
    """`together` of what is possible, with the seconds that are certain; where there are any, first and last are theirs."""
    certain = surely.rename_columns([*KEYS, "sure_first", "sure_last", "sure"])
    met = met.join(certain, keys=KEYS, join_type="left outer")
    for name in ("first", "last"):
        told = pc.coalesce(met.column(f"sure_{name}"), met.column(name))
        met = met.set_column(met.column_names.index(name), name, told)
    return met.set_column(met.column_names.index("sure"), "sure", pc.fill_null(met.column("sure"), 0))


def _same_places(visits: pa.Table, hop: Hop) -> pa.Table:
    """All visits to places where one of `hop.ids` ever was: only these need sorting, and a place stays whole."""
    theirs = pc.is_in(visits.column("person_id"), value_set=hop.ids)
    if hop.kinds is not None:
        theirs = pc.and_(theirs, pc.is_in(visits.column("place_kind"), value_set=pa.array(hop.kinds, pa.string())))
    places = _whole(pc.unique(visits.column("place_id").filter(theirs)))
    codes = _whole(pc.index_in(visits.column("place_id"), value_set=places))
    here = pc.is_valid(codes)
    coded = pa.DictionaryArray.from_arrays(codes.filter(here), places)
    return visits.drop_columns(["place_id"]).filter(here).append_column("place_id", coded)


def _within(since: pa.Array, until: pa.Array, opening: int, closing: int) -> tuple[pa.Array, pa.Array]:
    """Windows cut to the days in question; one that ends before it begins is empty and traces nobody."""
    late = pc.max_element_wise(_whole(since), pa.scalar(opening, pa.int64()))
    return late, pc.min_element_wise(_whole(until), pa.scalar(closing, pa.int64()))


def _isolation(ids: pa.Array, isolated: pa.Table | None, end: int) -> pa.Array:
    """The instant at which each contact's own contacts stop counting: end of the day of isolation, or `end`."""
    if isolated is None:
        return pa.array(np.full(len(ids), end), pa.int64())
    where = pc.index_in(ids, value_set=_whole(isolated.column("person_id")))
    days = _whole(isolated.column("isolated_on").cast(pa.date32())).take(where)
    return pc.min_element_wise(day_starts(days, 1), pa.scalar(end, pa.int64()), skip_nulls=True)


def _whole(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
