"""Which community a notice names, within its street, or in the county where it names no street."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import pyarrow as pa

from wangge.frame import query
from wangge.geography.names import COMMUNITY, END, HOUSES, NUMBER, OTHER, VILLAGE

# Names that are whole as they stand: what follows them is a part of the same compound or village.
_WHOLE = "(花园|家园|嘉园|佳园|园|苑|里|庄|庄子|屯|营|新村|河畔|轩|庭院|店子|官屯|堡|坨|寨|沽|公馆|名邸|新城)$"
_RURAL = "[店沟台口集窑房子墅头甸洼坟桥河湾岭山淀村圈码]$"
# Houses that a community of two characters gives its name to: 泓春园 of 泓春社区.
_SHORT = "^(花园|家园|嘉园|佳园|雅居|公寓|新苑|雅苑|佳苑|[东西南北]?[园苑里]|新寓|楼|名苑|[0-9])(小区)?([0-9]|$|[|(]|-|[东西南北A-Z一二三四五六七八九十]+[区期])"
_ROADS = "(路|道|街|巷|胡同)$"

# A text that begins with something called a street or town.
NO_STREET = "^[^|()]{1,8}(街道|[^大]街|镇|乡)"

# 1 named with its own ending, 2 with another one or as a compound of the gazetteer, 3 the name of the houses, as
# communities bear it, 4 the same with more behind it.
_NAMED = f"""
    WITH near AS (SELECT m.*, u.street, u.code, u.level, u.kind, u.stem, u.quality, s.street AS told, s.spot AS s_spot, s.span, s.stem AS s_stem,
            m.spot = 0 OR m.spot = s.spot + s.span OR substr(t.said, m.spot, 1) IN ('|', '(') AS leads,
            substr(t.said, m.spot + m.size + 1, 8) AS behind_it, regexp_matches(t.said, '{NO_STREET}') AS stray
        FROM matched m JOIN units u USING (name) JOIN texts t USING (text)
        LEFT JOIN (SELECT * FROM street WHERE n = 1) s USING (text)
        WHERE u.level IN ('community', 'compound') AND text NOT IN (SELECT text FROM street WHERE n > 1)
            AND CASE WHEN s.street IS NULL THEN list_contains(t.counties, u.county) OR len(t.counties) = 0 ELSE u.street = s.street END
            AND (s.street IS NULL OR m.spot >= s.spot + s.span OR m.spot + m.size <= s.spot OR s.rank >= 4)),
    judged AS (SELECT *, CASE
            WHEN level = 'compound' THEN CASE WHEN follows IN ({END}, {NUMBER}, {HOUSES}) AND (size > 2 OR leads)
                OR (follows = {OTHER} AND size > 3 AND leads) THEN 2 END
            WHEN follows = {COMMUNITY} THEN CASE WHEN kind = '社区' THEN 1 ELSE 2 END
            WHEN follows = {VILLAGE} THEN CASE WHEN kind IN ('村', '嘎查') OR (quality = 1 AND told IS NOT NULL) THEN 1 ELSE 2 END
            WHEN regexp_matches(stem, '{_ROADS}') AND NOT starts_with(behind_it, '小区') OR stem = s_stem THEN NULL
            WHEN follows = {NUMBER} AND regexp_matches(behind_it, '^[0-9-]+号([^楼院]|$)') AND NOT regexp_matches(stem, '{_WHOLE}')
                THEN NULL  -- 新门口18号: a place, as a road is
            WHEN follows IN ({END}, {NUMBER}, {HOUSES}) AND size > 2 THEN 3
            WHEN size = 2 AND leads AND kind = '社区' AND told IS NOT NULL AND regexp_matches(behind_it, '^([东西南北]区|小区)') THEN 3
            WHEN size = 2 AND leads AND told IS NOT NULL AND regexp_matches(behind_it, '{_SHORT}')
                AND (kind = '社区' OR follows = {NUMBER}) AND NOT list_contains($common, stem) THEN 4
            WHEN follows = {OTHER} AND size > 2 AND leads AND told IS NOT NULL
                AND (size > 3 OR regexp_matches(stem, '{_WHOLE}') OR kind = '村' AND regexp_matches(stem, '{_RURAL}')) THEN 4
            END AS strength
        FROM near WHERE open = 1 OR size > 3)
    -- 海门街道秀山社区, where no street of the county is called so: only a community of just that name and ending is meant
    SELECT *, size + CASE WHEN follows IN ({COMMUNITY}, {VILLAGE}) THEN behind ELSE 0 END AS reach FROM judged
    WHERE strength = 1 OR (strength IS NOT NULL AND (level = 'compound' OR told IS NOT NULL OR NOT stray))"""

# A compound that several communities share (建安里一社区, 建安里二社区) tells none by its bare name.
_SHARED = """
    SELECT DISTINCT n.text, n.code FROM named n JOIN units u ON u.level = 'community' AND u.street = n.street AND u.code <> n.code
        AND length(u.stem) > length(n.stem) AND starts_with(u.stem, n.stem)
        AND regexp_full_match(substr(u.stem, length(n.stem) + 1), '[(第]?[东西南北中一二三四五六七八九十新老0-9A-Z]{1,3}[)]?(区|期|里|村|园|社区)?')
    WHERE n.strength > 2 AND n.level = 'community'"""

_COUNTED = """
    WITH fine AS (SELECT * FROM named WHERE (text, code) NOT IN (SELECT (text, code) FROM shared)),
    ranked AS (SELECT f.*, strength * 10 + CASE WHEN s.n = 1 THEN quality ELSE 0 END AS doubt FROM fine f
        LEFT JOIN (SELECT text, n FROM street) s USING (text)),  -- without a street, 晓庄村 is 晓庄社区 or 晓庄村社区
    best AS (SELECT * FROM ranked QUALIFY rank() OVER (PARTITION BY text, spot ORDER BY reach DESC, doubt) = 1),
    outer_ AS (SELECT b.* FROM best b WHERE NOT EXISTS (SELECT 1 FROM best o WHERE o.text = b.text AND o.reach > b.reach
        AND o.spot <= b.spot AND o.spot + o.reach >= b.spot + b.reach)),
    one AS (SELECT text, count(DISTINCT code) AS n, min(code) AS code, arg_min(level, strength) AS level, list(DISTINCT stem) AS stems
        FROM outer_ GROUP BY text),
    pieces AS (SELECT text, o.n, code, level, stems, unnest(string_split(regexp_replace(
            CASE WHEN s.n = 1 AND s.spot = 0 AND s.rank < 5 THEN substr(said, s.span + 1) ELSE said END, '[(][^()]*[)]', '', 'g'), '|')) AS piece
        FROM one o JOIN texts USING (text) LEFT JOIN (SELECT text, n, spot, span, rank FROM street) s USING (text))
    SELECT text, any_value(n) AS n, any_value(code) AS code, any_value(level) AS level, count(*) FILTER (
        regexp_matches(piece, $elsewhere) AND NOT regexp_matches(piece, $parts)
        AND NOT list_bool_or(list_transform(stems, lambda s : contains(piece, s))) OR regexp_matches(piece, $until)) AS places
    FROM pieces GROUP BY text"""
# Another place behind a mark: a name of its own with houses, not further houses of the same place and no lanes of it.
_HOUSE = "[0-9一二三四五六七八九十A-Z]+(号|栋|幢|楼|门|单元|座|-)"
_KINDS = "小区|别墅|花园|家园|公寓|苑|里|园|村|大厦|广场|社区|城|庭|府|寓|庄|居"
_ELSEWHERE = f"^([^0-9A-Z|至侧殖]{{2,12}}?{_HOUSE}|[^0-9A-Z|至侧殖]{{2,10}}({_KINDS})([0-9]|$|[东西南北]区))"
_UNTIL = "[0-9号]至[^0-9A-Z|至]{2,12}(路|街|道|巷)[^0-9|至]{0,4}[0-9]"  # from here to a house of another road
_PARTS = "^(高层|洋房|别墅|平房|底商|[东西南北中]区|[一二三四五六七八九十]+[期区]|新增|含|其|除|原|周边|附近|地下|门面|商铺|[村东西南北]|.*(幼儿园|公园)|[^0-9]{1,8}(胡同|路|道|街|巷|条|排)[东西南北]?[0-9一二三四五六七八九十])"


@cache
def common_names() -> list[str]:
    """Names of two characters that communities and compounds bear everywhere: they tell nothing about one another."""
    text = resources.files(__package__).joinpath("data/common_names.toml").read_text("utf-8")
    return list(tomllib.loads(text)["names"])


def communities(texts: pa.Table, matched: pa.Table, units: pa.Table, street: pa.Table) -> pa.Table:
    """text, n (how many communities it names), code, level (community or compound), places (further, unknown ones)."""
    exact = _exactly(texts, matched, units, street)
    named = pa.concat_tables([exact, _nearly(texts, exact, units, street)])
    shared = query(_SHARED, named=named, units=units)
    return query(
        _COUNTED,
        {"elsewhere": _ELSEWHERE, "parts": _PARTS, "until": _UNTIL},
        named=named,
        shared=shared,
        texts=texts,
        street=street,
    )


_COLUMNS = ("text", "spot", "size", "street", "code", "level", "kind", "stem", "quality", "strength", "reach")


def _exactly(texts: pa.Table, matched: pa.Table, units: pa.Table, street: pa.Table) -> pa.Table:
    given = {"texts": texts, "matched": matched, "units": units, "street": street}
    return query(f"SELECT {', '.join(_COLUMNS)} FROM ({_NAMED})", {"common": common_names()}, **given)


# What stands behind the street with the ending of a community, where no community of the street bears just that name.
_WRITTEN = r"""
    WITH rest AS MATERIALIZED (SELECT text, said, s.street, s.spot, s.span FROM texts JOIN street s USING (text)
        WHERE s.n = 1 AND text NOT IN (SELECT text FROM exact WHERE strength < 3)),
    behind AS (SELECT text, street, spot + span AS spot, regexp_extract(substr(said, spot + span + 1),
            '^([^|()0-9A-Za-z]{2,8}?)(社区|居委会|村委会|村民委员会|村|嘎查)', ['a', 'b']) AS q,
            regexp_extract(substr(said, spot + span + 1), '^[^|()0-9A-Za-z]{2,3}(庄子|庄|屯|堡|寨|坨|洼|垡|沽)') AS bare
        FROM rest)
    SELECT text, street, spot, q.a AS said, length(q.a) + length(q.b) AS reach, q.b IN ('社区', '居委会') AS is_urban,
        false AS is_bare FROM behind WHERE q.a <> ''
    UNION ALL SELECT text, street, spot, bare, length(bare), false, true FROM behind WHERE q.a = '' AND bare <> ''"""

# The same by sound; with or without 子; the beginning or the end of its name, unless what is left tells two apart (大, 东, 一).
_NEARLY = r"""
    WITH asked AS (SELECT DISTINCT street, said, sound, is_urban, is_bare FROM written),
    pairs AS (SELECT a.*, u.code, u.level, u.kind, u.stem, u.quality, CASE
            WHEN u.sound = a.sound THEN 1 WHEN is_bare THEN NULL WHEN u.stem = a.said || '子' OR a.said = u.stem || '子' THEN 2
            WHEN starts_with(u.stem, a.said) AND NOT regexp_matches(substr(u.stem, length(a.said) + 1), $apart) THEN 3
            WHEN ends_with(u.stem, a.said) AND NOT regexp_matches(left(u.stem, length(u.stem) - length(a.said)), $apart) THEN 3
            END AS way
        FROM asked a JOIN names u USING (street) WHERE (u.kind = '社区') = a.is_urban),
    one AS (SELECT street, said, is_urban, is_bare, min(code) AS code, any_value(kind) AS kind, any_value(stem) AS stem FROM pairs
        WHERE way IS NOT NULL AND (street, said, is_urban, is_bare, way) IN (
            SELECT (street, said, is_urban, is_bare, min(way)) FROM pairs WHERE way IS NOT NULL GROUP BY street, said, is_urban, is_bare)
        GROUP BY street, said, is_urban, is_bare HAVING count(DISTINCT code) = 1)
    SELECT text, spot, length(said) AS size, street, code, 'community' AS level, kind, said AS stem, 0::TINYINT AS quality,
        2 AS strength, reach FROM written JOIN one USING (street, said, is_urban, is_bare)"""
_APART = "[东西南北中上下前后里外大小新老一二三四五六七八九十第0-9A-Z]"


def _nearly(texts: pa.Table, exact: pa.Table, units: pa.Table, street: pa.Table) -> pa.Table:
    written = query(_WRITTEN, texts=texts, street=street, exact=exact)
    names = query(
        "SELECT DISTINCT street, code, level, kind, stem, quality FROM units "
        "WHERE level = 'community' AND street IN (SELECT street FROM written)",
        units=units,
        written=written,
    )
    near = query(_NEARLY, {"apart": _APART}, written=_sounding(written, "said"), names=_sounding(names, "stem"))
    return near.select(list(_COLUMNS)).cast(exact.schema)


def _sounding(table: pa.Table, column: str) -> pa.Table:
    """With the column sound: each character's reading without tone, where it has one."""
    coded = table[column].combine_chunks().dictionary_encode()
    said = pa.array([text.translate(_readings()) for text in coded.dictionary.to_pylist()], pa.string())
    return table.append_column("sound", said.take(coded.indices))


@cache
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    marks = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvnnnm")
    return {code: reading.split(",")[0].translate(marks) + " " for code, reading in pinyin_dict.items()}
