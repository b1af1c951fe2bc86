"""Tickets -> visits: whoever rode in the same carriage of the same vehicle on the same day was in one place."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import VISIT

TRIP = "trip:"  # marks places of which only the day is known

TRIPS = f"""
SELECT l.person_id, '{TRIP}' || r.trip_vehicle || ':' || r.trip_on || ':' || coalesce(r.trip_carriage, '') AS place_id,
       'transport' AS place_kind,
       r.trip_on::TIMESTAMP::TIMESTAMPTZ - INTERVAL 8 HOUR AS start_at,
       r.trip_on::TIMESTAMP::TIMESTAMPTZ + INTERVAL 16 HOUR AS end_at
FROM rows r JOIN links l ON r.list = l.list AND r.batch = l.batch AND r.row = l.row
WHERE r.trip_vehicle IS NOT NULL AND r.trip_on IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""


def trips(good_rows: pa.Table, links: pa.Table) -> pa.Table:
    """GOOD_ROW rows that hold a ticket, with LINK saying whose they are -> VISIT, one a person and carriage.

    A ticket gives no hours, so the visit spans the Beijing day; tracing then leaves the minutes empty. Without a
    carriage the whole vehicle is one place, which its number of passengers will usually make a companion's place.
    """
    return VISIT.hand_over(query(TRIPS, rows=good_rows, links=links))
