"""Laws of the columns that made-up people are written with, against plain Python."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from wangge.synth.data import stream
from wangge.synth.lists.rows import _swapped, with_duplicates
from wangge.synth.numbers import WEIGHTS, is_valid, with_check
from wangge.synth.people import household_kinds, people
from wangge.synth.text import blank, by_kind, dates, digits, join, put, take, widen

DATES = st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=40)


def check_letter(seventeen: str) -> str:
    """GB 11643 by hand."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, WEIGHTS.tolist(), strict=True)) % 11]


@given(st.lists(st.text("0123456789", min_size=17, max_size=17), min_size=1, max_size=30))
def test_check_letters_are_those_of_the_standard(numbers: list[str]) -> None:
    letters = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(-1, 17)
    whole = [row.tobytes().decode() for row in with_check(letters)]
    assert whole == [n + check_letter(n) for n in numbers]


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: str, place: int, by: int) -> None:
    letters = with_check(np.frombuffer(number.encode(), np.uint8).reshape(1, 17))
    assert is_valid(letters).all()
    letters[0, place] = (letters[0, place] - 48 + by) % 10 + 48
    assert not is_valid(letters).any()


@given(DATES)
def test_dates_are_written_as_python_writes_them(days: list[dt.date]) -> None:
    column = np.array(days, "datetime64[D]")
    assert dates(column, "19800503").to_pylist() == [f"{d:%Y%m%d}" for d in days]
    assert dates(column, "1980-05-03").to_pylist() == [d.isoformat() for d in days]
    assert dates(column, "1980/5/3").to_pylist() == [f"{d.year}/{d.month}/{d.day}" for d in days]
    assert dates(column, "1980.05.03").to_pylist() == [f"{d:%Y.%m.%d}" for d in days]
    assert dates(column, "03/05/1980").to_pylist() == [f"{d:%d/%m/%Y}" for d in days]


@given(DATES)
def test_swapping_day_and_month_twice_changes_nothing(days: list[dt.date]) -> None:
    column = np.array(days, "datetime64[D]")
    assert (_swapped(_swapped(column)) == column).all()
    once = _swapped(column).astype(object).tolist()
    wanted = [d.replace(month=d.day, day=d.month) if d.day <= 12 else d for d in days]
    assert once == wanted


@given(st.lists(st.integers(0, 10**11 - 1), min_size=1, max_size=50))
def test_digits_have_leading_zeros(numbers: list[int]) -> None:
    assert digits(np.array(numbers), 11).to_pylist() == [f"{n:011d}" for n in numbers]


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=5)), min_size=1, max_size=30))
def test_each_row_is_made_by_the_maker_of_its_kind(rows: list[tuple[int, str]]) -> None:
    kind, words = np.array([k for k, _ in rows]), [w for _, w in rows]
    made = by_kind(kind, {k: lambda at, k=k: join(str(k), take(words, at)) for k in range(3)})
    assert made.to_pylist() == [f"{k}{w}" for k, w in rows]


@given(st.lists(st.tuples(st.text(max_size=4), st.booleans()), min_size=1, max_size=30))
def test_blank_and_put_touch_only_their_rows(rows: list[tuple[str, bool]]) -> None:
    values, where = pa.array([w for w, _ in rows]), np.array([b for _, b in rows])
    assert blank(values, where).to_pylist() == [None if b else w for w, b in rows]
    new = pa.array(["new"] * int(where.sum()), pa.string())
    assert put(values, where, new).to_pylist() == ["new" if b else w for w, b in rows]


@given(st.text("0123456789-号楼", max_size=20))
def test_wide_digits_come_back_by_nfkc(text: str) -> None:
    import unicodedata

    wide = widen(pa.array([text]))[0].as_py()
    assert unicodedata.normalize("NFKC", wide) == text
    assert not set(wide) & set("0123456789")


@given(st.integers(0, 10**6), st.integers(50, 400), st.floats(2.6, 3.0))
def test_people_fit_their_households_exactly(seed: int, households: int, size: float) -> None:
    wanted = round(households * size)
    rng = stream(seed, "law")
    try:
        kinds = household_kinds(rng, wanted, households)
    except ValueError:
        return  # too many or too few for the kinds: it says so and makes nothing
    crowd = people(rng, kinds, "120110", dt.date(2026, 11, 20))
    assert (len(crowd), crowd.n_households) == (wanted, households)
    assert (crowd.household[crowd.head] == crowd.household).all()
    assert (crowd.position[crowd.head] == 0).all()
    assert is_valid(crowd.id_number).all()


@given(st.integers(0, 10**6), st.lists(st.integers(0, 1000), min_size=1, max_size=200), st.floats(0, 1))
def test_duplicates_are_added_and_nothing_is_lost(seed: int, who: list[int], share: float) -> None:
    out = with_duplicates(stream(seed, "law"), np.array(who), share).tolist()
    assert set(out) == set(who)
    assert len(who) <= len(out) <= 2 * len(who)
    rest = iter(out)
    assert all(w in rest for w in who)  # the order of the first ones stays
