"""Public risk-zone texts -> street and community codes, by the names of the division table and of known compounds.

names.py finds every name of the city in a text and what follows it; here it is decided what the names mean:
zone_streets.py settles the street, zone_communities.py the community. What a text does not say is not guessed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.geography import gazetteer as known
from wangge.geography.columns import choose
from wangge.geography.names import find
from wangge.geography.zone_communities import NO_STREET, communities
from wangge.geography.zone_streets import streets
from wangge.geography.zone_texts import read_texts
from wangge.tables.shapes import ZONE

COLUMNS = ("zone_id", "level", "province", "city", "county", "zone_text", "first_seen", "first_absent")
FOUND = (
    "zone_id",
    "county_code6",
    "street_code9",
    "community_code12",
    "how",
    "reason",
    "level",
    "opened_at",
    "closed_at",
)


def check_zones(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows that can be read and rows that are refused (zone_id, reason). Both have `row`, counted from 1.

    Refused: no zone_id or one that was there before, a level that is none of high, middle, low, a first_seen that is
    no time. Raises E1003 where a column is lacking, E4006 where it stands twice.
    """
    given = choose(table, COLUMNS).append_column("row", pa.array(np.arange(1, table.num_rows + 1)))
    told = {
        "no_time": pc.and_(_is_time(given["first_seen"]), _is_time(given["first_absent"], may_lack=True)),
        "no_such_level": pc.is_in(given["level"], pa.array(["high", "middle", "low"])),
        "zone_id_twice": _is_new(given["zone_id"]),
        "no_zone_id": pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(given["zone_id"], "")), ""),
    }
    reason: Any = pa.chunked_array([pa.repeat("", table.num_rows)])
    for name, fine in told.items():  # the last one that fails is the reason told
        reason = pc.if_else(fine, reason, name)
    judged, good = given.append_column("refused", reason), pc.equal(reason, "")
    return judged.filter(good).drop_columns(["refused"]), judged.filter(pc.invert(good))


def _is_new(column: pa.ChunkedArray) -> pa.Array:
    """Whether each value stands here for the first time."""
    index = np.asarray(pc.fill_null(column, "").combine_chunks().dictionary_encode().indices)
    before = np.maximum.accumulate(np.concatenate([[-1], index]))[:-1]  # values are numbered as they first occur
    return pa.array(index > before)


def _is_time(column: pa.ChunkedArray, may_lack: bool = False) -> pa.Array:
    """Whether each value is a time, or there is none where there may be none."""
    coded, times = _times(column)
    fine = pc.is_valid(times)
    if may_lack:
        fine = pc.or_(fine, pc.equal(coded.dictionary, ""))
    return fine.take(coded.indices)


def _times(column: pa.ChunkedArray) -> tuple[pa.DictionaryArray, pa.Array]:
    """Values as written, '' for none, and the instants that the different ones mean in Asia/Shanghai."""
    coded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    given = pa.table({"row": np.arange(len(coded.dictionary)), "said": coded.dictionary})
    sql = "SELECT timezone('Asia/Shanghai', try_cast(said AS TIMESTAMP)) AS at FROM given ORDER BY row"
    return coded, query(sql, given=given)["at"].combine_chunks()


def locate_zones(table: pa.Table, gazetteer: pa.Table | None = None) -> pa.Table:
    """Zones as published -> ZONE, in the order given: what find_zones says, found where the street is known."""
    found = find_zones(table, gazetteer)
    how = pc.if_else(pc.equal(found["how"], "county"), "", found["how"])
    return ZONE.hand_over(found.set_column(found.column_names.index("how"), "how", how))


def find_zones(table: pa.Table, gazetteer: pa.Table | None = None) -> pa.Table:
    """Zones as published -> FOUND, in the order given; refused rows (see check_zones) are left out.

    table: the columns of COLUMNS as text; times are those of Asia/Shanghai. gazetteer: name, community_code12 of
    compounds. how: street, community (which gives the street), street+community, compound, street+compound; county where
    only the county is known; '' with a reason: no_such_county, no_street_named, no_such_street, several_streets. A
    zone whose community is open says why in `reason` as well: no_community_named, several_communities, several_places.
    """
    return find_checked(check_zones(table)[0], gazetteer)


def find_checked(good: pa.Table, gazetteer: pa.Table | None = None) -> pa.Table:
    """find_zones for rows that check_zones has passed."""
    read = read_texts(good)
    units = known.units(read.cities)
    if gazetteer is not None:
        units = pa.concat_tables([units, known.compounds(gazetteer, read.cities)])
    units = query("SELECT *, (dense_rank() OVER (ORDER BY home, stem) - 1)::INTEGER AS name FROM units", units=units)
    matched = _matched(read.texts, units)
    texts = _counties(read.texts, matched, units, read.where)
    street = streets(texts, matched, units)
    answers = _answers(texts, street, communities(texts, matched, units, street))
    found = answers.take(pa.array(read.rows))
    for name in ("zone_id", "level"):
        found = found.append_column(name, good[name])
    for name, column in (("opened_at", "first_seen"), ("closed_at", "first_absent")):
        coded, times = _times(good[column])
        found = found.append_column(name, times.take(coded.indices))
    return found.select(FOUND)


def _matched(texts: pa.Table, units: pa.Table) -> pa.Table:
    """Every name in every text, with the text's own number."""
    names = query(
        "SELECT name, any_value(stem) AS stem, any_value(home) AS home FROM units GROUP BY 1 ORDER BY 1", units=units
    )
    said, stems = texts["said"].combine_chunks(), names["stem"].combine_chunks()
    return find(said, _numbers(texts["home"]), stems, _numbers(names["home"]))


def _counties(texts: pa.Table, matched: pa.Table, units: pa.Table, where: pa.Table) -> pa.Table:
    """Texts with the counties they can lie in: those of the columns, else the one the text names, else any of the city."""
    return query(
        """WITH named AS (SELECT text, min(u.county) AS county FROM matched m JOIN units u USING (name)
            WHERE u.level = 'county' GROUP BY text HAVING count(DISTINCT u.county) = 1)
        SELECT t.*, CASE WHEN len(w.counties) = 0 AND n.county IS NOT NULL THEN [n.county] ELSE w.counties END AS counties
        FROM texts t JOIN where_ w USING (place) LEFT JOIN named n USING (text) ORDER BY text""",
        texts=texts,
        matched=matched,
        units=units,
        where_=where.select(["place", "counties"]),
    )


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(np.from_dlpack(column.combine_chunks().cast(pa.int64())))


def _answers(texts: pa.Table, street: pa.Table, community: pa.Table) -> pa.Table:
    """What each text says, in the order of `text`: codes, how, and the reason for what is open."""
    return query(
        rf"""WITH judged AS (SELECT t.text, t.said, t.counties, s.street, s.n AS streets, c.n AS communities, c.places,
                c.code, c.level AS way, s.street IS NOT NULL AND coalesce(s.n = 1, false) AS by_street,
                CASE WHEN s.n = 1 THEN s.street WHEN s.n IS NULL AND c.n = 1 AND c.places = 0 THEN left(c.code, 9) END AS st
            FROM texts t LEFT JOIN street s USING (text) LEFT JOIN community c USING (text)),
        told AS (SELECT *, CASE WHEN st IS NOT NULL AND communities = 1 AND places = 0 THEN code ELSE '' END AS co,
            coalesce(left(st, 6), CASE WHEN len(counties) = 1 THEN counties[1] END) AS county_code6 FROM judged)
        SELECT county_code6, st AS street_code9, co AS community_code12,
            CASE WHEN st IS NULL THEN CASE WHEN county_code6 IS NULL THEN '' ELSE 'county' END
                WHEN co = '' THEN 'street' WHEN by_street THEN 'street+' || way ELSE way END AS how,
            CASE WHEN co <> '' THEN '' WHEN communities > 1 THEN 'several_communities' WHEN places > 0 THEN 'several_places'
                WHEN st IS NOT NULL THEN 'no_community_named' WHEN streets > 1 THEN 'several_streets'
                WHEN len(counties) = 0 AND county_code6 IS NULL THEN 'no_such_county'
                WHEN regexp_matches(said, '{NO_STREET}') THEN 'no_such_street'
                ELSE 'no_street_named' END AS reason
        FROM told ORDER BY text""",
        texts=texts.select(["text", "said", "counties"]),
        street=street,
        community=community,
    )
