"""Household address -> dwelling -> grid. What the frame does not say for sure is said to be unknown, never guessed.

An address is read in every way its numbers allow (address.py); a reading counts when the place in it is a compound of
the frame, after at most the names of the areas above that compound, rightly named. Exactly one dwelling left: full.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.frame import query
from wangge.geography.address import SIGNS, one_spelling, readings, tail_pattern
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
    coded = one_spelling(households["address"]).dictionary_encode()
    addresses = query(
        "SELECT t, text, left(text, length(text) - length(tail)) AS place, tail "
        "FROM (SELECT t, text, regexp_extract(text, $pattern) AS tail FROM given WHERE text <> '')",
        {"pattern": tail_pattern()},
        given=pa.table({"t": np.arange(len(coded.dictionary), dtype=np.int32), "text": coded.dictionary}),
    )
    read = _read_tails(addresses, frame)
    meant = _meant(addresses, read, _resolve(addresses, read, frame, areas))
    verdicts = _decide(pa.table({"t": np.arange(len(coded.dictionary), dtype=np.int32)}), addresses, meant, frame)
    answer = verdicts.take(coded.indices).append_column("household_id", households["household_id"])
    return LOCATED.hand_over(answer)


def _frame(dwellings: pa.Table) -> pa.Table:
    """Dwellings with compound in one spelling, numbers as they are compared, and numbers for compound and building.

    cid: one compound in one community; house: one building of it; door: the dwelling's row.
    """
    written = ("compound", "building", "unit", "room")
    every = one_spelling(pa.chunked_array([c for n in written for c in dwellings[n].chunks], pa.string()))
    spelled = {n: every.slice(i * dwellings.num_rows, dwellings.num_rows) for i, n in enumerate(written)}
    door = pa.array(np.arange(dwellings.num_rows, dtype=np.int32))
    return query(
        f"""WITH bare AS (SELECT door, compound, {_bare("building")} AS building, {_bare("unit")} AS unit,
            {_bare("room")} AS room, dwelling_id, grid_code, left(grid_code, 12) AS community FROM given)
        SELECT *, dense_rank() OVER (ORDER BY compound, community) AS cid,
            dense_rank() OVER (ORDER BY compound, community, building) AS house FROM bare""",
        given=pa.table(spelled | {"door": door} | {c: dwellings[c] for c in ("dwelling_id", "grid_code")}),
    )


def _bare(column: str) -> str:
    """SQL: without marks, zeros in front and the sign between two kinds of numerals; 12号附2号 is 12附2, 3区5栋 is 3区5."""
    bare = f"regexp_replace({column}, '[^0-9A-Z{SIGNS}区-]+|区-?$', '', 'g')"
    return f"regexp_replace(regexp_replace({bare}, '区-', '区'), '^0+([0-9])', '\\1')"


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
        named AS (SELECT compound, rtrim(regexp_extract(compound, $pattern), '|-') AS tail FROM frame GROUP BY compound),
        every AS ({union})
        SELECT * FROM every WHERE lead = '' OR lead IN (SELECT tail FROM named)
            OR EXISTS (SELECT 1 FROM named WHERE tail = compound)""",
        {"pattern": tail_pattern()},
        addresses=addresses,
        frame=frame,
    )


def _resolve(addresses: pa.Table, read: pa.Table, frame: pa.Table, areas: pa.Table | None) -> pa.Table:
    """Which compounds a written place may be: place, cid, agrees (the areas named are above it)."""
    communities = query("SELECT DISTINCT community FROM frame ORDER BY 1", frame=frame)["community"].to_pylist()
    names = dict(zip(areas["code"].to_pylist(), areas["name"].to_pylist(), strict=True)) if areas is not None else {}
    return query(
        """WITH places AS (SELECT DISTINCT rtrim(place || lead, '|-') AS place FROM addresses JOIN read USING (tail)),
        known AS (SELECT DISTINCT compound, community, cid FROM frame WHERE compound <> ''),
        ends AS (SELECT place, unnest(range(length(place))) AS n FROM places WHERE length(place) <= 60),
        meant AS (SELECT place, cid, community, left(place, n) AS before FROM ends
            JOIN known ON compound = substr(place, n + 1)),
        pairs AS (SELECT DISTINCT before, community FROM meant),
        judged AS (SELECT before, community, regexp_full_match(before, pattern) AS agrees
            FROM pairs JOIN patterns USING (community) WHERE agrees OR regexp_full_match(before, $areas))
        SELECT place, cid, bool_or(agrees) AS agrees FROM meant JOIN judged USING (before, community)
        GROUP BY ALL""",
        {"areas": ANY_AREAS},
        addresses=addresses,
        read=read,
        frame=frame,
        patterns=area_patterns(communities, names),
    )


def _meant(addresses: pa.Table, read: pa.Table, resolved: pa.Table) -> pa.Table:
    """Every reading whose place is a compound: t, cid, agrees, building, unit, room."""
    return query(
        """SELECT t, cid, agrees, building, unit, room
        FROM addresses JOIN read USING (tail) JOIN resolved ON resolved.place = rtrim(addresses.place || lead, '|-')""",
        addresses=addresses,
        read=read,
        resolved=resolved,
    )


def _decide(texts: pa.Table, addresses: pa.Table, meant: pa.Table, frame: pa.Table) -> pa.Table:
    """One verdict a text, in the order of t: dwelling_id, grid_code, how, reason.

    Least and greatest number of doors, houses and compounds that the readings allow: only where they are equal is it one.
    """
    return query(
        """WITH houses AS (SELECT cid, building, any_value(house) AS house,
            CASE WHEN min(grid_code) = max(grid_code) THEN min(grid_code) END AS grid_code FROM frame GROUP BY cid, building),
        estates AS (SELECT cid, CASE WHEN min(grid_code) = max(grid_code) THEN min(grid_code) END AS grid_code
            FROM frame GROUP BY cid),
        read AS (SELECT a.*, h.house, f.door FROM meant a
            LEFT JOIN houses h ON h.cid = a.cid AND h.building = a.building AND a.building || a.room <> '' AND a.agrees
            LEFT JOIN frame f ON f.house = h.house AND f.room = a.room AND a.room <> ''
                AND (a.unit = '' OR f.unit = a.unit OR (f.unit = '' AND a.unit = '1'))),
        summed AS (SELECT t, bool_or(agrees) AS agrees, bool_or(building <> '') AS has_building,
            bool_or(room <> '' AND house IS NOT NULL) AS has_room, min(door) AS door, max(door) AS door2,
            min(house) AS house, max(house) AS house2, min(cid) FILTER (agrees) AS cid, max(cid) FILTER (agrees) AS cid2
            FROM read GROUP BY t),
        judged AS (SELECT *, CASE WHEN door = door2 AND house = house2 THEN 'full' WHEN house = house2 THEN 'building'
            WHEN cid = cid2 THEN 'compound' ELSE 'none' END AS how FROM summed)
        SELECT f.dwelling_id, CASE j.how WHEN 'full' THEN f.grid_code WHEN 'building' THEN h.grid_code
                WHEN 'compound' THEN e.grid_code END AS grid_code,
            coalesce(j.how, 'none') AS how,
            CASE WHEN a.t IS NULL THEN 'no_address' WHEN j.t IS NULL THEN 'no_such_compound'
                WHEN j.how = 'full' THEN '' WHEN NOT j.agrees THEN 'area_contradicts'
                WHEN j.door <> j.door2 OR j.house <> j.house2 OR j.cid <> j.cid2 THEN 'ambiguous'
                WHEN j.how = 'building' AND j.has_room THEN 'no_such_room' WHEN j.how = 'building' THEN 'no_room'
                WHEN j.has_building THEN 'no_such_building' ELSE 'no_building' END AS reason
        FROM texts LEFT JOIN addresses a USING (t) LEFT JOIN judged j USING (t)
        LEFT JOIN frame f ON j.how = 'full' AND f.door = j.door
        LEFT JOIN (SELECT house, grid_code FROM houses) h ON j.how = 'building' AND h.house = j.house
        LEFT JOIN estates e ON j.how = 'compound' AND e.cid = j.cid
        ORDER BY texts.t""",
        texts=texts,
        addresses=addresses.select(["t"]),
        meant=meant,
        frame=frame,
    )
