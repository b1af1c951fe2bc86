"""Which street a notice names: the street of its county, of another county of the city, or one written nearly so."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.geography.names import LANE, ROAD, STREET, TOWN

# How surely a name and its ending mean a street: 1 its own name, 2 part of it, 3 and 4 another kind of ending
# (a town that became a street), 5 the bare name at the start of the text.
_NAMED = f"""
    SELECT m.text, m.spot, m.size, u.street, u.county, u.stem, u.quality,
        m.size + CASE WHEN u.kind <> 'other' AND m.follows IN ({STREET}, {LANE}, {TOWN}) THEN m.behind ELSE 0 END AS span,
        CASE WHEN len(t.counties) = 0 OR list_contains(t.counties, u.county) THEN 0 ELSE 1 END AS tier,
        quality + CASE WHEN u.kind = 'other' THEN 1
            WHEN u.kind = '街道' AND m.follows IN ({STREET}, {LANE}) THEN 1
            WHEN u.kind = '片区' AND regexp_matches(substr(t.said, m.spot + m.size + 1, 3), '^(片区|管委会)') THEN 1
            WHEN u.kind IN ('镇', '乡', '苏木') AND m.follows = {TOWN}
                THEN CASE WHEN substr(t.said, m.spot + m.size + 1, 1) = left(u.kind, 1) THEN 1 ELSE 2 END
            WHEN m.follows IN ({STREET}, {TOWN}) THEN 3 WHEN m.follows = {LANE} AND m.size > 2 THEN 4
            WHEN m.follows NOT IN ({STREET}, {LANE}, {TOWN}, {ROAD}) AND m.spot = 0 AND m.size > 2 AND u.quality = 0 THEN 5 END AS rank,
        m.follows
    FROM matched m JOIN units u USING (name) JOIN texts t USING (text)
    WHERE u.level = 'street' AND (m.open = 1 OR m.size > 3)"""

# The longest name at a place of the text, and none that lies inside another.
_SETTLED = """
    WITH ranked AS (SELECT * FROM named WHERE rank IS NOT NULL AND (tier = 0 OR (rank = 1 AND quality = 0 AND (size > 2 OR follows <> $lane)))),
    tiers AS (SELECT text, min(tier * 10 + CASE WHEN rank >= 5 THEN 20 ELSE 0 END) AS first FROM ranked GROUP BY 1),
    kept AS (SELECT r.*, span * 10 - rank AS worth FROM ranked r JOIN tiers USING (text)
        WHERE tier * 10 + CASE WHEN rank >= 5 THEN 20 ELSE 0 END = first),
    best AS (SELECT k.* FROM kept k JOIN (SELECT text, spot, max(worth) AS worth FROM kept GROUP BY text, spot)
        USING (text, spot, worth)),
    outer_ AS (SELECT b.* FROM best b WHERE NOT EXISTS (SELECT 1 FROM best o WHERE o.text = b.text AND o.span > b.span
        AND o.spot <= b.spot AND o.spot + o.span >= b.spot + b.span))
    SELECT text, count(DISTINCT street) AS n, arg_min(street, spot) AS street, min(spot) AS spot, arg_min(span, spot) AS span,
        arg_min(stem, spot) AS stem, min(rank) AS rank, min(tier) AS tier FROM outer_ GROUP BY text"""


def streets(texts: pa.Table, matched: pa.Table, units: pa.Table) -> pa.Table:
    """text, n (how many streets it names), street, spot, span, stem (of the first one), rank, tier."""
    named = query(_NAMED, texts=texts, matched=matched, units=units)
    settled = query(_SETTLED, {"lane": LANE}, named=named)
    near = _near(texts, settled, units)
    return query(
        "SELECT * FROM near UNION ALL BY NAME SELECT * FROM settled WHERE text NOT IN (SELECT text FROM near)",
        settled=settled,
        near=near,
    )


# What is written where the street stands, and the streets of the county it may mean: a part of the name (大钟镇 for
# 大钟庄镇), its first and some other characters (建北办事处), the same but for one character (葛活镇).
_NEAR = r"""
    WITH rest AS MATERIALIZED (SELECT * FROM texts WHERE text NOT IN (SELECT text FROM settled WHERE rank < 5)),
    open_ AS (SELECT t.text, t.counties, CASE WHEN zone <> '' THEN zone ELSE q.a END AS said, CASE WHEN zone <> '' THEN '' ELSE q.b END AS ending FROM (SELECT text, counties,
            regexp_extract(said, '^([^|()0-9A-Za-z]{1,7}?)(街道办事处|街道办|办事处|街道|地区|街|镇|乡)(?:[^0-9号路道|]|$)', ['a', 'b']) AS q,
            regexp_extract(said, '^([^|()0-9A-Za-z]{0,9}?(?:[农林牧渔茶种]+场|良种场|开发区|经开区|高新区|保税区|生态城|管委会|园区))', 1) AS zone
            FROM rest) t
        WHERE q.a <> '' OR zone <> ''),
    written AS (SELECT DISTINCT counties, said, ending, ending IN ('镇', '乡') AS is_town FROM open_),
    pairs AS (SELECT w.*, u.street, u.stem, u.quality, CASE
            WHEN stem = said THEN 0
            WHEN length(said) > 1 AND (starts_with(stem, said) OR ends_with(stem, said)) THEN 1
            WHEN ending = '' THEN CASE WHEN regexp_matches(stem, regexp_replace(regexp_replace(said, '经济技术开发区|经济开发区|经开区|^开发区', '(经济.*)?开发区'),
                '高新区|高新技术开发区', '高新技术.*区')) THEN 2 END
            WHEN length(said) > 2 AND length(stem) > 1 AND (ends_with(said, stem) OR starts_with(said, stem)) THEN 2
            WHEN (length(said) = 2 OR is_town) AND length(stem) > length(said) AND left(stem, 1) = left(said, 1)
                AND regexp_matches(stem, '^' || regexp_replace(said, '(.)', '\1.*', 'g')) THEN 3
            WHEN length(said) = length(stem) AND len(list_filter(range(length(said)), lambda i : substr(said, i + 1, 1) <> substr(stem, i + 1, 1))) = 1 AND (length(said) > 2 OR left(said, 1) = left(stem, 1)) THEN 4
            END AS way
        FROM written w JOIN units u ON u.level = 'street' AND list_contains(w.counties, u.county)
            AND CASE WHEN w.is_town THEN u.kind IN ('镇', '乡') WHEN w.ending = '' THEN u.kind = 'other' ELSE u.kind = '街道' END AND u.quality = 0),
    one AS (SELECT counties, said, ending, min(street) AS street FROM pairs WHERE way IS NOT NULL
        AND (counties, said, ending, way) IN (SELECT (counties, said, ending, min(way)) FROM pairs WHERE way IS NOT NULL GROUP BY counties, said, ending)
        GROUP BY ALL HAVING count(DISTINCT street) = 1)
    SELECT text, 1::BIGINT AS n, street, 0 AS spot, length(said) + length(ending) AS span, said AS stem, 4 AS rank, 0 AS tier
    FROM open_ JOIN one USING (counties, said, ending)"""


def _near(texts: pa.Table, settled: pa.Table, units: pa.Table) -> pa.Table:
    return query(_NEAR, texts=texts, settled=settled, units=units)
