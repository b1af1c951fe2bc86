"""Near names equal a plain reading of the same rule, and the shipped tables hold what they should."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from wangge.identity.bytes import raw
from wangge.identity.groups import NO_RIVALS, roots
from wangge.identity.near_names import are_near, merge_named
from wangge.identity.normal import look_alikes, names_of, rough, scripts

FIXED = settings(deadline=None, max_examples=150)
NAME = st.text("王玉主晓曉小朋明李红·", min_size=1, max_size=4)


def plain_near(one: str, two: str) -> bool:
    fold, homo, pairs = scripts(), rough(), set(look_alikes().tolist())
    a, b = ([int(fold[ord(c)]) for c in name if c != "·"] for name in (one, two))
    if len(a) != len(b) or len(a) < 2:
        return False
    if a[1:] + a[:1] == b or b[1:] + b[:1] == a:
        return True
    off = [k for k, (x, y) in enumerate(zip(a, b, strict=True)) if homo[x] != homo[y] and x << 16 | y not in pairs]
    return not off or (off == [0] and len(a) > 2)


def near(one: str, two: str) -> bool:
    found = names_of(raw(pa.chunked_array([[one, two]])))
    return bool(are_near(*found.packed, *found.letters, rough(), look_alikes()))


@FIXED
@given(NAME, NAME)
@example("王晓明", "玉曉朋")
@example("王晓明", "王晓红")
def test_near_names(one: str, two: str) -> None:
    assert near(one, two) == near(two, one) == plain_near(one, two)


@FIXED
@given(st.lists(st.tuples(st.integers(0, 2), NAME, st.sampled_from([-1, -1, 7, 8])), max_size=8), st.integers(0, 5))
def test_merging_near_names(rows: list[tuple[int, str, int]], cap: int) -> None:
    """Who is near two valid numbers joins nobody; clusters never hold two of them, and only near names are joined."""
    rows.sort(key=lambda row: row[0])
    n = len(rows)
    key, number = (np.array([row[i] for row in rows], np.int64) for i in (0, 2))
    names = [row[1] for row in rows]
    named = names_of(raw(pa.chunked_array([names], pa.string())))
    parent, how = np.arange(n), np.zeros(n, np.int8)
    doubt = merge_named(
        np.arange(n), key, parent, number.copy(), how, 1, cap, NO_RIVALS,
        named.packed, named.letters, rough(), look_alikes(), False,
    )  # fmt: skip
    root = roots(parent)
    group = Counter(key.tolist())

    def is_near(i: int, j: int) -> bool:
        return i != j and key[i] == key[j] and 1 < group[key[i]] <= cap and plain_near(names[i], names[j])

    torn = [
        i for i in range(n)
        if len({int(number[j]) for j in range(n) if is_near(i, j) or i == j} - {-1}) > 1
    ]  # fmt: skip
    assert {int(key[i]) for i in np.flatnonzero(doubt)} == {int(key[i]) for i in torn}
    for i in range(n):
        mates = {j for j in range(n) if root[j] == root[i]}
        assert len({int(number[j]) for j in mates} - {-1}) <= 1
        assert len(mates) == 1 or (i not in torn and any(is_near(i, j) for j in mates))
        for j in range(n):
            if is_near(i, j) and i not in torn and j not in torn and root[i] != root[j]:
                both = {int(number[k]) for k in range(n) if root[k] in (root[i], root[j])} - {-1}
                assert len(both) > 1  # a chain would have joined two numbers


@FIXED
@given(st.lists(st.text(st.sampled_from("王曉晓龥㐀A·"), max_size=6), min_size=1, max_size=4))
def test_a_packed_name_is_the_name(names: list[str]) -> None:
    packed = names_of(raw(pa.chunked_array([names]))).packed
    for name, one in zip(names, packed.tolist(), strict=True):
        bare = "".join(chr(scripts()[ord(c)]) for c in name if c != "·")
        if not 0 < len(bare) <= 4 or "A" in bare:
            assert one == -1
            continue
        assert "".join(chr((one >> 15 * k & 0x7FFF) + 0x3400 - 1) for k in range(len(bare))) == bare
        assert one >> 15 * len(bare) == 0


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("王晓明", "WANG XIAOMING"), ("王晓明", "Wang Xiao-Ming"), ("王晓明", "Xiaoming Wang"), ("吕青", "Lv Qing"),
        ("买买提·艾力", "买买提艾力"), ("買買提•艾力", "买买提.艾力"), ("張曉明", "张晓明"), ("Ali O'Neil", "ALI ONEIL"),
    ],
)  # fmt: skip
def test_spellings_of_one_name(one: str, two: str) -> None:
    found = names_of(raw(pa.chunked_array([[one, two]])))
    assert found.letters[0] == found.letters[1] >= 0
    if not (one[0] > "㐀" > two[0]):
        assert found.exact[0] == found.exact[1]


@FIXED
@given(st.lists(st.sampled_from(sorted("王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗晓明红伟芳娜敏静丽强磊军洋勇艳杰娟涛")),
                min_size=1, max_size=4), st.randoms())  # fmt: skip
def test_pinyin_is_the_letters_in_any_order(characters: list[str], random: object) -> None:
    name = "".join(characters)
    spelling = lazy_pinyin(name, style=Style.NORMAL, v_to_u=False)
    random.shuffle(spelling)  # type: ignore[attr-defined]
    found = names_of(raw(pa.chunked_array([[name, " ".join(spelling).upper(), " ".join(spelling) + "x"]]))).letters
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [("张志强", "张自强", True), ("刘林", "刘玲", True), ("李兰", "李南", True), ("胡华", "胡发", False),
     ("黄辉", "黄飞", False), ("王晓明", "晓明王", True), ("王晓明", "明晓王", False), ("王红", "王军", False)],
)  # fmt: skip
def test_names_that_many_speakers_read_alike(one: str, two: str, same: bool) -> None:
    assert near(one, two) == same


def test_tables_are_clean() -> None:
    fold = scripts()
    assert all(fold[fold] == fold)
    assert [chr(fold[ord(c)]) for c in "張曉剛國劉强"] == list("张晓刚国刘强")
    pairs = look_alikes()
    for a, b in ("己已", "末未", "曰日", "戴载", "戊戌", "侯候"):
        assert ord(a) << 16 | ord(b) in pairs
        assert ord(b) << 16 | ord(a) in pairs
    assert ord("王") << 16 | ord("李") not in pairs
