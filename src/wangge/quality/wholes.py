"""A name or an address that a list writes in parts, joined."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# part of an address -> the word its bare number takes in a Chinese address, from the largest part to the smallest
PART_WORDS = {
    "region": "", "locality": "", "street": "", "house_number": "号", "building": "号楼", "unit": "单元", "room": "室",
}  # fmt: skip
IDEOGRAPH, BARE_NUMBER = r"[\x{3007}\x{3400}-\x{9fff}\x{20000}-\x{3ffff}]", r"^[0-9A-Za-z-]+$"
NOTHING = pa.scalar(None, pa.string())


def whole_name(name: pa.ChunkedArray, texts: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """The name, or where none is written the surname and the given name, or the one that is there. Ideographs stand
    together, the surname in front; of other scripts the given name comes first."""
    blank = pa.chunked_array([pa.nulls(len(name), pa.string())])
    surname, given = (texts.get(f"person.{part}", blank) for part in ("surname", "given_name"))
    if surname.null_count == given.null_count == len(name) or not name.null_count:
        return name
    chinese, other = joined([surname, given], ""), joined([given, surname], " ")
    whole = pc.if_else(pc.match_substring_regex(chinese, IDEOGRAPH), chinese, other)
    return pc.coalesce(name, pc.if_else(pc.equal(whole, ""), NOTHING, whole))


def whole_address(address: pa.ChunkedArray, texts: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """The address, or where none is written its parts. A Chinese one is joined from its region to its room, bare numbers
    with their words (12, 3, 501 -> 12号楼3单元501室, not 123501); any other from its room to its postcode, with blanks."""
    blank = pa.chunked_array([pa.nulls(len(address), pa.string())])
    parts = {name: texts.get(f"address.{name}", blank) for name in PART_WORDS}
    if all(part.null_count == len(part) for part in parts.values()):
        return address
    worded = [_with_word(part, PART_WORDS[name]) for name, part in parts.items()]
    chinese = joined(worded, "")
    other = joined([*reversed(parts.values()), texts.get("address.postcode", blank)], " ")
    whole = pc.if_else(pc.match_substring_regex(joined(list(parts.values()), ""), IDEOGRAPH), chinese, other)
    return pc.coalesce(address, pc.if_else(pc.equal(chinese, ""), NOTHING, whole))


def joined(parts: list[pa.ChunkedArray], between: str) -> pa.ChunkedArray:
    """The parts that are there. The empty one in front is there in every row: pyarrow 26 leaves a row out of its answer
    where "skip" finds nothing to join."""
    front = pa.chunked_array([pa.repeat("", len(parts[0]))])
    found = pc.binary_join_element_wise(front, *parts, between, null_handling="skip")
    return pc.utf8_ltrim_whitespace(found)


def _with_word(numbers: pa.ChunkedArray, word: str) -> pa.ChunkedArray:
    if not word or numbers.null_count == len(numbers):
        return numbers
    worded = pc.binary_join_element_wise(numbers, word, "")
    return pc.if_else(pc.match_substring_regex(numbers, BARE_NUMBER), worded, numbers)
