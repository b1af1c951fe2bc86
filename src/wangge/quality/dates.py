"""Written dates -> days, by the list's date style.

Styles: a year of four places in front is read under every style. `dmy` and `mdy` say what 03/04/1985 means; `auto` does
not guess and calls it unreadable. A bare number of five places is a spreadsheet's serial day (1900 system) under
`auto` and `serial`. A year or a year and month alone is a date whose day is not known: blank, but not unreadable.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query

# {y}: the text with - for 年 月 / . and without 日, time of day and blanks.
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


def parse(texts: pa.ChunkedArray, styles: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """-> (days as date32, whether a text stands there that no rule reads)."""
    days, bad = pa.nulls(len(texts), pa.date32()), pa.repeat(False, len(texts))
    if texts.null_count == len(texts):
        return days, bad
    found = pc.unique(styles).to_pylist()
    if len(found) == 1:
        return _parse(texts, found[0])
    for style in found:
        here = pc.equal(styles, style).combine_chunks()
        some_days, some_bad = _parse(texts, style)
        days, bad = pc.if_else(here, some_days, days), pc.if_else(here, some_bad, bad)
    return days, bad


def _parse(texts: pa.ChunkedArray, style: str) -> tuple[pa.Array, pa.Array]:
    """Each different text is parsed once: a list of a million people holds some thousand days."""
    coded = texts.combine_chunks().dictionary_encode()
    given = pa.table({"i": pa.array(range(len(coded.dictionary)), pa.int32()), "text": coded.dictionary})
    answer = query(_PARSE, {"style": style}, given=given)
    day = answer["day"].combine_chunks()
    bad = pc.and_(pc.is_null(day), pc.invert(answer["is_partial"].combine_chunks()))
    return day.take(coded.indices), pc.fill_null(bad.take(coded.indices), False)
