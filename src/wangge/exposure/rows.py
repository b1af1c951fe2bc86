"""Time together -> exposure rows: is it long enough, of which kind, in how big a place?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure.days import Ints, instants
from wangge.exposure.index import Index
from wangge.exposure.protocol import label
from wangge.exposure.trips import TRIP
from wangge.tables import Protocol
from wangge.tables.shapes import EXPOSURE

CLOSE, GENERAL, COMPANION, SECONDARY = range(4)
CATEGORY = pa.array(["close", "general", "companion", "secondary"])


def overlap_rows(visits: Index, met: pa.Table, crowds: Ints, protocol: Protocol, degree: int) -> pa.Table:
    """The rows of `together` that last long enough, as EXPOSURE rows of this degree.

    In a place that more than max_place_people visit on one day an overlap proposes a companion at the first degree
    and nothing at the second.
    """
    kind, place, seconds = (np.asarray(met.column(c)) for c in ("kind", "place", "seconds"))
    least = np.array([60 * protocol.min_minutes[k] for k in visits.kinds.to_pylist()], np.int64)
    crowded = crowds[place] > protocol.max_place_people
    keep = seconds >= np.maximum(least[kind], 1)
    if degree == 2:
        keep &= ~crowded
    met, crowded = met.filter(pa.array(keep)), crowded[keep]
    category = np.full(crowded.size, SECONDARY) if degree == 2 else _first_degree(visits, kind[keep], crowded, protocol)
    return _exposures(visits, met, category, crowded, protocol, degree)


def _first_degree(visits: Index, kind: Ints, crowded: Ints, protocol: Protocol) -> Ints:
    by_kind = [
        CLOSE if k in protocol.close_kinds else GENERAL if k in protocol.general_kinds else COMPANION
        for k in visits.kinds.to_pylist()
    ]
    return np.where(crowded, COMPANION, np.array(by_kind, np.int64)[kind])


def _exposures(
    visits: Index, met: pa.Table, category: Ints, crowded: Ints, protocol: Protocol, degree: int
) -> pa.Table:
    n = met.num_rows
    places, kinds = visits.places.take(met.column("place")), visits.kinds.take(met.column("kind"))
    ticket = pc.starts_with(places, TRIP)  # a ticket says the day, not the minutes
    minutes = pc.divide(met.column("seconds"), 60).cast(pa.int32())
    shown = pc.binary_join_element_wise(
        "overlap", kinds, pc.binary_join_element_wise(minutes.cast(pa.string()), "min", ""), ":"
    )
    shown = pc.if_else(ticket, pc.binary_join_element_wise("same_carriage", kinds, ":"), shown)
    shown = pc.if_else(pa.array(crowded), pc.binary_join_element_wise(shown, "crowd", ":"), shown)
    return EXPOSURE.hand_over(
        pa.table(
            {
                "person_id": visits.people.take(met.column("person")),
                "case_id": visits.people.take(met.column("seed")),
                "place_id": places,
                "place_kind": kinds,
                "first_at": instants(np.asarray(met.column("first"))),
                "last_at": instants(np.asarray(met.column("last"))),
                "overlap_minutes": pc.if_else(ticket, pa.scalar(None, pa.int32()), minutes),
                "degree": pa.array(np.full(n, degree), pa.int32()),
                "category": CATEGORY.take(pa.array(category)),
                "protocol": pa.array([label(protocol)] * n, pa.string()),
                "evidence": shown,
            }
        )
    )
