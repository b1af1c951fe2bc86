"""Written dates -> days, by the list's date style.

Styles: a year of four places in front is read under every style. `dmy` and `mdy` say what 03/04/1985 means; `auto` does
not guess and calls it unreadable. A bare number of five places is a spreadsheet's serial day (1900 system) under
`auto` and `serial`. A year or a year and month alone is a date whose day is not known: blank, but not unreadable.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query

# y: the text with - for 年 月 / . and without 日, time of day and blanks.
_PARSE = r"""
WITH written AS (
    SELECT i, regexp_replace(text, '[T ]*[0-9]{1,2}:[0-9]{2}.*$', '') AS text FROM given
), plain AS (
    SELECT i, rtrim(regexp_replace(regexp_replace(text, '[日号 ]', '', 'g'), '[年月/.]', '-', 'g'), '-') AS y,
           regexp_replace(text, '[.]0*$', '') AS number
    FROM written
)
SELECT i, CASE
    WHEN regexp_full_match(y, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') THEN try_strptime(y, '%Y-%m-%d')
    WHEN $style = 'dmy' AND regexp_full_match(y, '[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}') THEN try_strptime(y, '%d-%m-%Y')
    WHEN $style = 'mdy' AND regexp_full_match(y, '[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}') THEN try_strptime(y, '%m-%d-%Y')
    WHEN $style = 'dmy' AND regexp_full_match(y, '[0-9]{8}') THEN try_strptime(y, '%d%m%Y')
    WHEN $style = 'mdy' AND regexp_full_match(y, '[0-9]{8}') THEN try_strptime(y, '%m%d%Y')
    WHEN regexp_full_match(number, '[0-9]{8}') THEN try_strptime(number, '%Y%m%d')
    WHEN $style IN ('auto', 'serial') AND regexp_full_match(number, '[0-9]{5}([.][0-9]+)?')
        THEN DATE '1899-12-30' + CAST(floor(CAST(number AS DOUBLE)) AS INT)
    END::DATE AS day,
    regexp_full_match(y, '(1[89]|20)[0-9]{2}(-(0?[1-9]|1[0-2])|(0[1-9]|1[0-2]))?') AS is_partial
FROM plain ORDER BY i
"""


Days = tuple[pa.Array, pa.Array]  # date32; whether a text stands there that no rule reads


def parse(columns: dict[str, pa.ChunkedArray], styles: pa.ChunkedArray) -> dict[str, Days]:
    """Columns of written dates, and the style of each row. -> {column: (days, unreadable)}"""
    found = pc.unique(styles).to_pylist()
    by_style = [_parse(columns, style) for style in found]
    if len(found) == 1:
        return by_style[0]
    out = {name: (pa.nulls(len(text), pa.date32()), pa.nulls(len(text), pa.bool_())) for name, text in columns.items()}
    for style, parsed in zip(found, by_style, strict=True):
        here = pc.equal(styles, style).combine_chunks()
        for name, (days, bad) in parsed.items():
            out[name] = (pc.if_else(here, days, out[name][0]), pc.if_else(here, bad, out[name][1]))
    return out


def _parse(columns: dict[str, pa.ChunkedArray], style: str) -> dict[str, Days]:
    """Each different text is parsed once: a list of a million people holds some thousand days."""
    coded = {name: text.combine_chunks().dictionary_encode() for name, text in columns.items()}
    texts = pc.unique(pa.chunked_array([c.dictionary for c in coded.values()], pa.string()))
    if len(texts) == 0:
        return {name: (pa.nulls(len(c), pa.date32()), pa.repeat(False, len(c))) for name, c in coded.items()}
    given = pa.table({"i": pa.array(range(len(texts)), pa.int32()), "text": texts})
    answer = query(_PARSE, {"style": style}, given=given)
    days = answer["day"].combine_chunks()
    bad = pc.and_(pc.is_null(days), pc.invert(answer["is_partial"].combine_chunks()))
    at = {name: pc.index_in(c.dictionary, value_set=texts).take(c.indices) for name, c in coded.items()}
    return {name: (days.take(rows), pc.fill_null(bad.take(rows), False)) for name, rows in at.items()}
