"""Before tracing: which rows can be used, and which are set aside under which number. Every row is one or the other."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.exposure.protocol import SignedProtocol, contact_types
from wangge.frame import query
from wangge.tables.shapes import CASE, VISIT, ZONE

NEEDED = ("person_id", "place_id", "place_kind", "start_at", "end_at")
FIRST, LAST = dt.datetime(1952, 1, 1, tzinfo=dt.UTC), dt.datetime(2088, 1, 1, tzinfo=dt.UTC)  # what an index can hold
NO_SYMPTOMS = "asymptomatic"
ZONE_LEVELS = ("high", "middle")  # a low-risk area is the rest of the county: it flags nobody


class Sorted(NamedTuple):
    """Rows fit for use; the others by row number (from 1) and code; and how many used rows are doubted, by code."""

    good: pa.Table
    held: pa.Table
    doubts: dict[str, int]

    @property
    def aside(self) -> dict[str, int]:
        """-> {"E5003": 12}, sorted"""
        return tally(self.held.column("code"))


HELD = pa.schema([("row", pa.int64()), ("code", pa.string())])


def usable_visits(visits: pa.Table, protocol: SignedProtocol) -> Sorted:
    """Visits with all their values (else E5005), not backwards (E5003), of a kind the protocol knows (E5016), in our
    century (E5028).

    A visit whose end nobody knows may have lasted open_end_hours, and surely lasted no time. Of visits of one person in
    two cities at once at least one is wrong: all stay, as possible ones (E5021, a doubt).
    """
    visits = _ended(VISIT.hand_over(visits), protocol)
    lacking: Any = np.zeros(visits.num_rows, bool)
    for name in NEEDED:
        if visits.column(name).null_count:
            lacking |= np.asarray(pc.is_null(visits.column(name)))
    start, end = visits.column("start_at"), visits.column("end_at")
    far = ~lacking & (_true(pc.less(start, FIRST)) | _true(pc.greater(end, LAST)))
    backwards = ~lacking & ~far & _true(pc.less(end, start))
    known = pc.is_in(visits.column("place_kind"), value_set=pa.array(list(protocol.min_minutes), pa.string()))
    strange = ~lacking & ~far & ~backwards & ~_true(known)
    codes: Any = np.full(visits.num_rows, "", "<U5")
    for code, flags in (("E5005", lacking), ("E5028", far), ("E5003", backwards), ("E5016", strange)):
        codes[flags] = code
    bad = np.flatnonzero(codes != "")
    held = pa.table({"row": bad + 1, "code": pa.array(codes[bad].tolist(), pa.string())}, schema=HELD)
    good, n = _doubted(visits.filter(pa.array(codes == "")) if bad.size else visits)
    return Sorted(good, held, {"E5021": n} if n else {})


def _ended(visits: pa.Table, protocol: SignedProtocol) -> pa.Table:
    """A visit without an end may have lasted so many hours; that it lasted at all is not certain."""
    end = visits.column("end_at")
    if not end.null_count or not protocol.open_end_hours:
        return visits
    start = visits.column("start_at")
    longest = pa.scalar(protocol.open_end_hours * 3600, pa.duration("s"))
    from_ = pc.if_else(pc.is_null(end), start, visits.column("end_from"))
    visits = visits.set_column(visits.column_names.index("end_from"), "end_from", from_)
    return visits.set_column(visits.column_names.index("end_at"), "end_at", pc.coalesce(end, pc.add(start, longest)))


TWO_CITIES = """
WITH told AS (SELECT i, person_id, city, coalesce(start_by, start_at) AS a, coalesce(end_from, end_at) AS b FROM visits
              WHERE city IS NOT NULL),
travelled AS (SELECT person_id FROM told GROUP BY person_id HAVING count(DISTINCT city) > 1),
moving AS (SELECT told.* FROM told SEMI JOIN travelled USING (person_id) WHERE a < b)
SELECT DISTINCT x.i FROM moving x JOIN moving y ON x.person_id = y.person_id AND x.city <> y.city AND x.a < y.b AND y.a < x.b
"""


def _doubted(visits: pa.Table) -> tuple[pa.Table, int]:
    """Visits with those that contradict each other no longer certain, and how many these are."""
    if visits.column("city").null_count == visits.num_rows:
        return visits, 0
    numbered = visits.append_column("i", pa.array(np.arange(visits.num_rows)))
    wrong = query(TWO_CITIES, visits=numbered).column("i")
    flags = np.zeros(visits.num_rows, bool)
    flags[np.asarray(wrong)] = True
    for name, never in (("start_by", "end_at"), ("end_from", "start_at")):
        shown = pc.if_else(pa.array(flags), visits.column(never), visits.column(name))
        visits = visits.set_column(visits.column_names.index(name), name, shown)
    return visits, int(flags.sum())


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
                               ORDER BY known_on, anchor_on, isolated_on, kind, row) AS nth
  FROM judged
)
SELECT row, person_id, kind, known_on, isolated_on,
       coalesce(code, CASE WHEN nth > 1 THEN 'E5011' END) AS code,
       (anchor_on - coalesce(days, $lookback))::DATE AS opens_on, onset_on IS NULL AS no_onset, least(coalesce(isolated_on, $as_of), $as_of) AS closes_on,
       coalesce(isolated_on, greatest(onset_on, sampled_on), known_on) AS last_on, anchor_on
FROM ranked LEFT JOIN lookback USING (kind) ORDER BY person_id, code, known_on, row
"""


def usable_cases(cases: pa.Table, protocol: SignedProtocol, as_of: dt.date) -> Sorted:
    """Cases known by `as_of`, one a person, with the days between which they could infect.

    -> person_id, kind, known_on, isolated_on, opens_on, closes_on (both belong), last_on, anchor_on.
    Set aside: E5002 no dates, E5007 reported later, E5011 the same person again, E5015 no id. A case with symptoms but
    without their first day counts from its sampling, which may be late: a doubt (E5023).
    """
    days = protocol.lookback_by_kind
    lookback = pa.table({"kind": pa.array(days, pa.string()), "days": pa.array(days.values(), pa.int32())})
    judged = query(
        CASES,
        {"as_of": as_of, "lookback": protocol.lookback_days},
        cases=_numbered(CASE.hand_over(cases)),
        lookback=lookback,
    )
    found = _split(judged)
    late = pc.and_(
        found.good.column("no_onset"), pc.fill_null(pc.not_equal(found.good.column("kind"), NO_SYMPTOMS), True)
    )
    n = pc.sum(late).as_py() or 0
    return Sorted(found.good.drop_columns(["no_onset"]), found.held, {"E5023": n} if n else {})


CONTACTS = """
WITH typed AS (
  SELECT c.row, c.case_id, c.person_id, c.first::DATE AS said_first, c.last::DATE AS said_last,
         lower(trim(coalesce(c.type, ''))) AS type, k.opens_on, k.closes_on,
         k.person_id IS NULL AS case_unknown, o.person_id IS NOT NULL AS is_case
  FROM contacts c LEFT JOIN cases k ON c.case_id = k.person_id LEFT JOIN cases o ON c.person_id = o.person_id
), dated AS (
  SELECT t.*, w.category, coalesce(said_first, opens_on) AS first_on,
         least(coalesce(said_last, closes_on), $as_of) AS last_on,
         said_first IS NULL OR said_last IS NULL AS from_window
  FROM typed t LEFT JOIN words w ON t.type = w.word
)
SELECT row, case_id, person_id, type, category, first_on, last_on, from_window,
       CASE WHEN coalesce(case_id, '') = '' OR coalesce(person_id, '') = '' THEN 'E5015'
            WHEN case_unknown THEN 'E5006' WHEN is_case THEN 'E5012' WHEN category IS NULL THEN 'E5008'
            WHEN first_on > last_on OR last_on < opens_on THEN 'E5017' END AS code
FROM dated ORDER BY case_id, person_id, type, first_on, last_on, row
"""


def usable_contacts(contacts: pa.Table, cases: pa.Table, protocol: SignedProtocol, as_of: dt.date) -> Sorted:
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
    return _split(query(CONTACTS, {"as_of": as_of}, contacts=_numbered(contacts), cases=cases, words=table))


ZONES = """
SELECT *, CASE WHEN opened_at IS NULL THEN 'E5010' WHEN opened_at >= $until THEN 'E5007'
               WHEN NOT list_contains($levels, coalesce(level, '')) THEN 'E5018'
               WHEN coalesce(community_code12, '') = '' THEN 'E5009' END AS code
FROM zones ORDER BY zone_id, row
"""


def usable_zones(zones: pa.Table, until: dt.datetime) -> Sorted:
    """High and middle risk areas, dated and known to the community.

    Set aside: E5007 opened later, E5009 known to the street only (so nobody is guessed into it), E5010 undated,
    E5018 a level that flags nobody.
    """
    return _split(query(ZONES, {"until": until, "levels": list(ZONE_LEVELS)}, zones=_numbered(ZONE.hand_over(zones))))


def tally(codes: pa.ChunkedArray) -> dict[str, int]:
    """How often each code stands there, sorted."""
    counts = {c["values"]: c["counts"] for c in pc.value_counts(codes.drop_null()).to_pylist()}
    return dict(sorted(counts.items()))


def _numbered(table: pa.Table) -> pa.Table:
    """With the number of each row, from 1, as `row`."""
    rest = table.drop_columns(["row"]) if "row" in table.column_names else table
    return rest.append_column("row", pa.array(np.arange(1, table.num_rows + 1)))


def _split(judged: pa.Table) -> Sorted:
    is_good = pc.is_null(judged.column("code"))
    held = judged.filter(pc.invert(is_good)).select(["row", "code"]).cast(HELD)
    return Sorted(judged.filter(is_good).drop_columns(["code", "row"]), held.sort_by("row"), {})


def _true(values: pa.ChunkedArray) -> Any:
    return np.asarray(pc.fill_null(values, False))
