"""Exposures that need no visits: the cases themselves, ready-made contact lists, announced risk areas."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from wangge.exposure.days import DAY_SECONDS, day_start
from wangge.exposure.protocol import SignedProtocol
from wangge.frame import query
from wangge.tables.shapes import EXPOSURE

# The last second of a day stands for "that day": the next midnight would already be another date.
DAY = "make_timestamp((({on}) - DATE '1970-01-01')::BIGINT * 86400000000 - 28800000000 + {plus})::TIMESTAMPTZ"
FIRST, LAST = DAY.replace("{plus}", "0"), DAY.replace("{plus}", "86399000000")

CASE_ROWS = f"""
SELECT person_id, person_id AS case_id, NULL AS place_id, NULL AS place_kind,
       {FIRST.format(on="anchor_on")} AS first_at, {LAST.format(on="ended_on")} AS last_at,
       NULL::INTEGER AS overlap_minutes, 0 AS degree, 'case' AS category, $protocol AS protocol,
       'case:' || coalesce(kind, 'unknown') AS evidence
FROM (SELECT *, greatest(anchor_on, least(last_on, closes_on)) AS ended_on FROM cases)
"""

CONTACT_ROWS = f"""
SELECT person_id, case_id, NULL AS place_id, NULL AS place_kind,
       {FIRST.format(on="min(first_on)")} AS first_at, {LAST.format(on="max(last_on)")} AS last_at,
       NULL::INTEGER AS overlap_minutes, CASE category WHEN 'secondary' THEN 2 ELSE 1 END AS degree, category,
       $protocol AS protocol,
       'contact_list:' || replace(type, ' ', '_') || CASE WHEN bool_or(from_window) THEN ':case_window' ELSE '' END
         AS evidence
FROM contacts GROUP BY person_id, case_id, category, type
"""

ZONE_ROWS = """
WITH lived AS (
  SELECT r.person_id, z.zone_id, z.level,
         greatest(z.opened_at, coalesce(r.from_on::TIMESTAMP::TIMESTAMPTZ - INTERVAL 8 HOUR, z.opened_at)) AS first_at,
         least(coalesce(z.closed_at, $last), $last,
               coalesce((r.to_on + 1)::TIMESTAMP::TIMESTAMPTZ - INTERVAL 28801 SECOND, $last)) AS last_at
  FROM residents r JOIN zones z ON r.community_code12 = z.community_code12
)
SELECT person_id, zone_id AS case_id, NULL AS place_id, NULL AS place_kind, first_at, last_at,
       NULL::INTEGER AS overlap_minutes, NULL::INTEGER AS degree, 'zone' AS category, $protocol AS protocol,
       'zone:' || level AS evidence
FROM lived WHERE first_at <= last_at AND last_at >= $oldest
"""


def case_rows(cases: pa.Table, protocol: SignedProtocol) -> pa.Table:
    """Each usable case as an exposure of degree 0, dated from onset (or sampling) to isolation."""
    return EXPOSURE.hand_over(query(CASE_ROWS, {"protocol": protocol.label}, cases=cases))


def contact_rows(contacts: pa.Table, protocol: SignedProtocol) -> pa.Table:
    """Usable rows of contact lists; the same pair in the same words on several days is one row."""
    return EXPOSURE.hand_over(query(CONTACT_ROWS, {"protocol": protocol.label}, contacts=contacts))


def zone_rows(zones: pa.Table, residents: pa.Table | None, protocol: SignedProtocol, as_of: dt.date) -> pa.Table:
    """People who lived in an announced area while it was open; areas too old to weigh any more give no rows.

    Where somebody is registered never counts: only dated residence in the very community (red line R2).
    """
    if residents is None:
        return EXPOSURE.empty()
    for name in ("from_on", "to_on"):
        if name not in residents.column_names:
            residents = residents.append_column(name, pa.nulls(residents.num_rows, pa.date32()))
    last = day_start(as_of) + DAY_SECONDS - 1
    params = {
        "protocol": protocol.label,
        "last": dt.datetime.fromtimestamp(last, dt.UTC),
        "oldest": dt.datetime.fromtimestamp(last - DAY_SECONDS * (1 + max(protocol.expiry_days.values())), dt.UTC),
    }
    return EXPOSURE.hand_over(query(ZONE_ROWS, params, zones=zones, residents=residents))
