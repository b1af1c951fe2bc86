"""Texts of zones made ready to be read: one spelling, nothing that is excluded, without the names above written again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.geography.gazetteer import near_spellings
from wangge.geography.names import Ints, codepoints, one_for_another, starting, table_of
from wangge.geography.zone_places import places, prefixes

NAMES = ("province", "city", "county")
# What is excluded is not read: （除3号楼外）, 除…以外的, （不含…）. Marks part a text; brackets stay brackets.
_EXCLUDED = (
    r"\((除|不含|不包括)[^()]*\)|\([^()]*(除外|以外)[^()]*\)",
    r"(除|不含|不包括)[^|。;()]{1,60}?(以外|之外|外)(的|区域|地区|其他|其余)*|除[^|。;()、,]*$",
)
# 东风社区：清平小区、武侯村: what follows lies in the community.
_WITHIN = r"(社区|居委会|村委会):([^:()。;]*)$"
_MARKS = r"[、,;:。“”\"《》—·]+|--+|以及"


@dataclass(frozen=True)
class Texts:
    """rows: the number of each row's text; texts: text, place, home, said; where: NATIONAL; cities: city, home."""

    rows: Ints
    texts: pa.Table
    where: pa.Table
    cities: pa.Table


def read_texts(good: pa.Table) -> Texts:
    """Each different text of each place, once, ready to be read. good: province, city, county, zone_text as text."""
    coded = {name: _spelled(good[name]) for name in (*NAMES, "zone_text")}
    where, place, cities = _placed([coded[name] for name in NAMES])
    index, values = coded["zone_text"]
    pairs, rows = np.unique(place * len(values) + index, return_inverse=True)
    place, texts = pairs // max(len(values), 1), values.take(pa.array(pairs % max(len(values), 1)))
    homes = np.array(where["home"].to_pylist(), np.int64)[place]
    said = _unnamed(_clean(folded(texts)), where, place)
    table = pa.table({"text": np.arange(len(pairs), dtype=np.int32), "place": place, "home": homes, "said": said})
    return Texts(rows, table, where, cities)


def folded(texts: pa.Array) -> pa.Array:
    """In the one spelling of near characters that names and texts are compared in."""
    return one_for_another(texts, *near_spellings())


def _spelled(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Number of each row's value, and the values in one form (NFKC), without blanks around; two may be alike."""
    coded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    values = pc.utf8_trim_whitespace(pc.utf8_normalize(coded.dictionary, form="NFKC"))
    return np.asarray(coded.indices).astype(np.int64), values


def _placed(names: list[tuple[Ints, pa.Array]]) -> tuple[pa.Table, Ints, pa.Table]:
    """NATIONAL, the number in it of each row's names, and the cities that occur."""
    pair = np.zeros(len(names[0][0]), np.int64)
    for index, values in names:
        pair = pair * len(values) + index
    kinds, first, place = np.unique(pair, return_index=True, return_inverse=True)
    spelled = {n: v.take(pa.array(i[first])).to_pylist() for n, (i, v) in zip(NAMES, names, strict=True)}
    where, cities = places([{n: spelled[n][k] for n in NAMES} for k in range(len(kinds))])
    return where, place, cities


def _clean(texts: pa.Array) -> pa.Array:
    """No blanks, round brackets only, no exclusions, | for marks. What a few texts hold is looked for first."""
    texts = _where(pc.match_substring_regex(texts, r"\s"), texts, lambda t: pc.replace_substring_regex(t, r"\s+", ""))
    said = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"[〔【\[]", "("), r"[〕】\]]", ")")
    said = _where(pc.match_substring_regex(said, "除|不含|不包括"), said, _without_exclusions)
    return pc.replace_substring_regex(pc.replace_substring_regex(said, _WITHIN, r"\1(\2)"), _MARKS, "|")


def _without_exclusions(texts: pa.Array) -> pa.Array:
    for pattern in _EXCLUDED:
        texts = pc.replace_substring_regex(texts, pattern, "|")
    return texts


def _where(mask: pa.Array, texts: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The texts, changed where the mask says so."""
    return pc.replace_with_mask(texts, mask, change(texts.filter(mask))) if pc.any(mask).as_py() else texts


def _unnamed(texts: pa.Array, where: pa.Table, place: Ints) -> pa.Array:
    """Without the longest row of names above at the start, and with what the columns hold of the text in front."""
    above = prefixes(where)
    written = pa.array(folded(above["prefix"].combine_chunks()))
    above = pa.table({"place": above["place"], "prefix": written}).group_by(["place", "prefix"]).aggregate([])
    table = table_of(above["prefix"].combine_chunks(), np.asarray(above["place"]).astype(np.int64))
    skip = starting(*codepoints(texts), place, *table, longest=max([0, *pc.utf8_length(above["prefix"]).to_pylist()]))
    leads = folded(where["lead"].combine_chunks())
    touched = (skip > 0) | np.asarray(pc.not_equal(leads, ""), bool)[place]
    lead, skip = leads.take(pa.array(place[touched])), skip[touched]
    said = _where(pa.array(touched), texts, lambda few: _headed(few, skip, lead))
    return pc.utf8_ltrim(said, "|")


def _headed(texts: pa.Array, skip: Ints, lead: pa.Array) -> pa.Array:
    """Texts without their first characters, with something in front that they do not start with."""
    given = pa.table({"row": np.arange(len(texts)), "said": texts, "skip": skip, "lead": lead})
    return query(
        """SELECT CASE WHEN lead = '' OR starts_with(said, lead) THEN '' ELSE lead || '|' END
            || ltrim(substr(said, skip + 1), '|') AS said FROM given ORDER BY row""",
        given=given,
    )["said"].combine_chunks()
