"""Co-travellers: who sat near a case in a train, a flight or a coach, from lists of tickets.

A ticket tells the day and the seat, not the minutes. Trains: the same carriage, and in it the rows before and behind;
flights: the rows before and behind, then the cabin; coaches: everybody. How far "near" reaches stands in the protocol.
A seat whose row cannot be read is not far away: it is unknown, and said so.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from wangge.exposure.clean import HELD, Sorted
from wangge.exposure.protocol import MODES, SignedProtocol
from wangge.exposure.trips import TRIP
from wangge.frame import query
from wangge.tables.shapes import EXPOSURE

TICKET = pa.schema(
    [
        ("person_id", pa.string()),
        ("mode", pa.string()),  # train, flight, coach
        ("vehicle", pa.string()),  # train number, flight number, plate
        ("on", pa.date32()),
        ("carriage", pa.string()),
        ("seat", pa.string()),
    ]
)

JUDGED = """
SELECT row, CASE WHEN coalesce(person_id, '') = '' THEN 'E5015' WHEN coalesce(vehicle, '') = '' OR "on" IS NULL THEN 'E5030'
                 WHEN mode IS NULL OR NOT list_contains($modes, mode) THEN 'E5031' END AS code
FROM (SELECT *, row_number() OVER () AS row FROM tickets) WHERE code IS NOT NULL ORDER BY row
"""

NEAR = f"""
WITH seated AS (
  SELECT *, CASE mode WHEN 'train' THEN coalesce(carriage, '') ELSE '' END AS part,
         try_cast(nullif(regexp_extract(upper(coalesce(seat, '')), '([0-9]{{1,3}})[A-K]\\s*号?$', 1), '') AS INTEGER) AS seat_row
  FROM tickets
), sat AS (
  SELECT o.person_id, c.person_id AS case_id, o.mode, o.vehicle, o."on", coalesce(o.carriage, '') AS carriage, m.near, m.far, m.rows,
         abs(o.seat_row - c.seat_row) AS apart
  FROM seated c JOIN cases k ON c.person_id = k.person_id AND c."on" BETWEEN greatest(k.opens_on, $first) AND least(k.closes_on, $last)
  JOIN modes m ON m.mode = c.mode
  JOIN seated o ON o.mode = c.mode AND o.vehicle = c.vehicle AND o."on" = c."on" AND o.part = c.part
  WHERE o.person_id NOT IN (SELECT person_id FROM cases)
), judged AS (
  SELECT *, CASE WHEN rows IS NULL OR apart <= rows THEN near ELSE far END AS category,
         CASE WHEN rows IS NULL THEN 'same_vehicle:' || mode WHEN apart IS NULL THEN 'same_vehicle:' || mode || ':seat_unknown'
              WHEN apart <= rows THEN 'seat_rows:' || mode || ':' || apart ELSE 'same_vehicle:' || mode END AS evidence
  FROM sat
)
SELECT person_id, case_id, '{TRIP}' || vehicle || ':' || "on" || ':' || carriage AS place_id, 'transport' AS place_kind,
       "on"::TIMESTAMP::TIMESTAMPTZ - INTERVAL 8 HOUR AS first_at,
       "on"::TIMESTAMP::TIMESTAMPTZ + INTERVAL 57599 SECOND AS last_at,
       NULL::INTEGER AS overlap_minutes, 1 AS degree, category, $protocol AS protocol, evidence
FROM judged WHERE category IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY person_id, case_id, vehicle, "on" ORDER BY category <> near, apart NULLS LAST, evidence) = 1
ORDER BY ALL
"""


def usable_tickets(tickets: pa.Table) -> Sorted:
    """Tickets as TICKET that name a person (else E5015), a vehicle and a day (E5030) and a known mode (E5031)."""
    whole = tickets.select(TICKET.names).cast(TICKET)
    bad = query(JUDGED, {"modes": list(MODES)}, tickets=whole)
    held = bad.select(["row", "code"]).cast(HELD)
    if not held.num_rows:
        return Sorted(whole, held, {})
    good = query(
        "SELECT * EXCLUDE (row) FROM (SELECT *, row_number() OVER () AS row FROM tickets) ANTI JOIN held USING (row)",
        tickets=whole, held=held,
    )  # fmt: skip
    return Sorted(good, held, {})


def co_travellers(
    tickets: pa.Table, cases: pa.Table, protocol: SignedProtocol, between: tuple[dt.date, dt.date]
) -> pa.Table:
    """Who travelled with a case while it could infect, on the days of `between`. -> EXPOSURE, one row a person and trip

    tickets and cases: usable ones. A mode that the protocol's [travel] does not name proposes nobody.
    """
    rules = [(mode, one.get("rows"), one.get("near"), one.get("far")) for mode, one in sorted(protocol.travel.items())]
    columns = list(zip(*rules, strict=True)) or [(), (), (), ()]
    types = (pa.string(), pa.int32(), pa.string(), pa.string())
    names = ("mode", "rows", "near", "far")
    modes = pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
    params = {"first": between[0], "last": between[1], "protocol": protocol.label}
    return EXPOSURE.hand_over(query(NEAR, params, tickets=tickets, cases=cases, modes=modes))
