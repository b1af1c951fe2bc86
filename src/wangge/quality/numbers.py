"""What a written resident ID number is worth. It is never repaired: a number may only be believed, doubted or refused."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.quality.marks import Array, plain

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)  # GB 11643, ISO 7064 MOD 11-2
NO_NUMBER, RIGHT, BROKEN, SPOILT, WRONG, ODD = range(6)
SCIENTIFIC = r"^[0-9]([.,][0-9]+)?E[+]?1[0-9]$"  # 4.4E+17
DECIMAL = r"^[0-9]{15,18}[.]0*$"  # 110101199003070016.0


def forms(texts: pa.Array) -> Array:
    """Form of each number of one chunk (upper case, no blanks), uint8[n]:

    NO_NUMBER  null, or another document; nothing is said of it
    RIGHT      15 places, or 18 with the right check digit, and a day that exists
    BROKEN     10 digits and more, but neither 15 nor 18; or 4.4E+17. No passport, permit or officer's card looks so
    SPOILT     18 places that a number cell may have rounded: they end in 000, or the check digit is wrong and they are
               what the nearest double shows; or a decimal point stands in the number
    WRONG      15 or 18 places, but the check digit is wrong or the day of birth does not exist
    """
    found = np.asarray(look(*plain(texts), WEIGHTS))
    at = np.flatnonzero(found == ODD)
    if at.size:
        odd = texts.take(pa.array(at))
        broken, spoilt = (np.asarray(pc.match_substring_regex(odd, pattern)) for pattern in (SCIENTIFIC, DECIMAL))
        found[at] = np.where(broken, BROKEN, np.where(spoilt, SPOILT, NO_NUMBER))
    return found


@njit(cache=True)
def look(letters: Array, offsets: Array, valid: Array, weights: Array) -> Array:
    """The forms; ODD where a point, a comma or an E stands among the digits."""
    n = offsets.size - 1
    out = np.zeros(n, np.uint8)
    for i in range(n):
        if valid.size and not valid[i]:
            continue
        a, b = offsets[i], offsets[i + 1]
        if b - a < 4 or letters[a] < 48 or letters[a] > 57:
            continue
        form = np.uint8(RIGHT)
        for j in range(a + 1, b):
            x = letters[j]
            if 48 <= x <= 57 or (x == 88 and j == b - 1):
                continue
            form = np.uint8(ODD) if x == 46 or x == 44 or x == 69 else np.uint8(NO_NUMBER)
            break
        out[i] = form if form != RIGHT else _form(letters, a, b - a, weights)
    return out


@njit(cache=True)
def _form(letters: Array, a: int, size: int, weights: Array) -> int:
    """Form of digits, the last of which may be an X."""
    if size < 10:
        return NO_NUMBER
    if size == 15:
        old = 19000000 + _value(letters, a + 6, 6)
        return RIGHT if letters[a + 14] != 88 and _is_day(old) else WRONG
    if size != 18:
        return BROKEN
    total, last = np.int64(0), np.int64(letters[a + 17]) - 48
    for j in range(17):
        total += (np.int64(letters[a + j]) - 48) * weights[j]
    check = np.int64(10) if letters[a + 17] == 88 else last
    is_right = (total + check) % 11 == 1 and _is_day(_value(letters, a + 6, 8))
    if letters[a + 17] != 88 and _is_rounded(_value(letters, a, 18), is_right):
        return SPOILT
    return RIGHT if is_right else WRONG


@njit(cache=True)
def _value(letters: Array, a: int, size: int) -> int:
    value = np.int64(0)
    for j in range(a, a + size):
        value = value * 10 + np.int64(letters[j]) - 48
    return int(value)


@njit(cache=True)
def _is_rounded(whole: int, is_right: bool) -> bool:
    """A spreadsheet keeps 15 digits: the last three are 000, or what the double nearest to that shows (…008, …992)."""
    if whole % 1000 == 0:
        return True
    kept = (whole + 500) // 1000 * 1000
    return not is_right and np.int64(np.float64(kept)) == whole


@njit(cache=True)
def _is_day(v: int) -> bool:
    """Whether yyyymmdd is a day of 1800 to 2199."""
    year, month, day = v // 10000, v // 100 % 100, v % 100
    if year < 1800 or year > 2199 or month < 1 or month > 12 or day < 1:
        return False
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    last = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30 if month != 2 else 29 if leap else 28
    return day <= last
