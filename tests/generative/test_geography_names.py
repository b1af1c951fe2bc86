"""Names in texts: the compiled search against a plain one, and laws of what is answered."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.geography import find_zones
from wangge.geography.names import BEHIND, codepoints, find, one_for_another, starting, table_of
from wangge.geography.zones import COLUMNS

WORDS = st.text("东西园里|街道社区村1A𠀀", min_size=0, max_size=9)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(WORDS, max_size=6),
    st.lists(st.tuples(st.integers(0, 1), st.text("东西园里1𠀀", min_size=2, max_size=4)), max_size=6, unique=True),
    st.integers(-1, 1),
)
def test_every_name_of_the_texts_own_city_is_found_where_it_stands(
    texts: list[str], names: list[tuple[int, str]], city: int
) -> None:
    found = find(
        pa.array(texts, pa.string()),
        np.full(len(texts), city),
        pa.array([name for _, name in names], pa.string()),
        np.array([home for home, _ in names], np.int64),
    )
    wanted = {
        (i, at, k)
        for i, text in enumerate(texts)
        for k, (home, name) in enumerate(names)
        for at in range(len(text))
        if home == city
        and text.startswith(name, at)
        # inside a word only names of four characters and more count
        and (at == 0 or text[at - 1] in BEHIND or ord(text[at - 1]) > 65535 or len(name) > 3)
    }
    rows = found.to_pylist()
    assert {(r["text"], r["spot"], r["name"]) for r in rows} == wanted
    assert len(rows) == len(wanted)


@given(st.lists(st.text(max_size=6), max_size=5))
def test_characters_are_those_of_python(texts: list[str]) -> None:
    clean = [t.encode("utf-8", "ignore").decode() for t in texts]
    chars, starts = codepoints(pa.array(clean, pa.string()))
    assert [[chr(c) for c in chars[a:b]] for a, b in pairwise(starts)] == list(map(list, clean))


TEXTS = st.lists(
    st.tuples(
        st.sampled_from(["津南区", "北辰区", "西青区"]),
        st.lists(
            st.sampled_from(["双林街", "咸水沽镇", "津铁惠苑", "小淀镇", "刘安庄村", "、", "除", "以外", "3号楼"]),
            max_size=5,
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=3)
@given(TEXTS)
def test_an_answer_depends_on_its_own_row_alone(rows: list[tuple[str, list[str]]]) -> None:
    """Order, doubles and neighbours change nothing; codes lie in one another."""
    lines = [(county, "".join(words)) for county, words in rows]
    together = find_zones(zones(lines)).to_pylist()
    backwards = find_zones(zones(lines[::-1])).to_pylist()[::-1]
    assert [r | {"zone_id": ""} for r in together] == [r | {"zone_id": ""} for r in backwards]
    for row in together:
        assert not row["street_code9"] or row["street_code9"].startswith(row["county_code6"])
        assert not row["community_code12"] or row["community_code12"].startswith(row["street_code9"])
        assert bool(row["community_code12"]) == (row["reason"] == "")


def zones(lines: list[tuple[str, str]]) -> pa.Table:
    columns = [
        [f"z{i}" for i in range(len(lines))],
        ["low"] * len(lines),
        ["天津市"] * len(lines),
        ["天津市"] * len(lines),
    ]
    columns += [[c for c, _ in lines], [t for _, t in lines], ["2022-07-05"] * len(lines), [""] * len(lines)]
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


@given(st.lists(st.text("侯候村邨a|（é𠀀", max_size=6), max_size=5), st.integers(0, 2))
def test_characters_stand_for_one_another_as_told(texts: list[str], offset: int) -> None:
    given_texts = pa.array(texts, pa.string()).slice(offset)
    wanted = [t.translate(str.maketrans("候邨", "侯村")) for t in texts[offset:]]
    assert one_for_another(given_texts, "候邨", "侯村").to_pylist() == wanted


@given(
    st.lists(WORDS, max_size=6),
    st.lists(st.tuples(st.integers(0, 1), st.text("东西园里1𠀀", min_size=1, max_size=4)), max_size=6, unique=True),
    st.integers(0, 1),
)
def test_the_longest_name_at_the_start_is_that_of_the_texts_own_city(
    texts: list[str], names: list[tuple[int, str]], city: int
) -> None:
    table = table_of(pa.array([n for _, n in names], pa.string()), np.array([home for home, _ in names], np.int64))
    of_texts = codepoints(pa.array(texts, pa.string()))
    found = starting(*of_texts, np.full(len(texts), city), *table, longest=4)
    wanted = [max((len(n) for home, n in names if home == city and t.startswith(n)), default=0) for t in texts]
    assert found.tolist() == wanted
