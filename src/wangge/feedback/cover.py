"""The coverage ledger: one dated state a dwelling unit. What nobody confirmed is unconfirmed, never assumed."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import ANSWER, COVERAGE, DWELLING, LEAD, LOCATED, OUTCOME, PERSON

UNSURE = 0.20  # more of the frame than this unconfirmed: no percentage
FRESH_DAYS = 180  # older confirmations, and an older frame, no longer count (workflows 1.8)
STATES = pa.schema([("dwelling_id", pa.string()), ("state", pa.string()), ("confirmed_on", pa.date32())])

LEDGER = """
WITH homes AS (SELECT household_id, dwelling_id FROM located WHERE dwelling_id IS NOT NULL),
listed AS (                 -- asked at the door by a list
  SELECT dwelling_id, count(*) AS n_people,
         max(confirmed_on) FILTER (confirmed_on BETWEEN $oldest AND $as_of) AS listed_on
  FROM people JOIN homes USING (household_id) GROUP BY dwelling_id
),
visited AS (                -- seen by a worker of ours
  SELECT dwelling_id, max(coalesce((observed_at::TIMESTAMP + INTERVAL 8 HOUR)::DATE, $as_of))
           FILTER (outcome = 'full' AND is_closed) AS visited_on,
         bool_or(outcome = 'refused' AND is_closed) AS refused
  FROM outcomes JOIN leads USING (lead_id) JOIN homes USING (household_id) LEFT JOIN answers USING (answer_id)
  GROUP BY dwelling_id
),
given AS (SELECT dwelling_id, max_by(state, confirmed_on) AS state, max(confirmed_on) AS given_on
          FROM states WHERE confirmed_on BETWEEN $oldest AND $as_of GROUP BY dwelling_id),
judged AS (
  SELECT d.dwelling_id, d.grid_code, d.kind, n_people, given.state AS given_state, coalesce(refused, false) AS refused,
         h.dwelling_id IS NOT NULL AS has_household, greatest(given_on, visited_on, listed_on) AS newest_on,
         CASE newest_on WHEN given_on THEN 'given' WHEN visited_on THEN 'visit' WHEN listed_on THEN 'census' END AS how
  FROM dwellings d LEFT JOIN listed USING (dwelling_id) LEFT JOIN visited USING (dwelling_id)
       LEFT JOIN given USING (dwelling_id) LEFT JOIN (SELECT DISTINCT dwelling_id FROM homes) h USING (dwelling_id)
)
SELECT dwelling_id, grid_code,
       CASE WHEN kind = 'non_residential' THEN 'non_residential' WHEN how = 'given' THEN given_state
            WHEN how IS NOT NULL THEN 'occupied_confirmed' WHEN refused THEN 'refused'
            WHEN has_household THEN 'unreached' ELSE 'vacant_unconfirmed' END AS state,
       CASE WHEN state = 'occupied_confirmed' THEN n_people END::INTEGER AS roster_n,
       CASE WHEN state <> 'non_residential' THEN newest_on END AS confirmed_on,
       CASE WHEN confirmed_on IS NOT NULL THEN replace(how, 'given', 'visit') END AS method
FROM judged ORDER BY dwelling_id
"""


def cover(
    dwellings: pa.Table,
    located: pa.Table,
    people: pa.Table,
    leads: pa.Table,
    outcomes: pa.Table,
    answers: pa.Table | None = None,
    states: pa.Table | None = None,
    *,
    as_of: dt.date,
    fresh_days: int = FRESH_DAYS,
) -> pa.Table:
    """One row a dwelling of the frame. -> COVERAGE

    Confirmed by a full outcome of a lead behind the door (dated by its answer, else by `as_of`), by a list that asked
    at the door within `fresh_days`, or by `states` (dwelling_id, state, confirmed_on: vacant_confirmed, demolished …
    seen on site). A unit with a known household that nobody confirmed is unreached or refused; one without is
    vacant_unconfirmed. Households known only to their building confirm no unit.
    """
    return COVERAGE.hand_over(
        query(
            LEDGER,
            {"as_of": as_of, "oldest": as_of - dt.timedelta(days=fresh_days)},
            dwellings=DWELLING.hand_over(dwellings),
            located=LOCATED.hand_over(located),
            people=PERSON.hand_over(people),
            leads=LEAD.hand_over(leads),
            outcomes=OUTCOME.hand_over(outcomes),
            answers=ANSWER.hand_over(ANSWER.empty() if answers is None else answers),
            states=STATES.empty_table() if states is None else states.select(STATES.names).cast(STATES),
        )
    )


def why_no_percentage(
    frame: int, confirmed: int, framed_on: dt.date | None, as_of: dt.date, fresh_days: int = FRESH_DAYS
) -> str | None:
    """Why a share of the frame may not be shown: no_frame, old_frame, unconfirmed; None where it may (workflows 1.8).

    framed_on: the oldest day on which a unit of the frame was listed; unknown counts as old.
    """
    if frame <= 0:
        return "no_frame"
    if framed_on is None or (as_of - framed_on).days > fresh_days:
        return "old_frame"
    return "unconfirmed" if frame - confirmed > UNSURE * frame else None
