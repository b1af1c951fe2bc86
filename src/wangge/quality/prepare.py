"""Raw text -> cleaned text and typed days, before anything is judged."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from wangge.dictionary import elements
from wangge.quality.dates import parse
from wangge.quality.words import words
from wangge.tables.shapes import ADDRESS_PARTS, RAW_ROW

# data element -> column of GOOD_ROW
COLUMNS = {
    "person.name": "name",
    "person.surname": "surname",
    "person.given_name": "given_name",
    "person.id_number": "id_number",
    "person.id_type": "id_type",
    "person.birth_date": "birth_date",
    "person.sex": "sex",
    "person.phone": "phone",
    "person.email": "email",
    "person.address": "address",
    **{f"address.{part}": part for part in ADDRESS_PARTS},
    "household.number": "household_number",
    "person.relation_to_head": "relation_to_head",
    "person.account": "account",
    "person.collected_on": "collected_on",
    "trip.vehicle": "trip_vehicle",
    "trip.on": "trip_on",
    "trip.carriage": "trip_carriage",
    "trip.seat": "trip_seat",
    "case.kind": "case_kind",
    "case.onset_on": "case_onset_on",
    "case.sampled_on": "case_sampled_on",
    "case.isolated_on": "case_isolated_on",
}
# part of an address -> the word its bare number takes in a Chinese address, from the largest part to the smallest
PART_WORDS = {
    "region": "", "locality": "", "street": "", "house_number": "号", "building": "号楼", "unit": "单元", "room": "室",
}  # fmt: skip
IDEOGRAPH, BARE_NUMBER = r"[\x{3400}-\x{9fff}]", r"^[0-9A-Za-z-]+$"
DAYS = tuple(e for e in COLUMNS if elements()[e].type == "date")


def prepare(rows: pa.Table) -> pa.Table:
    """RAW_ROW of one list -> its place columns, the columns of GOOD_ROW, and what the checks ask about:

    `<day>_unreadable` (bool) for each day column, `element:<name>` (the tidied text of each element
    the list holds).
    """
    rows = RAW_ROW.hand_over(rows)
    texts = {name: tidy(rows.column(name)) for name in rows.column_names if name in elements()}
    blank = pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
    out = {name: rows.column(name) for name in ("list", "batch", "file", "sheet", "row", "line")}
    for element, column in COLUMNS.items():
        if element not in DAYS:
            out[column] = CLEAN.get(element, _as_is)(texts.get(element, blank))
    written = {COLUMNS[element]: texts.get(element, blank) for element in DAYS}
    for column, (days, unreadable) in parse(written, rows.column("date_style")).items():
        out[column], out[f"{column}_unreadable"] = days, unreadable
    out["name"] = _whole_name(out["name"], texts, blank)
    out["address"] = _whole_address(out["address"], texts, blank)
    out |= {f"element:{name}": text for name, text in texts.items()}
    return pa.table(out)


def tidy(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """NFKC (full-width digits and letters), no blanks or apostrophes at the ends; words for "unknown" become null."""
    texts = nfkc(texts)
    edges = pc.match_substring_regex(texts, r"^[\s'`’‘\x{feff}]|[\s'`’‘]$")
    if pc.any(edges).as_py():
        trimmed = pc.utf8_trim(pc.utf8_trim_whitespace(texts), " \t\r\n'`’‘\ufeff")
        texts = pc.if_else(edges, trimmed, texts)
    short = pc.less_equal(pc.binary_length(texts), _longest_missing())
    missing = pc.is_in(pc.utf8_lower(pc.if_else(short, texts, None)), value_set=pa.array(["", *words()["missing"]]))
    # is_in calls a null absent from the list: a long text stays, a null stays null.
    return pc.if_else(missing, pa.scalar(None, pa.string()), texts)


@cache
def _longest_missing() -> int:
    return max(len(word.encode()) for word in words()["missing"])


def nfkc(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """NFKC where a character outside ASCII and the plain ideographs could need it."""
    other = pc.match_substring_regex(texts, r"[^\x00-\x7f\x{4e00}-\x{9fff}]")
    if not pc.any(other).as_py():
        return texts
    return pc.if_else(other, pc.utf8_normalize(texts, form="NFKC"), texts)


def _as_is(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return texts


def _without_blanks(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    blanks = pc.match_substring_regex(texts, r"\s")
    if not pc.any(blanks).as_py():
        return texts
    return pc.if_else(blanks, pc.replace_substring_regex(texts, r"\s+", ""), texts)


def _lower(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return texts if texts.null_count == len(texts) else pc.utf8_lower(_without_blanks(texts))


def _number(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_upper(_without_blanks(texts))


def _phone(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Digits of the first number in the cell, without the country's 86; null where there are none."""
    odd = pc.match_substring_regex(texts, r"[^0-9]|^(00)?86[0-9]{11}$|^$")
    if not pc.any(odd).as_py():
        return texts
    first = pc.replace_substring_regex(texts, r"[/、,;|].*$", "")
    digits = pc.replace_substring_regex(first, r"[^0-9]+", "")
    digits = pc.replace_substring_regex(digits, r"^(00)?86(1[0-9]{10})$", r"\2")
    broken = pc.match_substring_regex(texts, r"(?i)[0-9]e\+?[0-9]")  # 1.38E+10: the number is lost
    digits = pc.if_else(pc.or_(broken, pc.equal(digits, "")), None, digits)
    return pc.if_else(odd, digits, texts).cast(pa.string())


def _sex(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    coded = texts.combine_chunks().dictionary_encode()
    meaning = {word: code for code, some in words()["sex"].items() for word in some}
    codes = pa.array([meaning.get(text.lower(), "0") for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([pc.fill_null(codes.take(coded.indices), "0")])


def _case_kind(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The code of a written kind of case; a word nobody listed stays as it is and is held by a check."""
    meaning = {word: code for code, some in words()["case_kind"].items() for word in some}
    coded = texts.combine_chunks().dictionary_encode()
    codes = pa.array([meaning.get(text.lower(), text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([codes.take(coded.indices)])


def _whole_name(name: pa.ChunkedArray, texts: dict[str, pa.ChunkedArray], blank: pa.ChunkedArray) -> pa.ChunkedArray:
    """A list may write surname and given name apart; a name needs both parts."""
    parts = [_without_blanks(texts.get(f"person.{part}", blank)) for part in ("surname", "given_name")]
    if all(part.null_count == len(part) for part in parts):
        return name
    return pc.coalesce(name, pc.binary_join_element_wise(*parts, ""))


def _whole_address(
    address: pa.ChunkedArray, texts: dict[str, pa.ChunkedArray], blank: pa.ChunkedArray
) -> pa.ChunkedArray:
    """A list may write an address in parts. A Chinese one is joined from its region to its room, bare numbers with
    their words (12, 3, 501 -> 12号楼3单元501室, not 123501); any other from its room to its postcode, with blanks."""
    parts = {name: texts.get(f"address.{name}", blank) for name in PART_WORDS}
    if all(part.null_count == len(part) for part in parts.values()):
        return address
    worded = [_with_word(part, PART_WORDS[name]) for name, part in parts.items()]
    chinese = _joined(worded, "")
    other = _joined([*reversed(parts.values()), texts.get("address.postcode", blank)], " ")
    whole = pc.if_else(pc.match_substring_regex(_joined(list(parts.values()), ""), IDEOGRAPH), chinese, other)
    return pc.coalesce(address, pc.if_else(pc.equal(chinese, ""), pa.scalar(None, pa.string()), whole))


def _joined(parts: list[pa.ChunkedArray], between: str) -> pa.ChunkedArray:
    """The parts that are there. The empty one in front is there in every row: pyarrow 26 leaves a row out of its answer
    where "skip" finds nothing to join."""
    front = pa.chunked_array([pa.repeat("", len(parts[0]))])
    joined = pc.binary_join_element_wise(front, *parts, between, null_handling="skip")
    return pc.utf8_ltrim_whitespace(joined)


def _with_word(numbers: pa.ChunkedArray, word: str) -> pa.ChunkedArray:
    if not word or numbers.null_count == len(numbers):
        return numbers
    worded = pc.binary_join_element_wise(numbers, word, "")
    return pc.if_else(pc.match_substring_regex(numbers, BARE_NUMBER), worded, numbers)


CLEAN = {
    "person.name": _without_blanks,
    "person.id_number": _number,
    "person.sex": _sex,
    "person.phone": _phone,
    "person.email": _lower,
    "trip.vehicle": _number,
    "case.kind": _case_kind,
}
