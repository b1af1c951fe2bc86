"""Public risk-zone texts -> street and community codes, by the names of the division table alone.

A text names its street in front (龙池街道沿河花园小区), in one of the forms of places.py, or nothing is said about it.
A community counts only where it is named with its ending (社区, 村, 居委会) and stands right behind the street, at the
start or behind a mark; parts that exclude (除…以外) are not read. Several streets or communities are not narrowed down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.frame import query
from wangge.geography.codes import below, current, divisions, names_ever
from wangge.geography.places import forms, weak_street_forms
from wangge.tables.shapes import ZONE

COLUMNS = ("zone_id", "level", "province", "city", "county", "zone_text", "first_seen", "first_absent")

_CLEAN = r"""
    SELECT row, zone_id, level, first_seen, first_absent, province, city, county,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(zone_text, '\s+', '', 'g'),
            '[（(]除[^（）()]*[)）]', '|', 'g'), '除[^|。；;]{1,60}?(以外|之外|外)', '|', 'g'),
            '[、，,；;：:。（）()“”"《》\[\]—]+', '|', 'g') AS text
    FROM given"""

# Names of the areas above are written again in many texts: 南京市栖霞区燕子矶街道.
_STRIP = """
    SELECT c.*, p.place, CASE
        WHEN starts_with(c.text, c.province || c.city || c.county)
            THEN substr(c.text, length(c.province || c.city || c.county) + 1)
        WHEN starts_with(c.text, c.city || c.county) THEN substr(c.text, length(c.city || c.county) + 1)
        WHEN starts_with(c.text, c.county) THEN substr(c.text, length(c.county) + 1)
        ELSE c.text END AS said
    FROM cleaned c JOIN places p USING (province, city, county)"""


def check_zones(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows that can be read and rows that are refused (zone_id, reason). Both have `row`, counted from 1.

    Refused: no zone_id or one that was there before, a level that is none of high, middle, low, a first_seen that is
    no time. Raises E1003 where a column is lacking.
    """
    for column in COLUMNS:
        if column not in table.column_names:
            raise WanggeError("E1003", Where(column=column), column=column, found=", ".join(table.column_names[:20]))
    given = table.select(COLUMNS).cast(pa.schema([(c, pa.string()) for c in COLUMNS]))
    given = given.append_column("row", pa.array(range(1, table.num_rows + 1), pa.int64()))
    judged = query(
        """SELECT *, CASE WHEN coalesce(trim(zone_id), '') = '' THEN 'no_zone_id'
            WHEN row_number() OVER (PARTITION BY zone_id ORDER BY row) > 1 THEN 'zone_id_twice'
            WHEN coalesce(level, '') NOT IN ('high', 'middle', 'low') THEN 'no_such_level'
            WHEN try_cast(first_seen AS TIMESTAMP) IS NULL THEN 'no_time'
            WHEN coalesce(first_absent, '') <> '' AND try_cast(first_absent AS TIMESTAMP) IS NULL THEN 'no_time'
            ELSE '' END AS refused FROM given ORDER BY row""",
        given=given,
    )
    fine = pc.equal(judged["refused"], "")
    return judged.filter(fine).drop_columns(["refused"]), judged.filter(pc.invert(fine))


def locate_zones(table: pa.Table) -> pa.Table:
    """Zones as published -> ZONE, in the order given; refused rows (see check_zones) are left out.

    table: the columns of COLUMNS as text; times are those of Asia/Shanghai. how: street, community (which gives the
    street), street+community, or '' with a reason: no_such_county, no_street_named, no_such_street, several_streets.
    A located zone without a community says why in `reason` as well.
    """
    good, _ = check_zones(table)
    cleaned = query(_CLEAN, given=_nfkc(good))
    places, streets, communities = _reference(cleaned)
    said = query(_STRIP, cleaned=cleaned, places=places)
    found = _communities(said, _streets(said, streets), communities)
    return ZONE.hand_over(_answer(said, found))


def _nfkc(good: pa.Table) -> pa.Table:
    for name in ("province", "city", "county", "zone_text"):
        text = pc.utf8_trim_whitespace(pc.utf8_normalize(pc.fill_null(good[name], ""), form="NFKC"))
        good = good.set_column(good.column_names.index(name), name, text)
    return good


def _reference(cleaned: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Of the counties that occur: places (province, city, county -> place), forms of streets and of communities."""
    triples = cleaned.group_by(["province", "city", "county"]).aggregate([]).to_pylist()
    places, streets, communities = [], [], []
    seen: dict[tuple[str, ...], str] = {}
    for triple in triples:
        counties = county_codes(triple["province"], triple["city"], triple["county"])
        place = seen.setdefault(counties, "/".join(counties))
        places.append(triple | {"place": place})
    for counties, place in seen.items():
        below_here = [street for county in counties for street in below(county)]
        streets += [(place, code, form, _is_long(form)) for form, code in _owners(below_here).items()]
        communities += [
            (place, street, code, form)
            for street, _ in below_here
            for code, name in below(street)
            for form in sorted(forms(name, "community"))
            if form.endswith(("社区", "村", "委会"))
        ]
    return (
        pa.Table.from_pylist(
            places, schema=pa.schema([(n, pa.string()) for n in ("province", "city", "county", "place")])
        ),
        _columns(streets, place=pa.string(), street=pa.string(), form=pa.string(), is_long=pa.bool_()),
        _columns(communities, place=pa.string(), street=pa.string(), community=pa.string(), form=pa.string()),
    )


def _owners(streets: list[tuple[str, str]]) -> dict[str, str]:
    """Form -> code of the one street it means; full forms go before weak ones, forms of two streets mean none."""
    found: dict[str, str] = {}
    for spell in (lambda name: forms(name, "street"), weak_street_forms):
        owners: dict[str, set[str]] = {}
        for code, name in streets:
            for form in sorted(spell(name)):
                owners.setdefault(form, set()).add(code)
        found |= {form: min(codes) for form, codes in owners.items() if len(codes) == 1 and form not in found}
    return found


def _columns(rows: Sequence[tuple[object, ...]], **types: pa.DataType) -> pa.Table:
    return pa.table({n: pa.array([r[i] for r in rows], t) for i, (n, t) in enumerate(types.items())})


def _is_long(form: str) -> bool:
    """Long forms can stand anywhere in a text; 新华街 in the middle of a text may be a road."""
    return form.endswith(("街道", "办事处", "街道办", "镇", "乡")) and len(form) >= 3


@cache
def county_codes(province: str, city: str, county: str) -> tuple[str, ...]:
    """Codes of a county by name, ended counties through their successors; () where no county bears the name."""
    upper = [code for code, name in _provinces() if province in forms(name, "province")]
    cities = [pair for code in upper for pair in below(code)]
    named = [code for code, name in cities if city in forms(name, "city")] or [code for code, _ in cities]
    exact = [code for c in named for code, name in below(c) if name == county]
    if exact:
        return tuple(exact)
    ended = [code for code in names_ever(county) if code[:4] in named]
    return tuple(dict.fromkeys(new for code in ended for new in current(code)))


def _provinces() -> list[tuple[str, str]]:
    table = divisions("province")
    return list(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))


def _streets(said: pa.Table, streets: pa.Table) -> pa.Table:
    """row, street, form, n: the streets a text names; n of them, the leading one first.

    Full forms count anywhere, short ones (文昌街) at the start, behind a mark or behind another street; before a house
    number (文昌街38号) a short form is a road.
    """
    return query(
        r"""WITH marked AS (SELECT row, place, said AS plain, '|' || regexp_replace(said, '([镇乡]|街道)', '\1|', 'g') AS said FROM said),
        named AS (
            SELECT row, street, form, instr(plain, form) AS spot FROM marked JOIN streets USING (place)
            WHERE is_long AND contains(plain, form)
            UNION SELECT row, street, form, instr(plain, form) FROM marked JOIN streets USING (place)
            WHERE contains(said, '|' || form) AND NOT (form LIKE '%街' AND regexp_matches(
                substr(said, instr(said, '|' || form) + 1 + length(form), 2), '^[东西南北中]?[0-9]'))),
        longest AS (SELECT *, row_number() OVER (PARTITION BY row, spot ORDER BY length(form) DESC) AS k FROM named)
        SELECT row, count(DISTINCT street) AS n, arg_min(street, spot) AS street, arg_min(form, spot) AS form
        FROM longest WHERE k = 1 GROUP BY row""",
        said=said,
        streets=streets,
    )


def _communities(said: pa.Table, street: pa.Table, communities: pa.Table) -> pa.Table:
    """row, street, community, how, and how many were named; a community without a street must be the county's only."""
    return query(
        """WITH texts AS (SELECT s.row, s.place, t.street, t.n AS streets,
            '|' || CASE WHEN t.form IS NULL THEN s.said ELSE replace(s.said, t.form, '|') END AS text
            FROM said s LEFT JOIN street t USING (row)),
        named AS (SELECT row, c.street, community, c.form, instr(text, '|' || c.form) AS spot
            FROM texts t JOIN communities c ON c.place = t.place AND (c.street = t.street OR t.street IS NULL)
            WHERE contains(text, '|' || c.form)),
        longest AS (SELECT *, max(length(form)) OVER (PARTITION BY row, spot) AS most FROM named),
        counted AS (SELECT row, count(DISTINCT community) AS n, min(community) AS community, min(street) AS street
            FROM longest WHERE length(form) = most GROUP BY row)
        SELECT t.row, t.streets, c.n AS communities, coalesce(t.street, CASE WHEN c.n = 1 THEN c.street END) AS street,
            CASE WHEN c.n = 1 THEN c.community END AS community, t.street IS NOT NULL AS by_street
        FROM texts t LEFT JOIN counted c USING (row)""",
        said=said,
        street=street,
        communities=communities,
    )


def _answer(said: pa.Table, found: pa.Table) -> pa.Table:
    return query(
        r"""WITH judged AS (SELECT s.*, f.*, s.place <> '' AND f.street IS NOT NULL AND coalesce(f.streets, 1) = 1 AS ok
            FROM said s JOIN (SELECT row AS r, * EXCLUDE row FROM found) f ON s.row = f.r)
        SELECT zone_id, level, CASE WHEN ok THEN street END AS street_code9,
            CASE WHEN ok THEN coalesce(community, '') ELSE '' END AS community_code12,
            CASE WHEN NOT ok THEN '' WHEN NOT by_street THEN 'community' WHEN community IS NOT NULL
                THEN 'street+community' ELSE 'street' END AS how,
            CASE WHEN ok AND community IS NOT NULL THEN ''
                WHEN ok AND communities > 1 THEN 'several_communities' WHEN ok THEN 'no_community_named'
                WHEN place = '' THEN 'no_such_county' WHEN streets > 1 THEN 'several_streets'
                WHEN communities > 1 THEN 'several_communities'
                WHEN regexp_matches(said, '^[^|]{1,8}(街道|[^大]街|镇|乡)') THEN 'no_such_street'
                ELSE 'no_street_named' END AS reason,
            timezone('Asia/Shanghai', CAST(first_seen AS TIMESTAMP)) AS opened_at,
            timezone('Asia/Shanghai', try_cast(first_absent AS TIMESTAMP)) AS closed_at
        FROM judged ORDER BY row""",
        said=said,
        found=found,
    )
