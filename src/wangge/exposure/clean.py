"""Before tracing: which rows can be used, and which are set aside under which number. Every row is one or the other."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure.protocol import contact_types
from wangge.frame import query
from wangge.tables import Protocol
from wangge.tables.shapes import CASE, VISIT, ZONE

ZONE_LEVELS = ("high", "middle")  # a low-risk area is the rest of the county: it flags nobody


class Sorted(NamedTuple):
    """Rows fit for use, and how many of the others stand under each number."""

    good: pa.Table
    aside: dict[str, int]


def usable_visits(visits: pa.Table, protocol: Protocol) -> Sorted:
    """Visits with all five values (else E5005), not backwards (E5003), of a kind the protocol knows (E5016)."""
    visits = VISIT.hand_over(visits)
    lacking: Any = np.zeros(visits.num_rows, bool)
    for name in visits.column_names:
        if visits.column(name).null_count:
            lacking |= np.asarray(pc.is_null(visits.column(name)))
    backwards = ~lacking & _true(pc.less(visits.column("end_at"), visits.column("start_at")))
    known = pc.is_in(visits.column("place_kind"), value_set=pa.array(list(protocol.min_minutes), pa.string()))
    strange = ~lacking & ~backwards & ~_true(known)
    aside = {"E5005": int(lacking.sum()), "E5003": int(backwards.sum()), "E5016": int(strange.sum())}
    bad = lacking | backwards | strange
    return Sorted(visits.filter(pa.array(~bad)) if bad.any() else visits, _present(aside))


CASES = """
WITH dated AS (
  SELECT *, coalesce(sampled_on, onset_on) AS known_on,
         CASE WHEN kind = 'asymptomatic' THEN coalesce(sampled_on, onset_on)
              ELSE coalesce(onset_on, sampled_on) END AS anchor_on
  FROM cases
), judged AS (
  SELECT *, CASE WHEN coalesce(person_id, '') = '' THEN 'E5015' WHEN known_on IS NULL THEN 'E5002'
                 WHEN known_on > $as_of THEN 'E5007' END AS code
  FROM dated
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY person_id, code IS NULL
                               ORDER BY known_on, anchor_on, isolated_on, kind) AS nth
  FROM judged
)
SELECT person_id, kind, known_on, isolated_on,
       coalesce(code, CASE WHEN nth > 1 THEN 'E5011' END) AS code,
       (anchor_on - $lookback)::DATE AS opens_on, least(coalesce(isolated_on, $as_of), $as_of) AS closes_on,
       coalesce(isolated_on, greatest(onset_on, sampled_on), known_on) AS last_on, anchor_on
FROM ranked ORDER BY person_id, code, known_on
"""


def usable_cases(cases: pa.Table, protocol: Protocol, as_of: dt.date) -> Sorted:
    """Cases known by `as_of`, one a person, with the days between which they could infect.

    -> person_id, kind, known_on, isolated_on, opens_on, closes_on (both belong), last_on, anchor_on.
    Set aside: E5002 no dates, E5007 reported later, E5011 the same person again, E5015 no id.
    """
    judged = query(CASES, {"as_of": as_of, "lookback": protocol.lookback_days}, cases=CASE.hand_over(cases))
    return _split(judged)


CONTACTS = """
WITH typed AS (
  SELECT c.case_id, c.person_id, c.first::DATE AS said_first, c.last::DATE AS said_last,
         lower(trim(coalesce(c.type, ''))) AS type, k.opens_on, k.closes_on,
         k.person_id IS NULL AS case_unknown, o.person_id IS NOT NULL AS is_case
  FROM contacts c LEFT JOIN cases k ON c.case_id = k.person_id LEFT JOIN cases o ON c.person_id = o.person_id
), dated AS (
  SELECT t.*, w.category, coalesce(said_first, opens_on) AS first_on,
         least(coalesce(said_last, closes_on), $as_of) AS last_on,
         said_first IS NULL OR said_last IS NULL AS from_window
  FROM typed t LEFT JOIN words w ON t.type = w.word
)
SELECT case_id, person_id, type, category, first_on, last_on, from_window,
       CASE WHEN coalesce(case_id, '') = '' OR coalesce(person_id, '') = '' THEN 'E5015'
            WHEN case_unknown THEN 'E5006' WHEN is_case THEN 'E5012' WHEN category IS NULL THEN 'E5008'
            WHEN first_on > last_on OR last_on < opens_on THEN 'E5017' END AS code
FROM dated ORDER BY case_id, person_id, type, first_on, last_on
"""


def usable_contacts(contacts: pa.Table, cases: pa.Table, protocol: Protocol, as_of: dt.date) -> Sorted:
    """Ready-made contacts (case_id, person_id, type; first and last day where known) of usable cases, typed and dated.

    A day the list does not give is taken from the case's own window, and said so (`from_window`).
    Set aside: E5006 case unknown on that day, E5008 type unknown, E5012 is a case already, E5015 no id,
    E5017 days that cannot count.
    """
    for name in ("first", "last"):
        if name not in contacts.column_names:
            contacts = contacts.append_column(name, pa.nulls(contacts.num_rows, pa.date32()))
    words = contact_types(protocol)
    table = pa.table({"word": pa.array(words, pa.string()), "category": pa.array(words.values(), pa.string())})
    return _split(query(CONTACTS, {"as_of": as_of}, contacts=contacts, cases=cases, words=table))


ZONES = """
SELECT *, CASE WHEN opened_at IS NULL THEN 'E5010' WHEN opened_at >= $until THEN 'E5007'
               WHEN NOT list_contains($levels, coalesce(level, '')) THEN 'E5018'
               WHEN coalesce(community_code12, '') = '' THEN 'E5009' END AS code
FROM zones ORDER BY zone_id
"""


def usable_zones(zones: pa.Table, until: dt.datetime) -> Sorted:
    """High and middle risk areas, dated and known to the community.

    Set aside: E5007 opened later, E5009 known to the street only (so nobody is guessed into it), E5010 undated,
    E5018 a level that flags nobody.
    """
    return _split(query(ZONES, {"until": until, "levels": list(ZONE_LEVELS)}, zones=ZONE.hand_over(zones)))


def _split(judged: pa.Table) -> Sorted:
    codes = judged.column("code")
    counts = {c["values"]: c["counts"] for c in pc.value_counts(codes.drop_null()).to_pylist()}
    return Sorted(judged.filter(pc.is_null(codes)).drop_columns(["code"]), dict(sorted(counts.items())))


def _present(counts: dict[str, int]) -> dict[str, int]:
    return {code: n for code, n in sorted(counts.items()) if n}


def _true(values: pa.ChunkedArray) -> Any:
    return np.asarray(pc.fill_null(values, False))
