"""The reference table: whole, quick, small, and old codes still resolve."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.geography import codes

DATA = Path(codes.__file__).parent / "data"


@pytest.mark.parametrize(
    ("level", "count"),
    [("province", 31), ("city", 342), ("county", 2978), ("street", 41352), ("community", 620573)],
)
def test_counts_are_those_of_the_edition(level: str, count: int) -> None:
    assert codes.divisions(level).num_rows == count


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("120110003032", "天津市东丽区万新街道海颂园社区居委会"),
        ("130982001015", "河北省沧州市任丘市新华路街道金台园社区居民委员会"),
        ("440305", "广东省深圳市南山区"),
        ("330103", "浙江省杭州市下城区"),  # ended after 2021
        ("11", "北京市"),
        ("440305000000", "广东省深圳市南山区"),
        ("440000", "广东省"),
    ],
)
def test_known_places(code: str, full_name: str) -> None:
    assert codes.lookup(code).full_name == full_name


def test_every_parent_exists() -> None:
    numbers = codes._table()[0]
    for digits, up in codes.PARENT.items():
        level = numbers[(numbers >= 10 ** (digits - 1)) & (numbers < 10**digits)]
        assert np.isin(level // 10 ** (digits - up), numbers).all()


@pytest.mark.parametrize("code", ["", "x", "99", "123", "440399", "44030500", "１１", "440305007015001", "-1", "11 "])
def test_what_is_no_code_says_so(code: str) -> None:
    with pytest.raises(WanggeError, match="E4001"):
        codes.lookup(code)


@given(st.text(max_size=16))
def test_any_text_is_a_division_or_a_numbered_error(text: str) -> None:
    try:
        assert codes.lookup(text).level in codes.LEVELS.values()
    except WanggeError as error:
        assert error.code == "E4001"


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("330103", ("330105",)),  # merged
        ("330104", ("330102", "330114")),  # split
        ("130223", ("130284",)),  # county became city
        ("130502", ("130502",)),  # renamed, the code lives
        ("542421", ("540602",)),  # prefecture became city: all codes changed
        ("371203", ("370117",)),  # moved to another city
        ("371201", ()),  # nobody can say
        ("120110003032", ("120110003032",)),
    ],
)
def test_old_codes_resolve_to_todays(old: str, now: tuple[str, ...]) -> None:
    assert codes.current(old) == now


def test_history_tells_names_by_years() -> None:
    spells = [(s.name, s.first_year, s.last_year, s.successors) for s in codes.history("232701")]
    assert spells == [("加格达奇区", 2018, 2018, ("232761",)), ("漠河市", 2019, 2024, ())]
    assert codes.lookup("330113").first_year == 2022
    assert codes.history("440305007") == ()


def test_successors_are_known_codes_and_only_ended_zones_lack_one() -> None:
    rows = list(csv.DictReader((DATA / "county_history.csv").read_text("utf-8").splitlines()))
    known = {r["code"] for r in rows}
    assert {c for r in rows for c in r["successors"].split()} <= known
    alive = {r["code"] for r in rows if r["last_year"] == "2024"}
    ended = {r["code"] for r in rows} - alive
    resolved = [c for c in ended if codes.current(c)]
    assert len(ended) >= 140
    assert len(resolved) / len(ended) > 0.8


def test_children_are_the_level_below() -> None:
    streets = codes.children("440305")
    assert [s.name for s in streets][:3] == ["南头街道", "南山街道", "沙河街道"]
    assert {s.parent for s in streets} == {"440305"}
    assert "120110003032" in [c.code for c in codes.children("120110003")]
    assert codes.children("120110003032") == []
    assert sum(len(codes.children(c)) for c in codes.divisions("province")["code"].to_pylist()) == 342


def test_it_ships_small_and_answers_fast() -> None:
    assert sum(f.stat().st_size for f in DATA.iterdir()) < 8_000_000
    codes._table.cache_clear()
    started = time.perf_counter()
    codes._table()
    assert time.perf_counter() - started < 1.0  # 0.1 s on a quiet machine
    codes.lookup("120110003032")
    started = time.perf_counter()
    for _ in range(500):
        codes.lookup("120110003032")
        codes.history("330103")
    assert (time.perf_counter() - started) / 500 < 0.001


@pytest.mark.shared
def test_every_name_equals_the_source(shared_data: Path) -> None:
    source = pq.read_table(shared_data / "cn_admin_nbs2023" / "villages_12digit.parquet").sort_by("code")
    built = codes.divisions("community")
    assert built["code"].to_pylist() == source["code"].to_pylist()
    assert built["name"].to_pylist() == source["name"].to_pylist()


@pytest.mark.shared
def test_the_pilot_extracts_agree(shared_data: Path) -> None:
    for file in sorted((shared_data / "cn_admin_nbs2023").glob("pilot_*.csv")):
        for row in csv.DictReader(file.read_text("utf-8-sig").splitlines()):
            found = codes.lookup(row["code"])
            assert (found.name, found.parent) == (row["name"], row["streetCode"])
            assert codes.lookup(found.parent).parent == row["areaCode"]
