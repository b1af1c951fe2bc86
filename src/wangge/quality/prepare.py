"""Raw text -> cleaned text and typed days, before anything is judged."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.dictionary import elements
from wangge.quality import numbers
from wangge.quality.dates import parse
from wangge.quality.marks import NOTE, Array, marks_of
from wangge.quality.tidy import clean, tidy
from wangge.quality.wholes import whole_address, whole_name
from wangge.quality.words import totals_pattern
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
    "person.residence_kind": "residence_kind",
    "household.kind": "household_kind",
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
PLACES = ("list", "batch", "file", "sheet", "row", "line")
DAYS = tuple(e for e in COLUMNS if elements()[e].type == "date")
# Columns in which sums and notes stand, if they stand anywhere.
SUMMED = ("name", "id_number", "household_number", "address")


def prepare(rows: pa.Table) -> pa.Table:
    """RAW_ROW of one list -> its place columns, the columns of GOOD_ROW, and what the checks ask about:

    `<day>_unreadable`, `<day>_partial` for each day column, `<column>_is_total` for each of SUMMED, `number_broken`,
    `number_spoilt`, `number_wrong`, `phone_unreadable`, `sex_unlisted`, `is_empty` (all bool), and `element:<name>`,
    the tidied text of each element the list holds.
    """
    rows = RAW_ROW.hand_over(rows)
    texts, cleaned = _texts(rows)
    blank = pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
    out = {name: rows.column(name) for name in PLACES}
    out |= {column: cleaned.get(element, blank) for element, column in COLUMNS.items() if element not in DAYS}
    written = {COLUMNS[element]: texts.get(element, blank) for element in DAYS}
    for column, days in parse(written, rows.column("date_style")).items():
        out[column], out[f"{column}_unreadable"], out[f"{column}_partial"] = days
    out["name"] = whole_name(out["name"], cleaned)
    out["address"] = whole_address(out["address"], texts)
    out |= {f"{column}_is_total": _is_total(out[column]) for column in SUMMED}
    out |= _numbers(out["id_number"], rows.column("id_from_number"))
    out["phone_unreadable"] = _lost(texts.get("person.phone", blank), out["phone"])
    out["sex"], out["sex_unlisted"] = _sex(out["sex"])
    out["is_empty"] = _is_empty(texts, rows.num_rows)
    return pa.table(out | {f"element:{name}": text for name, text in texts.items()})


def _texts(rows: pa.Table) -> tuple[dict[str, pa.ChunkedArray], dict[str, pa.ChunkedArray]]:
    """The elements of the rows, tidied, and those cleaned as their element asks."""
    texts, cleaned = {}, {}
    for name in rows.column_names:
        if name not in elements():
            continue
        chunks = [tidy(chunk) for chunk in rows.column(name).cast(pa.string()).chunks]
        texts[name] = pa.chunked_array([text for text, _ in chunks], pa.string())
        cleaned[name] = pa.chunked_array([clean(*chunk, name) for chunk in chunks], pa.string())
    return texts, cleaned


def _is_total(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether a cell begins like a sum or a note."""
    return pa.chunked_array([_totals(chunk) for chunk in texts.chunks], pa.bool_())


def _totals(texts: pa.Array) -> pa.Array:
    found = np.zeros(len(texts), bool)
    at = np.flatnonzero(marks_of(texts) & NOTE)
    if at.size:
        found[at] = np.asarray(pc.match_substring_regex(texts.take(pa.array(at)), totals_pattern()))
    return pa.array(found)


def _numbers(texts: pa.ChunkedArray, from_number: pa.ChunkedArray) -> dict[str, pa.Array]:
    """What each number is worth. 18 places that stood in a number cell are spoilt, whatever they look like."""
    form: Array = np.concatenate([np.zeros(0, np.uint8), *(numbers.forms(chunk) for chunk in texts.chunks)])
    if from_number.null_count < len(from_number):
        long = pc.greater(pc.binary_length(texts), 15)
        spoilt = np.asarray(pc.fill_null(pc.and_(from_number, long), False))
        form[spoilt & (form != numbers.BROKEN) & (form != numbers.NO_NUMBER)] = numbers.SPOILT
    named = {"broken": numbers.BROKEN, "spoilt": numbers.SPOILT, "wrong": numbers.WRONG}
    return {f"number_{name}": pa.array(form == code) for name, code in named.items()}


def _lost(before: pa.ChunkedArray, after: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Where something is written and nothing is left of it."""
    if before.null_count == after.null_count:
        return pa.repeat(False, len(after))
    return pc.and_(before.is_valid(), after.is_null())


def _sex(codes: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.Array]:
    """Code, 0 where it is not known, and whether a word stands there that nobody listed."""
    if codes.null_count == len(codes):
        return pa.chunked_array([pa.repeat("0", len(codes))]), pa.repeat(False, len(codes))
    known = pc.is_in(codes, value_set=pa.array(["0", "1", "2"]))
    return pc.if_else(known, codes, "0"), pc.and_(codes.is_valid(), pc.invert(known))


def _is_empty(texts: dict[str, pa.ChunkedArray], n: int) -> pa.Array:
    """Whether no element of the row is filled in."""
    filled = np.zeros(n, bool)
    for text in sorted(texts.values(), key=lambda text: text.null_count):
        if not text.null_count:
            return pa.repeat(False, n)
        filled |= np.asarray(text.is_valid())
    return pa.array(~filled)
