"""Public risk-zone texts -> street and community codes, by the names of the division table and of known compounds.

names.py finds every name of the city in a text and what follows it; here it is decided what the names mean:
zone_streets.py settles the street, zone_communities.py the community. What a text does not say is not guessed.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.geography import gazetteer as known
from wangge.geography.columns import choose
from wangge.geography.names import find
from wangge.geography.zone_communities import communities
from wangge.geography.zone_places import places, prefixes
from wangge.geography.zone_streets import streets
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

# What is excluded is not read: （除3号楼外）, 除…以外的, （不含…）. Marks part a text; brackets stay brackets.
_CLEAN = r"""
    WITH plain AS (SELECT text, place, home, lead, translate(zone_text, '（）〔〕【】[]', '()()()()()') AS said FROM given),
    kept AS (SELECT text, place, home, lead, CASE WHEN regexp_matches(said, '除|不含|不包括')
        THEN regexp_replace(regexp_replace(said, '\((除|不含|不包括)[^()]*\)|\([^()]*(除外|以外)[^()]*\)', '|', 'g'),
            '(除|不含|不包括)[^|。;()]{1,60}?(以外|之外|外)(的|区域|地区|其他|其余)*|除[^|。;()、,]*$', '|', 'g')
        ELSE said END AS said FROM plain),
    marked AS (SELECT text, place, home, lead, regexp_replace(said, '[、,;:。“”"《》—·]+|--+|以及', '|', 'g') AS said
        FROM kept),
    stripped AS (SELECT m.*, max(length(p.prefix)) AS skip FROM marked m
        LEFT JOIN prefixes p ON p.place = m.place AND starts_with(m.said, p.prefix) GROUP BY ALL)
    SELECT text, place, home, CASE WHEN lead = '' OR starts_with(said, lead) THEN '' ELSE lead || '|' END
        || ltrim(substr(said, coalesce(skip, 0) + 1), '|') AS said
    FROM stripped ORDER BY text"""


def check_zones(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows that can be read and rows that are refused (zone_id, reason). Both have `row`, counted from 1.

    Refused: no zone_id or one that was there before, a level that is none of high, middle, low, a first_seen that is
    no time. Raises E1003 where a column is lacking, E4006 where it stands twice.
    """
    given = choose(table, COLUMNS)
    judged = query(
        """SELECT *, CASE WHEN coalesce(trim(zone_id), '') = '' THEN 'no_zone_id'
            WHEN row_number() OVER (PARTITION BY zone_id ORDER BY row) > 1 THEN 'zone_id_twice'
            WHEN coalesce(level, '') NOT IN ('high', 'middle', 'low') THEN 'no_such_level'
            WHEN try_cast(first_seen AS TIMESTAMP) IS NULL THEN 'no_time'
            WHEN coalesce(first_absent, '') <> '' AND try_cast(first_absent AS TIMESTAMP) IS NULL THEN 'no_time'
            ELSE '' END AS refused FROM given ORDER BY row""",
        given=given.append_column("row", pa.array(np.arange(1, table.num_rows + 1))),
    )
    fine = pc.equal(judged["refused"], "")
    return judged.filter(fine).drop_columns(["refused"]), judged.filter(pc.invert(fine))


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
    rows, texts, where, cities = _texts(good)
    units = known.units(cities)
    if gazetteer is not None:
        units = pa.concat_tables([units, known.compounds(gazetteer, cities)])
    units = query("SELECT *, (dense_rank() OVER (ORDER BY home, stem) - 1)::INTEGER AS name FROM units", units=units)
    matched = _matched(texts, units)
    texts = _counties(texts, matched, units, where)
    street = streets(texts, matched, units)
    return _answer(rows, texts, street, communities(texts, matched, units, street))


def _texts(good: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Rows with the number of their text; each distinct text cleaned (text, place, home, said); places; cities."""
    for name in ("province", "city", "county", "zone_text"):
        coded = pc.fill_null(good[name], "").combine_chunks().dictionary_encode()
        text = pc.utf8_trim_whitespace(pc.utf8_normalize(coded.dictionary, form="NFKC"))
        good = good.set_column(good.column_names.index(name), name, text.take(coded.indices))
    where, cities = places(good.group_by(["province", "city", "county"]).aggregate([]).sort_by("county").to_pylist())
    rows = query(
        """SELECT g.*, place, home, lead, (dense_rank() OVER (ORDER BY place, zone_text) - 1)::INTEGER AS text
        FROM g JOIN where_ USING (province, city, county) ORDER BY row""",
        g=good,
        where_=where,
    )
    old, new = known.near_spellings()
    given = query(
        rf"""WITH given AS (SELECT DISTINCT text, place, home, lead, zone_text FROM rows)
        SELECT text, place, home, translate(lead, $old, $new) AS lead, CASE WHEN regexp_matches(zone_text, '[\s{old}]')
            THEN translate(regexp_replace(zone_text, '\s+', '', 'g'), $old, $new) ELSE zone_text END AS zone_text FROM given""",
        {"old": old, "new": new},
        rows=rows,
    )
    fold = "SELECT place, translate(prefix, $old, $new) AS prefix FROM p"
    return (
        rows,
        query(_CLEAN, given=given, prefixes=query(fold, {"old": old, "new": new}, p=prefixes(where))),
        where,
        cities,
    )


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


def _answer(rows: pa.Table, texts: pa.Table, street: pa.Table, community: pa.Table) -> pa.Table:
    """Of each row: what its text says, or the county alone, and the reason for what is open."""
    return query(
        r"""WITH judged AS (SELECT r.*, t.said, t.counties, s.street, s.n AS streets, c.n AS communities, c.places,
                c.code, c.level AS way, s.street IS NOT NULL AND coalesce(s.n = 1, false) AS by_street,
                CASE WHEN s.n = 1 THEN s.street WHEN s.n IS NULL AND c.n = 1 AND c.places = 0 THEN left(c.code, 9) END AS st
            FROM rows r JOIN texts t USING (text)
            LEFT JOIN street s USING (text) LEFT JOIN community c USING (text)),
        told AS (SELECT *, CASE WHEN st IS NOT NULL AND communities = 1 AND places = 0 THEN code ELSE '' END AS co,
            coalesce(left(st, 6), CASE WHEN len(counties) = 1 THEN counties[1] END) AS county_code6 FROM judged)
        SELECT zone_id, county_code6, st AS street_code9, co AS community_code12,
            CASE WHEN st IS NULL THEN CASE WHEN county_code6 IS NULL THEN '' ELSE 'county' END
                WHEN co = '' THEN 'street' WHEN by_street THEN 'street+' || way ELSE way END AS how,
            CASE WHEN co <> '' THEN '' WHEN communities > 1 THEN 'several_communities' WHEN places > 0 THEN 'several_places'
                WHEN st IS NOT NULL THEN 'no_community_named' WHEN streets > 1 THEN 'several_streets'
                WHEN len(counties) = 0 AND county_code6 IS NULL THEN 'no_such_county'
                WHEN regexp_matches(said, '^[^|]{1,8}(街道|[^大]街|镇|乡)') THEN 'no_such_street'
                ELSE 'no_street_named' END AS reason,
            level, timezone('Asia/Shanghai', CAST(first_seen AS TIMESTAMP)) AS opened_at,
            timezone('Asia/Shanghai', try_cast(first_absent AS TIMESTAMP)) AS closed_at
        FROM told ORDER BY row""",
        rows=rows,
        texts=texts.select(["text", "said", "counties"]),
        street=street,
        community=community,
    )
