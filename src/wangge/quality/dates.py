"""Written dates -> days, by the list's date style.

Styles: a year of four places in front is read under every style. `dmy` and `mdy` say what 03/04/1985 means; `auto` does
not guess and calls it unreadable. A bare number of five places is a spreadsheet's serial day (1900 system) under
`auto` and `serial`. A year, or a year and month, is a date whose day is not known: the first of the month is never guessed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
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


class Days(NamedTuple):
    """One column of written dates, read."""

    days: pa.Array  # date32
    unreadable: pa.Array  # bool: a text stands there that no rule reads
    partial: pa.Array  # bool: a year, or a year and a month


def parse(columns: dict[str, pa.ChunkedArray], styles: pa.ChunkedArray) -> dict[str, Days]:
    """Columns of written dates, and the style of each row. -> {column: Days}"""
    found = pc.unique(styles).to_pylist()
    by_style = [_parse(columns, style) for style in found]
    if len(found) == 1:
        return by_style[0]
    out = {name: _nothing(len(text)) for name, text in columns.items()}
    for style, parsed in zip(found, by_style, strict=True):
        here = pc.equal(styles, style).combine_chunks()
        for name, read in parsed.items():
            out[name] = Days(*(pc.if_else(here, new, old) for new, old in zip(read, out[name], strict=True)))
    return out


def _nothing(n: int) -> Days:
    return Days(pa.nulls(n, pa.date32()), pa.repeat(False, n), pa.repeat(False, n))


def _parse(columns: dict[str, pa.ChunkedArray], style: str) -> dict[str, Days]:
    """Each different text is parsed once: a list of a million people holds some thousand days."""
    filled = {name: text for name, text in columns.items() if text.null_count < len(text)}
    coded = {name: text.combine_chunks().dictionary_encode() for name, text in filled.items()}
    texts = pc.unique(pa.chunked_array([c.dictionary for c in coded.values()], pa.string()))
    given = pa.table({"i": pa.array(np.arange(len(texts), dtype=np.int32)), "text": texts})
    out = {name: _nothing(len(text)) for name, text in columns.items() if name not in filled}
    if not coded:
        return out
    answer = query(_PARSE, {"style": style}, given=given)
    for name, column in coded.items():
        at = pc.index_in(column.dictionary, value_set=texts).take(column.indices)
        out[name] = _days(answer, at)
    return out


def _days(answer: pa.Table, at: pa.Array) -> Days:
    days, partial = answer["day"].combine_chunks(), answer["is_partial"].combine_chunks()
    partial = pc.and_(pc.is_null(days), partial)
    unreadable = pc.and_(pc.is_null(days), pc.invert(partial))
    return Days(days.take(at), *(_said(flags, at) for flags in (unreadable, partial)))


def _said(flags: pa.Array, at: pa.Array) -> pa.Array:
    """The flag of each row; False where nothing is written."""
    if not pc.any(flags).as_py():
        return pa.repeat(False, len(at))
    return pc.fill_null(flags.take(at), False)
