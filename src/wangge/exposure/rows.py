"""Time together -> exposure rows: is it long enough, surely or possibly, of which kind, in how big a place?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure.cells import CELL
from wangge.exposure.days import Ints, instants
from wangge.exposure.index import Index
from wangge.exposure.protocol import SignedProtocol
from wangge.exposure.trips import TRIP
from wangge.frame import query
from wangge.tables.shapes import EXPOSURE

CLOSE, GENERAL, COMPANION, SECONDARY = range(4)
CATEGORY = pa.array(["close", "general", "companion", "secondary"])

# A point near the border of its cell stands in several cells: the same meeting is one row, the surest, then the longest.
ONE_CELL = f"""
SELECT * FROM rows
QUALIFY NOT starts_with(place_id, '{CELL}') OR row_number() OVER (
  PARTITION BY person_id, case_id, first_at::DATE, starts_with(place_id, '{CELL}')
  ORDER BY overlap_minutes DESC NULLS LAST, last_at - first_at DESC, place_id) = 1
"""


def overlap_rows(visits: Index, met: pa.Table, crowds: Ints, protocol: SignedProtocol, degree: int) -> pa.Table:
    """The rows of `together` (with `sure`, the seconds that are certain) that last long enough, as EXPOSURE rows.

    In a place that more than max_place_people visit on one day an overlap proposes a companion at the first degree
    and nothing at the second; neither does one that is only possible, unless the protocol takes it as certain.
    """
    kind, seconds, sure = (np.asarray(met.column(c)) for c in ("kind", "seconds", "sure"))
    crowded = crowds > protocol.max_place_people
    least = _least(visits, protocol, degree)[kind]
    certain = sure >= least
    keep = seconds >= least
    if degree == 2:
        keep &= ~crowded & (certain | (protocol.possible_proposes == "as_certain"))
    met, crowded, certain = met.filter(pa.array(keep)), crowded[keep], certain[keep]
    category = (
        np.full(crowded.size, SECONDARY)
        if degree == 2
        else _first_degree(visits, kind[keep], crowded, certain, protocol)
    )
    rows = _exposures(visits, met, category, crowded, certain, protocol, degree)
    in_cells = pc.any(pc.starts_with(visits.places, CELL)).as_py()
    return EXPOSURE.hand_over(query(ONE_CELL, rows=rows)) if in_cells else rows


def _least(visits: Index, protocol: SignedProtocol, degree: int) -> Ints:
    """Least seconds together by kind code; a moment without length never counts."""
    minutes = dict(protocol.min_minutes)
    if degree == 2:
        minutes |= protocol.second_degree_minutes
    return np.maximum(np.array([60 * minutes[k] for k in visits.kinds.to_pylist()], np.int64), 1)


def _first_degree(visits: Index, kind: Ints, crowded: Ints, certain: Ints, protocol: SignedProtocol) -> Ints:
    by_kind = [
        CLOSE if k in protocol.close_kinds else GENERAL if k in protocol.general_kinds else COMPANION
        for k in visits.kinds.to_pylist()
    ]
    told = np.array(by_kind, np.int64)[kind]
    if protocol.possible_proposes != "as_certain":
        weaker = GENERAL if protocol.possible_proposes == "general" else COMPANION
        told = np.where(certain, told, np.maximum(told, weaker))
    return np.where(crowded, COMPANION, told)


def _exposures(
    visits: Index, met: pa.Table, category: Ints, crowded: Ints, certain: Ints, protocol: SignedProtocol, degree: int
) -> pa.Table:
    n = met.num_rows
    places, kinds = visits.places.take(met.column("place")), visits.kinds.take(met.column("kind"))
    ticket = pc.starts_with(places, TRIP)  # a ticket says the day, not the minutes
    surely = pa.array(certain)
    minutes = pc.divide(pc.if_else(surely, met.column("sure"), met.column("seconds")), 60).cast(pa.int32())
    word = pc.if_else(surely, "overlap", "possible")
    shown = pc.binary_join_element_wise(minutes.cast(pa.string()), "min", "")
    shown = pc.binary_join_element_wise(word, kinds, shown, ":")
    shown = pc.if_else(ticket, pc.binary_join_element_wise("same_carriage", kinds, ":"), shown)
    shown = pc.if_else(pa.array(crowded), pc.binary_join_element_wise(shown, "crowd", ":"), shown)
    untold = pc.or_(ticket, pc.invert(surely))
    return EXPOSURE.hand_over(
        pa.table(
            {
                "person_id": visits.people.take(met.column("person")),
                "case_id": visits.people.take(met.column("seed")),
                "place_id": places,
                "place_kind": kinds,
                "first_at": instants(np.asarray(met.column("first"))),
                "last_at": instants(np.asarray(met.column("last"))),
                "overlap_minutes": pc.if_else(untold, pa.scalar(None, pa.int32()), minutes),
                "degree": pa.array(np.full(n, degree), pa.int32()),
                "category": CATEGORY.take(pa.array(category)),
                "protocol": pa.array([protocol.label] * n, pa.string()),
                "evidence": shown,
            }
        )
    )
