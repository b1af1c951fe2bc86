"""Household address -> dwelling -> grid. What the frame does not say for sure is said to be unknown, never guessed.

An address is read in every way its numbers allow (address.py); a reading counts when the place in it is a compound of
the frame, after at most the names of the areas above that compound, rightly named. Exactly one dwelling left: full.
"""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.geography.address import one_spelling, readings, tail_pattern
from wangge.geography.places import ANY_AREAS, area_patterns
from wangge.tables.shapes import LOCATED


def locate(households: pa.Table, dwellings: pa.Table, areas: pa.Table | None = None) -> pa.Table:
    """Find the dwelling of each household. -> LOCATED, one row a household, in the order given.

    households: household_id, address (HOUSEHOLD); dwellings: DWELLING; areas: AREA, for names the national edition lacks.
    how: full; building and compound (grid given if it lies in one); none. Reasons: no_address, no_such_compound,
    area_contradicts (compound known, but in another street or community than written), no_such_building, no_building,
    no_such_room, no_room, ambiguous. A unit may be left out where building and room leave one dwelling.
    """
    frame = _frame(dwellings)
    texts = one_spelling(households["address"])
    numbered = pa.table({"text": texts}).append_column("row", pa.array(range(len(texts)), pa.int64()))
    addresses = query(
        "SELECT text, parts.place AS place, parts.tail AS tail FROM (SELECT text, "
        "regexp_extract(text, $pattern, ['place', 'tail']) AS parts FROM (SELECT DISTINCT text FROM numbered) "
        "WHERE text <> '')",
        {"pattern": tail_pattern()},
        numbered=numbered,
    )
    read = _read_tails(addresses, frame)
    found = _decide(addresses, read, _resolve(addresses, read, frame, areas), frame)
    return _answer(households, numbered, found)


def _frame(dwellings: pa.Table) -> pa.Table:
    """Dwellings with compound in one spelling and numbers as they are compared: digits without leading zeros."""
    spelled = {name: one_spelling(dwellings[name]) for name in ("compound", "building", "unit", "room")}
    return query(
        f"""SELECT compound, {_bare("building")} AS building, {_bare("unit")} AS unit, {_bare("room")} AS room,
            dwelling_id, grid_code, left(grid_code, 12) AS community FROM given""",
        given=pa.table(spelled | {c: dwellings[c] for c in ("dwelling_id", "grid_code")}),
    )


def _bare(column: str) -> str:
    """SQL: without marks, zeros in front and the sign between two kinds of numerals."""
    return f"regexp_replace(regexp_replace({column}, '[^0-9A-Z-]+', '', 'g'), '^0+([0-9])', '\\1')"


def _read_tails(addresses: pa.Table, frame: pa.Table) -> pa.Table:
    """The readings of every distinct end that some compound allows: tail, lead, building, unit, room.

    The lead belongs to the place, so it must be the numbered end of a compound's name (长江路12号), or empty.
    """
    one = """SELECT tail, rtrim(r.lead, '|-') AS lead, {building} AS building, {unit} AS unit, {room} AS room FROM (
        SELECT tail, regexp_extract(tail, '{pattern}', ['lead', 'building', 'unit', 'room']) AS r FROM tails
        WHERE regexp_matches(tail, '{pattern}'))"""
    parts = {name: _bare(f"r.{name}") for name in ("building", "unit", "room")}
    union = " UNION ".join(one.format(pattern=p.replace("'", "''"), **parts) for p in readings())
    return query(
        f"""WITH tails AS (SELECT DISTINCT tail FROM addresses),
        named AS (SELECT regexp_extract(compound, $pattern, ['place', 'tail']) AS c FROM frame GROUP BY compound),
        every AS ({union})
        SELECT * FROM every WHERE lead = '' OR lead IN (SELECT rtrim(c.tail, '|-') FROM named)
            OR EXISTS (SELECT 1 FROM named WHERE c.place = '')""",
        {"pattern": tail_pattern()},
        addresses=addresses,
        frame=frame,
    )


def _resolve(addresses: pa.Table, read: pa.Table, frame: pa.Table, areas: pa.Table | None) -> pa.Table:
    """Which compounds a written place may be: place, compound, community, agrees (the areas named are above it)."""
    communities = query("SELECT DISTINCT community FROM frame ORDER BY 1", frame=frame)["community"].to_pylist()
    names = dict(zip(areas["code"].to_pylist(), areas["name"].to_pylist(), strict=True)) if areas is not None else {}
    return query(
        """WITH places AS (SELECT DISTINCT rtrim(place || lead, '|-') AS place FROM addresses JOIN read USING (tail)),
        known AS (SELECT DISTINCT compound, community FROM frame WHERE compound <> ''),
        ends AS (SELECT place, unnest(range(length(place))) AS n FROM places WHERE length(place) <= 60),
        meant AS (SELECT place, compound, community, left(place, n) AS before FROM ends
            JOIN known ON compound = substr(place, n + 1)),
        pairs AS (SELECT DISTINCT before, community FROM meant),
        judged AS (SELECT before, community, regexp_full_match(before, pattern) AS agrees
            FROM pairs JOIN patterns USING (community) WHERE agrees OR regexp_full_match(before, $areas))
        SELECT place, compound, community, bool_or(agrees) AS agrees FROM meant JOIN judged USING (before, community)
        GROUP BY ALL""",
        {"areas": ANY_AREAS},
        addresses=addresses,
        read=read,
        frame=frame,
        patterns=area_patterns(communities, names),
    )


def _decide(addresses: pa.Table, read: pa.Table, resolved: pa.Table, frame: pa.Table) -> pa.Table:
    """One verdict a distinct text: dwelling_id, grid_code, how, reason."""
    return query(
        """WITH meant AS (
            SELECT text, building, unit, room, compound, community, agrees
            FROM addresses JOIN read USING (tail) JOIN resolved ON resolved.place = rtrim(addresses.place || lead, '|-')),
        agreed AS (SELECT * FROM meant WHERE agrees),
        doors AS (SELECT a.text, f.dwelling_id, f.grid_code, f.compound, f.community, f.building FROM agreed a JOIN frame f
            ON f.compound = a.compound AND f.community = a.community AND f.building = a.building AND f.room = a.room
            AND (a.unit = '' OR f.unit = a.unit OR (f.unit = '' AND a.unit = '1')) WHERE a.room <> ''),
        full_ AS (SELECT text, count(DISTINCT dwelling_id) AS n, min(dwelling_id) AS dwelling_id,
            min(grid_code) AS grid_code, count(DISTINCT grid_code) AS grids FROM doors GROUP BY text),
        houses AS (SELECT DISTINCT compound, community, building, grid_code FROM frame),
        house AS (SELECT a.text, count(DISTINCT (h.community, h.compound, h.building)) AS n,
            min(h.grid_code) AS grid_code, count(DISTINCT h.grid_code) AS grids, bool_or(a.room <> '') AS has_room
            FROM agreed a JOIN houses h ON h.compound = a.compound AND h.community = a.community
                AND h.building = a.building AND a.building <> '' GROUP BY a.text),
        estate AS (SELECT a.text, count(DISTINCT (a.community, a.compound)) AS n, min(h.grid_code) AS grid_code,
            count(DISTINCT h.grid_code) AS grids, bool_or(a.building <> '') AS has_building
            FROM agreed a JOIN houses h ON h.compound = a.compound AND h.community = a.community GROUP BY a.text),
        contradicted AS (SELECT DISTINCT text FROM meant)
        SELECT text,
            CASE WHEN f.n = 1 AND h.n = 1 THEN f.dwelling_id END AS dwelling_id,
            CASE WHEN f.n = 1 AND h.n = 1 THEN f.grid_code WHEN h.n = 1 AND h.grids = 1 THEN h.grid_code
                WHEN e.n = 1 AND e.grids = 1 THEN e.grid_code END AS grid_code,
            CASE WHEN f.n = 1 AND h.n = 1 THEN 'full' WHEN h.n = 1 THEN 'building' WHEN e.n = 1 THEN 'compound'
                ELSE 'none' END AS how,
            CASE WHEN f.n = 1 AND h.n = 1 THEN '' WHEN f.n > 1 OR h.n > 1 OR e.n > 1 THEN 'ambiguous'
                WHEN h.n = 1 AND h.has_room THEN 'no_such_room' WHEN h.n = 1 THEN 'no_room'
                WHEN e.n = 1 AND e.has_building THEN 'no_such_building' WHEN e.n = 1 THEN 'no_building'
                WHEN c.text IS NOT NULL THEN 'area_contradicts' ELSE 'no_such_compound' END AS reason
        FROM (SELECT text FROM addresses) t LEFT JOIN full_ f USING (text) LEFT JOIN house h USING (text)
        LEFT JOIN estate e USING (text) LEFT JOIN contradicted c USING (text)""",
        addresses=addresses,
        read=read,
        resolved=resolved,
        frame=frame,
    )


def _answer(households: pa.Table, numbered: pa.Table, found: pa.Table) -> pa.Table:
    named = numbered.append_column("household_id", households["household_id"])
    table = query(
        """SELECT household_id, dwelling_id, grid_code, coalesce(how, 'none') AS how,
            coalesce(reason, 'no_address') AS reason FROM named LEFT JOIN found USING (text) ORDER BY row""",
        named=named,
        found=found,
    )
    return LOCATED.hand_over(table)
