"""Steps of cleaning a cell. Each has a name that the change report gives, and the marks without which it changes nothing.

A cell goes through COMMON, then through the steps of its element. prepare() asks only the cells whose marks call for a
step; changes() asks every altered cell step by step. Both use these same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.quality.marks import BLANK, EDGE, LONG, LOWER, MISSING, NOT_DIGITS, OTHER, Array, marks_of, plain
from wangge.quality.words import words

HAN = r"[\x{3007}\x{3400}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{3ffff}]"
# Control and format characters: nobody sees them, no two clerks type them alike, a database may refuse them.
UNSEEN = r"[\x00-\x08\x0e-\x1f\x7f-\x9f\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}]"
QUOTES = " \t\n\v\f\r'`’‘"


@dataclass(frozen=True)
class Step:
    """`change` takes and gives text of the same length; a cell without one of the marks `needs` comes back as it is."""

    rule: str
    needs: np.uint8
    change: Callable[[pa.Array], pa.Array]


def _unseen(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(texts, UNSEEN, "")


def _width(texts: pa.Array) -> pa.Array:
    return pc.utf8_normalize(texts, form="NFKC")


def _without_quotes(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim(texts, QUOTES)


def _without_missing(texts: pa.Array) -> pa.Array:
    gone = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(["", *words()["missing"]]))
    return pc.if_else(gone, pa.scalar(None, pa.string()), texts)


def without_blanks(texts: pa.Array) -> pa.Array:
    """No blank anywhere."""
    return pc.replace_substring_regex(texts, r"\s+", "")


def name_blanks(texts: pa.Array) -> pa.Array:
    """No blank between ideographs; one where other names have some."""
    single = pc.replace_substring_regex(texts, r"\s+", " ")
    # Once more: of 张 晓 明 one pass joins only every second pair.
    for _ in range(2):
        single = pc.replace_substring_regex(single, f"({HAN}) ({HAN})", r"\1\2")
    return single


def phone(texts: pa.Array) -> pa.Array:
    """Digits of the first number in the cell, without the country's 86; null where there are none."""
    first = pc.replace_substring_regex(texts, r"[/、,;|].*$", "")
    digits = pc.replace_substring_regex(first, r"[^0-9]+", "")
    digits = pc.replace_substring_regex(digits, r"^(00)?86(1[0-9]{10})$", r"\2")
    broken = pc.match_substring_regex(texts, r"(?i)[0-9]e\+?[0-9]")  # 1.38E+10: the number is lost
    return pc.if_else(pc.or_(broken, pc.equal(digits, "")), pa.scalar(None, pa.string()), digits)


def _worded(key: str) -> Callable[[pa.Array], pa.Array]:
    """Written words -> codes of words.toml; a word nobody listed stays as it is and is judged by a check."""

    def change(texts: pa.Array) -> pa.Array:
        meaning = {word: code for code, some in words()[key].items() for word in some}
        coded = texts.dictionary_encode()
        codes = pa.array([meaning.get(text.lower(), text) for text in coded.dictionary.to_pylist()], pa.string())
        return codes.take(coded.indices)

    return change


ANY = np.uint8(255)  # every cell is asked
COMMON = (
    Step("unseen", OTHER, _unseen),
    Step("width", OTHER, _width),
    Step("blanks", OTHER | EDGE, pc.utf8_trim_whitespace),
    Step("apostrophe", OTHER | EDGE, _without_quotes),
)
MISSING_WORD = Step("missing_word", MISSING, _without_missing)
# A blank that went may leave an accent behind its letter: the two are one character then.
_ONE = Step("width", OTHER, _width)
_NUMBER = (Step("blanks", BLANK, without_blanks), Step("upper", LOWER | OTHER, pc.utf8_upper), _ONE)
_NAME = (Step("blanks", BLANK, name_blanks),)
STEPS: dict[str, tuple[Step, ...]] = {
    "person.name": _NAME,
    "person.surname": _NAME,
    "person.given_name": _NAME,
    "person.id_number": _NUMBER,
    "person.sex": (Step("word", ANY, _worded("sex")),),
    "person.phone": (Step("digits", NOT_DIGITS | LONG, phone),),
    "person.email": (Step("blanks", BLANK, without_blanks), Step("lower", ANY, pc.utf8_lower), _ONE),
    "person.residence_kind": (Step("word", ANY, _worded("residence_kind")),),
    "household.kind": (Step("word", ANY, _worded("household_kind")),),
    "trip.vehicle": _NUMBER,
    "case.kind": (Step("word", ANY, _worded("case_kind")),),
}


def tidy(texts: pa.Array) -> tuple[pa.Array, Array]:
    """Through COMMON: no unseen characters, NFKC, no blanks or apostrophes at the ends; words for "unknown" are null.

    -> (the texts, their marks)
    """
    marks = marks_of(texts)
    at = np.flatnonzero(marks & (OTHER | EDGE))
    if at.size:
        some = texts.take(pa.array(at))
        for step in COMMON:
            some = step.change(some)
        texts, marks[at] = put(texts, at, some), marks_of(some)
    at = np.flatnonzero(marks & MISSING)
    gone = at[np.asarray(_without_missing(texts.take(pa.array(at))).is_null())] if at.size else at
    marks[gone] = 0
    return without(texts, gone), marks


def clean(texts: pa.Array, marks: Array, element: str) -> pa.Array:
    """Tidy texts through the steps of their element."""
    for step in STEPS.get(element, ()):
        if step.needs == ANY:
            texts = step.change(texts)
            continue
        at = np.flatnonzero(marks & step.needs)
        if at.size:
            texts = put(texts, at, step.change(texts.take(pa.array(at))))
    return texts


def put(texts: pa.Array, at: Array, some: pa.Array) -> pa.Array:
    """`texts` with `some` in the places `at`, which ascend."""
    mask = np.zeros(len(texts), bool)
    mask[at] = True
    return pc.replace_with_mask(texts, pa.array(mask), some)


def without(texts: pa.Array, gone: Array) -> pa.Array:
    """`texts` with nulls in the places `gone`; the bytes are shared, only the validity is new."""
    if not gone.size:
        return texts
    _, _, valid = plain(texts)
    keep = np.ones(texts.offset + len(texts), bool)
    keep[texts.offset :] = valid if valid.size else True
    keep[texts.offset + gone] = False
    bitmap = pa.py_buffer(np.packbits(keep, bitorder="little"))
    return pa.Array.from_buffers(texts.type, len(texts), [bitmap, *texts.buffers()[1:]], offset=texts.offset)
