"""How an address is written: one spelling for all, the place in front, numbers behind.

Every way to read the numbers is a candidate; which of them is true, the frame of dwellings decides (locate.py).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query

WRITTEN, DIGITS = "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖", "000123456789123456789"
# 甲12号, 临12号, 12号附2号, 3区5栋: another house than 12 and 5, so the sign belongs to the number.
SIGNS = "甲乙丙丁临附增"
SIGNED = f"(?:[{SIGNS}]?[0-9]{{1,4}}[A-Z{SIGNS[:4]}]?(?:号?[附增][0-9]{{1,3}})?)"
PLAIN, LETTERED = f"(?:[0-9A-Z]{{1,2}}区-?)?{SIGNED}", "[A-Z][0-9]{0,3}"
ROOM = "[0-9]{1,5}[A-Z]?|[A-Z][0-9]{1,4}"

# A mark is set where written and Arabic numerals meet, so that 滨海二3栋 is never read as building 23. Each step runs
# only where its characters occur: most addresses need none.
_SPELL = rf"""
    WITH bare AS (SELECT row, CASE WHEN regexp_matches(text, '[(【\[]')
        THEN regexp_replace(text, '\([^()]*\)|【[^】]*】|\[[^\]]*\]', '', 'g') ELSE text END AS text FROM given),
    dashed AS (SELECT row, translate(text, '－—–‐―−~_/ \t\r\n,、。.;:·''"', '---------') AS text FROM bare),
    parted AS (SELECT row, CASE WHEN regexp_matches(text, '[{WRITTEN}十][0-9]|[0-9][{WRITTEN}十]')
        THEN regexp_replace(regexp_replace(text, '([{WRITTEN}十])([0-9])', '\1|\2', 'g'),
            '([0-9])([{WRITTEN}十])', '\1|\2', 'g') ELSE text END AS text FROM dashed),
    digits AS (SELECT row, translate(text, '{WRITTEN}', '{DIGITS}') AS text FROM parted),
    squeezed AS (SELECT row, CASE WHEN contains(text, '--') THEN regexp_replace(text, '-+', '-', 'g') ELSE text END AS text
        FROM digits)
    SELECT CASE WHEN contains(text, '十') THEN
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(text, '([0-9])十([0-9])', '\1\2', 'g'),
            '([0-9])十', '\1' || '0', 'g'), '十([0-9])', '1\1', 'g'), '十', '10', 'g')
        ELSE text END AS text FROM squeezed ORDER BY row"""


def one_spelling(texts: pa.ChunkedArray) -> pa.Array:
    """NFKC, upper case, no blanks, no notes in brackets, one dash, written numerals as digits; null becomes ''."""
    coded = pc.fill_null(texts, "").combine_chunks().dictionary_encode()
    plain = pc.utf8_upper(pc.utf8_normalize(coded.dictionary, form="NFKC"))
    given = pa.table({"row": pa.array(np.arange(len(plain))), "text": plain})
    return query(_SPELL, given=given)["text"].combine_chunks().take(coded.indices)


@cache
def _marks() -> dict[str, str]:
    """Marks of building, unit, floor and room as alternatives of a pattern; an official can read and extend them."""
    text = resources.files(__package__).joinpath("data/address_words.toml").read_text("utf-8")
    return {name: "|".join(map(re.escape, row["marks"])) for name, row in tomllib.loads(text).items()}


def tail_pattern() -> str:
    """The end of an address that is made of numbers and marks only; what stands before it is the place."""
    anything = "|".join(_marks().values())
    return f"(?:[0-9A-Z]区|[0-9A-Z|-]|[{SIGNS}][0-9]|[0-9]号?[{SIGNS}]|{anything})+$"


@cache
def readings() -> tuple[str, ...]:
    """Patterns for such an end: lead (still the place's), building, unit, room. Several may fit; all are tried."""
    m = _marks()
    end = f"-?(?:[0-9]{{1,2}}(?:{m['floor']}))?(?P<room>{ROOM})(?:{m['room']})?$"
    found = [f"^(?P<lead>.*?)(?P<building>)(?P<unit>){end}", "^(?P<lead>.*)(?P<building>)(?P<unit>)(?P<room>)$"]
    found.append(f"^(?P<lead>.*?)(?P<building>[0-9]{{1,4}}号?(?:[{SIGNS[:4]}]|[附增][0-9]{{1,3}}))(?P<unit>){end}")
    for number in (PLAIN, LETTERED, "[0-9]", "[0-9]{2}", "[0-9]{3}"):
        # A split inside a row of digits (the last three) gives the digits before it to the place: 滨海1|2栋.
        lead = "^(?P<lead>.*?)" if number in (PLAIN, LETTERED) else "^(?P<lead>.*[0-9])"
        built, unit = f"{lead}(?P<building>{number})", f"(?P<unit>{PLAIN}|{LETTERED})"
        house = f"(?:{m['building']})"
        found += [
            f"{built}{house}-?(?:{unit}(?:{m['unit']}))?{end}",
            f"{built}(?:{house}-?|-){unit}-{end}",
            f"{built}(?P<unit>)-{end}",
            f"{built}(?:{m['floor']}){unit}(?:{m['unit']}){end}",
            f"{built}{house}(?:{unit}(?:{m['unit']}))?(?:[0-9]{{1,2}}(?:{m['floor']}))?(?P<room>)(?:{m['aside']})?$",
        ]
    return tuple(found)
