"""Compiled kernels equal a plain reading of the same rule, on every input."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wangge.identity.bytes import raw
from wangge.identity.doors import ENDS, NUMERALS, UNITS, doors
from wangge.identity.groups import NO_RIVALS, best_rows, digits_apart, merge, roots
from wangge.identity.normal import WEIGHTS, hashes_of, homophones, id_numbers, phones

DOTS = " 　·•‧・."
FIXED = settings(deadline=None, max_examples=100)


def column(texts: list[str | None]) -> tuple[np.ndarray, np.ndarray]:
    return raw(pa.chunked_array([texts], pa.string()))


# ---- numbers -------------------------------------------------------------------------------------------------------


def plain_number(text: str) -> tuple[int, bool]:
    """GB 11643 read slowly. -> (body or -1, valid)"""
    if re.fullmatch(r"[0-9]{15}", text):
        body, right = text[:6] + "19" + text[6:], True
    elif re.fullmatch(r"[0-9]{17}[0-9Xx]", text):
        body, check = text[:17], text[17].upper()
        total = sum(int(d) * int(w) for d, w in zip(body, WEIGHTS, strict=True))
        right = "10X98765432"[total % 11] == check
        if check != "X":
            whole = int(text)
            nearest = int(float((whole + 500) // 1000 * 1000))
            right = right and not text.endswith("000") and nearest != whole
    else:
        return -1, False
    try:
        born = dt.date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return int(body), False
    return int(body), right and 1800 <= born.year <= 2199


def with_check(body: str) -> str:
    return body + "10X98765432"[sum(int(d) * int(w) for d, w in zip(body, WEIGHTS, strict=True)) % 11]


BODIES = st.builds(
    lambda region, day, order: f"{region:06}{day:%Y%m%d}{order:03}",
    st.integers(0, 999999), st.dates(dt.date(1700, 1, 1), dt.date(2300, 1, 1)), st.integers(0, 999),
)  # fmt: skip
NUMBERS = BODIES.map(with_check) | BODIES | BODIES.map(lambda b: b[:6] + b[8:]) | st.text("0123456789Xx", max_size=20)


@FIXED
@given(st.lists(NUMBERS | st.none() | st.text(max_size=19), max_size=6))
@example(["110101199003071000", "11010119900307109x", "1101011990022900"])
def test_numbers(texts: list[str | None]) -> None:
    body, valid, other = id_numbers(*column(texts), WEIGHTS)
    assert [(int(b), bool(v)) for b, v in zip(body, valid, strict=True)] == [plain_number(t or "") for t in texts]
    for text, b, o in zip(texts, body, other, strict=True):
        assert (o >= 0) == (bool(text) and b < 0)
    assert len({int(o) for o in other if o >= 0}) == len({t for t, o in zip(texts, other, strict=True) if o >= 0})


@FIXED
@given(st.integers(0, 10**17 - 1), st.integers(0, 10**17 - 1))
def test_digits_apart(a: int, b: int) -> None:
    assert digits_apart(a, b) == sum(x != y for x, y in zip(f"{a:017}", f"{b:017}", strict=True))


@FIXED
@given(st.lists(st.none() | st.text("0123456789 -+x", max_size=16), max_size=6))
def test_phones(texts: list[str | None]) -> None:
    digits = [re.sub(r"[^0-9]", "", t or "")[-11:] for t in texts]
    assert phones(*column(texts)).tolist() == [int(d) if len(d) == 11 and not d.startswith("0") else -1 for d in digits]


# ---- names ---------------------------------------------------------------------------------------------------------


@FIXED
@given(st.lists(st.text(st.sampled_from("王晓小明红张章·• 　Aé𠀀"), max_size=4), min_size=2, max_size=6))
def test_names_are_equal_when_their_sounds_are(texts: list[str]) -> None:
    exact, alike = hashes_of(column(list(texts)))
    table = homophones()
    bare = ["".join(c for c in t if c not in DOTS) for t in texts]
    sounds = [tuple(int(table[ord(c) & 0xFFFF]) for c in b) for b in bare]
    for i in range(len(texts)):
        assert (exact[i] >= 0) == (alike[i] >= 0) == bool(bare[i])
        for j in range(i):
            if bare[i] and bare[j]:
                assert (alike[i] == alike[j]) == (sounds[i] == sounds[j])
                assert (exact[i] == exact[j]) == (bare[i] == bare[j])


# ---- doors ---------------------------------------------------------------------------------------------------------

NUMBER = rf"(?P<digits>[0-9]+)|(?P<letter>[A-Za-z])|(?P<written>[{NUMERALS}两]{{1,4}})(?=[{UNITS}])"


def written(text: str) -> int:
    total, last = 0, 0
    for char in text:
        value = 2 if char == "两" else NUMERALS.index(char)
        total, last = (total + max(last, 1) * 10, 0) if value == 10 else (total, last * 10 + value)
    return total + last


def plain_door(text: str) -> tuple[str, tuple[int, ...]] | None:
    """The last name before its numbers, and the numbers."""
    name, numbers, run, tail = "", [], "", ""
    at = 0
    while at < len(text):
        hit = re.compile(NUMBER).match(text, at)
        if hit:
            kind, word = hit.lastgroup, hit.group()
            number = {"digits": lambda w: int(w) % 10**9, "letter": lambda w: 2 * 10**9 + (ord(w) & 31),
                      "written": written}[kind](word)  # fmt: skip
            core = [c for c in run if c not in UNITS]
            if len(core) >= (2 if numbers else 1):
                name, numbers = run.rstrip(UNITS), []
            numbers.append(number)
            run, tail = "", ""
            at = hit.end()
            continue
        char = text[at]
        at += 1
        if char < "一":
            continue
        tail = char
        if run or char not in UNITS or not numbers:
            run += char
    whole = name and (len(numbers) >= 2 or (len(numbers) == 1 and tail == "号"))
    return (name, tuple(numbers)) if whole else None


def same_door(one: str, two: str) -> bool:
    a, b = plain_door(one), plain_door(two)
    if a is None or b is None or a[1] != b[1]:
        return False
    core = [[c for c in n if c not in UNITS][-3:] for n in (a[0], b[0])]
    return core[0] == core[1] and any(
        a[0][-k:] == b[0][-k:] and all(begins(n, k) for n in (a[0], b[0])) and (k >= 3 or k in (len(a[0]), len(b[0])))
        for k in range(1, min(len(a[0]), len(b[0])) + 1)
    )


def begins(name: str, k: int) -> bool:
    """Whether a name of its own may stand in the last k characters."""
    return len(name) == k or name[-k - 1] in ENDS


PIECES = st.sampled_from(["东丽区", "万新街道", "金钟花园", "银钟花园", "柳村", "大", "第", "五一小区", "成林道"])
NUMBERED = st.sampled_from(
    ["12-3-501", "12号楼3单元501室", "12栋3门501", "十二号楼三单元501室", "12号", "3", "A座5", "两层2", ""]
)
ADDRESSES = st.builds(lambda a, n: "".join(a) + n, st.lists(PIECES, max_size=3), NUMBERED)


@FIXED
@given(ADDRESSES, ADDRESSES)
@example("金钟花园12号楼3单元501室", "东丽区金钟花园12-3-501")
@example("大金钟花园12-3", "金钟花园12-3")
@example("东丽区金钟花园12-3", "万新街道金钟花园12-3")
@example("都市花园12-3", "城市花园12-3")
def test_doors(one: str, two: str) -> None:
    found, _, _ = doors(column([one, two]))
    assert (found[0] >= 0, found[1] >= 0) == (plain_door(one) is not None, plain_door(two) is not None)
    assert (found[0] == found[1] and found[0] >= 0) == same_door(one, two)


# ---- groups --------------------------------------------------------------------------------------------------------


def plain_merge(keys: list[int], numbers: list[int], cap: int) -> tuple[list[set[int]], set[int]]:
    """Groups of one key are joined unless they name two numbers. -> (clusters, rows of ambiguous groups)"""
    clusters = [{i} for i in range(len(keys))]
    doubts: set[int] = set()
    for key in sorted(set(keys)):
        group = {i for i, k in enumerate(keys) if k == key}
        touched = [c for c in clusters if c & group]
        named = {numbers[i] for c in touched for i in c if numbers[i] >= 0}
        if len(group) < 2 or (cap and len(group) > cap):
            continue
        if len(named) > 1:
            doubts |= group
        else:
            clusters = [c for c in clusters if not c & group] + [set().union(*touched)]
    return clusters, doubts


@FIXED
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([-1, -1, -1, 7, 8])), max_size=12),
    st.integers(0, 4),
)
def test_merging_twice_over_two_keys(rows: list[tuple[int, int, int]], cap: int) -> None:
    n = len(rows)
    numbers = [number for _, _, number in rows]
    parent, number, how = np.arange(n), np.array(numbers, np.int64), np.zeros(n, np.int8)
    first, second = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    order = np.argsort(first, kind="stable")
    doubt = merge(order, first, parent, number, how, 1, cap, NO_RIVALS)
    clusters, doubts = plain_merge(first.tolist(), numbers, cap)
    assert {int(first[order[i]]) for i in np.flatnonzero(doubt)} == {int(first[i]) for i in doubts}
    found = roots(parent)
    assert {frozenset(np.flatnonzero(found == r).tolist()) for r in found} == {frozenset(c) for c in clusters}
    assert all((how[i] == 1) == (len(c) > 1) for c in clusters for i in c)
    merge(np.argsort(second, kind="stable"), second, parent, number, how, 2, 0, NO_RIVALS)
    found = roots(parent)
    for r in set(found.tolist()):
        assert len({numbers[i] for i in np.flatnonzero(found == r) if numbers[i] >= 0}) <= 1


@FIXED
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50), st.booleans()), max_size=12))
def test_best_rows(rows: list[tuple[int, int, bool]]) -> None:
    person, rank, there = (
        np.array([row[i] for row in rows], kind) for i, kind in enumerate((np.int64, np.int64, bool))
    )
    best = best_rows(person, rank, there, 4)
    for p in range(4):
        own = [i for i, row in enumerate(rows) if row[0] == p and row[2]]
        assert best[p] == (min(own, key=lambda i: (rows[i][1], i)) if own else -1)
