"""What places are called: every street and community of the cities asked for, and compounds learned from a register.

A unit is one name of one place: its stem (刘安庄 of 刘安庄村委会), the kind of its ending, and how good the name is.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.frame import query
from wangge.geography.codes import divisions
from wangge.geography.columns import choose
from wangge.geography.names import one_for_another

OWN, ALIAS = 0, 1  # the name itself; a part of it by which people may call the place
UNITS = pa.schema(
    [
        ("home", pa.int64()),
        *((name, pa.string()) for name in ("county", "street", "code", "level", "kind", "stem")),
        ("quality", pa.int8()),
    ]
)  # quality: OWN or ALIAS

_OFFICE = (
    "(社区居民委员会|社区居委会|社区委员会|社区社居委|社居委|居民委员会|居委会|社区村委会|村民委员会|村委会|委员会)$"
)

# A street's name: 海珠街道; with what stands before it: 天津经济技术开发区东区泰达街道; without its road: 水月寺街街道.
_STREETS = r"""
    WITH bare AS (SELECT *, regexp_replace(regexp_replace(name, '[（(].*?[）)]', '', 'g'),
            '(街道)?(办事处|片区|地区|筹备处|筹备组|服务中心|管理处|管委会|社区服务中心)$', '\1') AS short FROM given),
    split AS (SELECT *, CASE WHEN short LIKE '%街道' THEN '街道' WHEN short LIKE '%苏木' THEN '苏木'
            WHEN right(short, 1) IN ('镇', '乡') THEN right(short, 1)
            WHEN short <> name AND name NOT LIKE '%）' THEN '片区' ELSE 'other' END AS kind FROM bare),
    stems AS (SELECT *, CASE WHEN kind IN ('other', '片区') THEN short ELSE left(short, length(short) - length(kind)) END AS stem
        FROM split),
    every AS (SELECT *, 0 AS quality FROM stems WHERE stem <> ''
        UNION ALL SELECT * REPLACE (regexp_extract(stem, '[区市县]([^区市县]{2,})$', 1) AS stem), 1 FROM stems
            WHERE kind <> 'other' AND length(stem) > 4
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '([东西南北中]?大?街|[东西南北中]?路|大道|道)$', '') AS stem), 1 FROM stems
            WHERE kind = '街道'
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '(土家|蒙古|布依|.)族$', '') AS stem), 1 FROM stems WHERE kind = '乡' AND stem LIKE '%族'
        UNION ALL SELECT * REPLACE (substr(stem, 3) AS stem), 0 FROM stems WHERE kind = 'other' AND stem LIKE '兵团%'
        UNION ALL SELECT * REPLACE (regexp_extract(stem, '^(?:天津|北京|上海|重庆|.{2,6}[市县区])([^市县区]{2,}.*)$', 1) AS stem), 1
            FROM stems WHERE kind = 'other')
    SELECT DISTINCT home, left(code, 6) AS county, code AS street, code, 'street' AS level, kind, stem,
        min(quality)::TINYINT AS quality
    FROM every WHERE length(stem) >= 2 OR (quality = 0 AND kind IN ('镇', '乡')) GROUP BY ALL"""

_COMMUNITIES = rf"""
    WITH bare AS (SELECT *, regexp_replace(name, '{_OFFICE}', '') AS short, name LIKE '%村委会' OR name LIKE '%村民委员会' AS rural
        FROM given),
    kinds AS (SELECT *, CASE WHEN short LIKE '%社区' THEN '社区' WHEN short LIKE '%嘎查' THEN '嘎查' WHEN rural THEN '村'
            WHEN short <> name THEN '社区' WHEN short LIKE '%村' THEN '村' ELSE '社区' END AS kind FROM bare),
    stems AS (SELECT *, CASE WHEN kind = '社区' THEN regexp_replace(short, '(.{{2,}})社区$', '\1')
            WHEN kind = '嘎查' THEN regexp_replace(short, '嘎查(村)?$', '')
            ELSE regexp_replace(short, '村$', '') END AS stem FROM kinds),
    every AS (SELECT *, 0 AS quality FROM stems
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '村$', '') AS stem), 1 FROM stems WHERE kind = '社区' AND stem LIKE '%村'
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '小区$', '') AS stem), 1 FROM stems WHERE stem LIKE '%小区'
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '^(.+?)村?第([一二三四五六七八九十])$', '\1\2') AS stem), 0
            FROM stems WHERE kind = '村' AND stem LIKE '%第_'
        UNION ALL SELECT * REPLACE (regexp_replace(stem, '[（()）]', '', 'g') AS stem), 1 FROM stems WHERE stem LIKE '%（%'
        UNION ALL SELECT * REPLACE (regexp_replace(regexp_replace(stem, '[（(].*?[）)]', ''), '园区$', '园') AS stem), 1
            FROM stems WHERE regexp_matches(stem, '.[（(].*园区$'))
    SELECT DISTINCT home, left(code, 6) AS county, left(code, 9) AS street, code, 'community' AS level, kind, stem,
        min(quality)::TINYINT AS quality
    FROM every WHERE stem <> '' GROUP BY ALL"""


def units(cities: pa.Table) -> pa.Table:
    """Every name of every street and community below the cities (city: 4-digit code, home: its number). -> UNITS"""
    found = []
    for level, sql in (("street", _STREETS), ("community", _COMMUNITIES)):
        given = query(
            "SELECT d.code, replace(d.name, ' ', '') AS name, home FROM d JOIN homes ON left(d.code, 4) = homes.city",
            d=divisions(level),
            homes=cities,
        )
        found.append(query(sql, given=given).select(UNITS.names).cast(UNITS))
    counties = """SELECT home, code AS county, NULL AS street, code, 'county' AS level, 'other' AS kind, name AS stem,
        0::TINYINT AS quality FROM d JOIN homes ON left(d.code, 4) = homes.city WHERE length(name) > 2 AND name <> '市辖区'"""
    found.append(query(counties, d=divisions("county"), homes=cities).select(UNITS.names).cast(UNITS))
    return folded(pa.concat_tables(found))


def folded(found: pa.Table) -> pa.Table:
    """Stems in the one spelling of near characters that texts are read in."""
    stem = one_for_another(found["stem"].combine_chunks(), *near_spellings())
    for wide, narrow in ("（(", "）)"):
        stem = pc.replace_substring(stem, wide, narrow)
    return found.set_column(found.column_names.index("stem"), "stem", stem)


@cache
def near_spellings() -> tuple[str, str]:
    """Characters and those that stand for them, for SQL's translate (near_characters.toml)."""
    text = resources.files(__package__).joinpath("data/near_characters.toml").read_text("utf-8")
    pairs = [(char, group[0]) for group in tomllib.loads(text)["groups"] for char in group[1:]]
    return "".join(p[0] for p in pairs), "".join(p[1] for p in pairs)


def compounds(gazetteer: pa.Table, cities: pa.Table) -> pa.Table:
    """Names of compounds as units of the communities they lie in; a name of two communities of a street stays out.

    gazetteer: name, community_code12 (see read_gazetteer).
    """
    found = query(
        """SELECT home, left(community_code12, 6) AS county, left(community_code12, 9) AS street, min(community_code12) AS code,
            'compound' AS level, 'compound' AS kind, stem, 0::TINYINT AS quality
        FROM (SELECT community_code12, regexp_replace(regexp_replace(nfc_normalize(name), '\\s', '', 'g'), '小区$', '') AS stem
            FROM gazetteer) JOIN homes ON left(community_code12, 4) = homes.city WHERE length(stem) >= 2
        GROUP BY ALL HAVING count(DISTINCT community_code12) = 1""",
        gazetteer=gazetteer,
        homes=cities,
    )
    return folded(found.select(UNITS.names).cast(UNITS))


def check_gazetteer(table: pa.Table) -> pa.Table:
    """name, community_code12 of a gazetteer. E1003 where a column is lacking, E4003 where a code is no community."""
    named = choose(table, ("name", "community_code12"))
    wrong = query(
        "SELECT row FROM (SELECT *, row_number() OVER () AS row FROM g) "
        "WHERE NOT regexp_full_match(coalesce(community_code12, ''), '[0-9]{12}') OR coalesce(trim(name), '') = '' LIMIT 1",
        g=named,
    )
    if wrong.num_rows:
        raise WanggeError("E4003", Where(row=int(wrong["row"][0].as_py()) + 1))
    return named


def learn(dwellings: pa.Table) -> pa.Table:
    """The compounds a register knows: name, community_code12, one row a compound and community (DWELLING)."""
    return query(
        """SELECT compound AS name, left(grid_code, 12) AS community_code12 FROM dwellings
        WHERE coalesce(compound, '') <> '' AND length(grid_code) >= 12 GROUP BY ALL ORDER BY ALL""",
        dwellings=dwellings,
    )
