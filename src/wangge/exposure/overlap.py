"""Exposures from visits: who was in the same place at the same time, once from cases, once from close contacts."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure import index
from wangge.exposure.days import DAY_SECONDS, Ints, day_start, day_starts
from wangge.exposure.rows import overlap_rows
from wangge.tables import Protocol

NEVER, ALWAYS = -(2**62), 2**62


class Hop(NamedTuple):
    """One step outwards: from whom, between which instants (Unix seconds), in which kinds of place, sparing whom."""

    ids: pa.Array
    since: pa.Array
    until: pa.Array
    barred: pa.Array
    degree: int
    kinds: tuple[str, ...] | None = None


def by_overlap(
    visits: pa.Table,
    cases: pa.Table,
    listed: list[pa.Table],
    protocol: Protocol,
    as_of: dt.date,
    isolated: pa.Table | None,
) -> list[pa.Table]:
    """First and second degree from usable visits and cases; `listed` holds what contact lists already propose."""
    ids = _whole(cases.column("person_id"))
    since, until = day_starts(cases.column("opens_on")), day_starts(cases.column("closes_on"), 1)
    first = _hop(visits, Hop(ids, _whole(since), _whole(until), ids, 1), protocol)
    close = pa.concat_tables([first, *listed])
    close = close.filter(pc.equal(close.column("category"), "close"))
    close = close.group_by("person_id").aggregate([("first_at", "min")])
    contacts = _whole(close.column("person_id"))
    since, until = _whole(close.column("first_at_min").cast(pa.int64())), _isolation(contacts, isolated, as_of)
    barred = pa.concat_arrays([ids, contacts])
    second = Hop(contacts, since, until, barred, 2, protocol.second_degree_kinds)
    return [first, _hop(visits, second, protocol)]


def _hop(visits: pa.Table, hop: Hop, protocol: Protocol) -> pa.Table:
    built = index.build(_same_places(visits, hop))
    n = len(built.people)
    opens, closes, barred = np.full(n, ALWAYS), np.full(n, NEVER), np.zeros(n, np.bool_)
    codes = built.code_of(hop.ids)
    here = codes >= 0
    opens[codes[here]], closes[codes[here]] = np.asarray(hop.since)[here], np.asarray(hop.until)[here]
    barred[_known(built.code_of(hop.barred))] = True
    kinds = None if hop.kinds is None else np.flatnonzero(np.isin(built.kinds.to_pylist(), hop.kinds))
    met = index.together(built, built.seeds(opens, closes, kinds), barred)
    return overlap_rows(built, met, built.crowds(), protocol, hop.degree)


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


def _isolation(ids: pa.Array, isolated: pa.Table | None, as_of: dt.date) -> pa.Array:
    """The instant at which each contact's own contacts stop counting: end of the day of isolation, or of `as_of`."""
    end = day_start(as_of) + DAY_SECONDS
    if isolated is None:
        return pa.array(np.full(len(ids), end), pa.int64())
    where = pc.index_in(ids, value_set=_whole(isolated.column("person_id")))
    days = _whole(isolated.column("isolated_on").cast(pa.date32())).take(where)
    return pc.min_element_wise(day_starts(days, 1), pa.scalar(end, pa.int64()), skip_nulls=True)


def _known(codes: Ints) -> Ints:
    return codes[codes >= 0]


def _whole(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
