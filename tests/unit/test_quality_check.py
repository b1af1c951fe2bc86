"""check(): what a clean row looks like, and that nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from wangge import intake
from wangge.base.errors import WanggeError
from wangge.quality import check
from wangge.quality import check as package_check
from wangge.quality.dates import parse
from wangge.tables.shapes import GOOD_ROW, HELD_ROW, RAW_ROW

AS_OF = dt.date(2026, 11, 23)


def raw(rows: list[dict[str, str | None]], name: str = "police", style: str = "auto") -> pa.Table:
    n = len(rows)
    columns: dict[str, object] = {"list": [name] * n, "file": ["a.csv"] * n, "sheet": [""] * n}
    columns |= {"row": list(range(1, n + 1)), "line": list(range(2, n + 2)), "date_style": [style] * n}
    for element in {e for row in rows for e in row}:
        columns[element] = pa.array([row.get(element) for row in rows], pa.string())
    return RAW_ROW.hand_over(pa.table(columns))


def good(row: dict[str, str | None], style: str = "auto") -> dict[str, object]:
    found = check(raw([row], style=style), AS_OF)
    assert found.held.num_rows == 0
    return found.good.to_pylist()[0]


FULL: dict[str, str | None] = {
    "person.name": " 张　晓明 ",
    "person.id_number": "'１１０１０１１９９００３０７１０９x",
    "person.birth_date": "1990年3月7日",
    "person.sex": "男",
    "person.phone": "+86 138-0000-0000",
    "person.address": " 金钟花园１２－３－５０１ ",
    "person.collected_on": "2026/11/1",
    "household.number": "H1",
    "person.relation_to_head": "户主",
    "person.account": "u1",
    "trip.vehicle": "g 101",
    "trip.on": "20261120",
    "case.kind": "confirmed",
    "case.onset_on": "2026.11.20",
}


def test_a_row_is_cleaned_and_typed() -> None:
    row = good(FULL)
    assert {name: value for name, value in row.items() if value is not None} == {
        "list": "police", "batch": "", "row": 1, "name": "张晓明", "id_number": "11010119900307109X",
        "birth_date": dt.date(1990, 3, 7), "sex": "1", "phone": "13800000000", "address": "金钟花园12-3-501",
        "household_number": "H1", "relation_to_head": "户主", "account": "u1", "collected_on": dt.date(2026, 11, 1),
        "trip_vehicle": "G101", "trip_on": dt.date(2026, 11, 20), 
        "case_kind": "confirmed", "case_onset_on": dt.date(2026, 11, 20),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800000000", "13800000000"), ("86 13800000000", "13800000000"), ("008613800000000", "13800000000"),
        ("138 0000 0000", "13800000000"), ("0755-26123456", "075526123456"), ("13800000000/13900000000", "13800000000"),
        ("13800000000、0755", "13800000000"), ("1.38E+10", None), ("无", None), ("没有手机", None), ("", None),
        ("8613800", "8613800"),
    ],
)  # fmt: skip
def test_phones(written: str, kept: str | None) -> None:
    assert good({"person.name": "张晓明", "person.address": "某里", "person.phone": written})["phone"] == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [("男", "1"), ("女", "2"), ("1", "1"), ("2", "2"), ("M", "1"), ("female", "2"), ("女性", "2"),
     ("", "0"), ("未知", "0"), ("9", "0"), ("不男", "0")],
)  # fmt: skip
def test_sex(written: str, kept: str) -> None:
    assert good({"person.name": "张晓明", "person.address": "某里", "person.sex": written})["sex"] == kept


PARTS = ("region", "locality", "street", "house_number", "building", "unit", "room", "postcode")


@pytest.mark.parametrize(
    ("written", "joined"),
    [
        (("天津市东丽区", "万新街道", "金钟花园", "", "12", "3", "５０１", "300300"), "天津市东丽区万新街道金钟花园12号楼3单元501室"),
        (("", "", "金钟花园", "", "12栋", "3门", "501", ""), "金钟花园12栋3门501室"),
        (("", "", "利津路", "15", "A", "", "2-301", ""), "利津路15号A号楼2-301室"),
        (("", "", "利津路", "15号", "无", "/", "", ""), "利津路15号"),
        (("wa", "st james", "tullaroop street", "6", "", "", "", "4011"), "6 tullaroop street st james wa 4011"),
        (("", "", "Main Street", "5", "", "", "2B", ""), "2B 5 Main Street"),
        (("", "", "", "", "", "", "", "300300"), None),
        (("", "", "", "", "", "", "", ""), None),
    ],
)  # fmt: skip
def test_an_address_in_parts_is_joined(written: tuple[str, ...], joined: str | None) -> None:
    parts: dict[str, str | None] = {f"address.{n}": part for n, part in zip(PARTS, written, strict=True)}
    assert good({"person.name": "张晓明", "person.phone": "13800000000"} | parts)["address"] == joined


def test_an_address_written_whole_comes_before_its_parts() -> None:
    parts: list[dict[str, str | None]] = [
        {"person.name": "张晓明", "person.address": "某里1-2-301", "address.street": "金钟花园", "address.room": "501"},
        {"person.name": "李红", "person.address": "不详", "address.street": "金钟花园", "address.room": "501"},
        {"person.name": "王明", "person.phone": "13800000000"},
        {"person.name": "赵一", "address.postcode": "300300"},
    ]
    whole = raw(parts)
    cut = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])  # as a reader hands long lists over
    for rows in (whole, cut, pa.concat_tables([whole.slice(0, 3), whole.slice(3)])):
        found = check(rows, AS_OF)
        assert found.good.column("address").to_pylist() == ["某里1-2-301", "金钟花园501室", None]
        assert found.held.column("code").to_pylist() == ["E2002"], "a postcode alone tells nobody apart"


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [
        ("2026-11-03", "auto", "2026-11-03"), ("03/11/2026", "dmy", "2026-11-03"), ("11/03/2026", "mdy", "2026-11-03"),
        ("3.11.2026", "dmy", "2026-11-03"), ("03112026", "dmy", "2026-11-03"), ("11032026", "mdy", "2026-11-03"),
        ("2026-11-03", "dmy", "2026-11-03"), ("46329", "serial", "2026-11-03"), ("46329.75", "auto", "2026-11-03"),
        ("46329", "ymd", None), ("31/02/2026", "dmy", None), ("20261103", "serial", "2026-11-03"),
        ("2026-11-03T08:30:00", "ymd", "2026-11-03"), ("2026年11月3日 8:30", "ymd", "2026-11-03"),
        ("20261103.0", "ymd", "2026-11-03"), ("2024-02-29", "ymd", "2024-02-29"), ("2025-02-29", "ymd", None),
    ],
)  # fmt: skip
def test_dates_by_style(text: str, style: str, day: str | None) -> None:
    found, bad = parse({"day": pa.chunked_array([[text, None]])}, pa.chunked_array([[style, style]]))["day"]
    assert [d and d.isoformat() for d in found.to_pylist()] == [day, None]
    assert bad.to_pylist() == [day is None, False]


def test_lists_of_two_styles_in_one_table() -> None:
    both = pa.concat_tables(
        [raw([{"person.name": "张晓明", "person.birth_date": "03/04/1985"}], name, name) for name in ("dmy", "mdy")]
    )
    assert check(both, AS_OF).good.column("birth_date").to_pylist() == [dt.date(1985, 4, 3), dt.date(1985, 3, 4)]


def test_held_rows_name_the_place_and_no_value() -> None:
    found = check(raw([{"person.name": "张晓明", "person.birth_date": "机密"}]), AS_OF)
    assert found.held.to_pylist() == [
        {"list": "police", "batch": "", "file": "a.csv", "sheet": "", "row": 1, "line": 2, "element": "person.birth_date",
         "code": "E2003"}
    ]  # fmt: skip


def test_a_row_gets_the_first_reason_only() -> None:
    found = check(raw([{"person.name": "", "person.birth_date": "x", "person.id_number": "12345678901"}]), AS_OF)
    assert found.held.column("code").to_pylist() == ["E2001"]


def test_rows_of_two_lists_are_not_each_others_duplicates() -> None:
    row = {"person.name": "张晓明", "person.phone": "13800000000"}
    found = check(pa.concat_tables([raw([row], "a"), raw([row, row], "b")]), AS_OF)
    assert found.good.select(["list", "row"]).to_pylist() == [{"list": "a", "row": 1}, {"list": "b", "row": 1}]
    assert found.held.column("code").to_pylist() == ["E2008"]


def test_no_rows_at_all() -> None:
    found = check(RAW_ROW.empty(), AS_OF)
    assert (found.good.schema, found.held.schema) == (GOOD_ROW.schema, HELD_ROW.schema)
    assert found.good.num_rows == found.held.num_rows == 0


def test_rows_that_do_not_add_up_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    module = __import__("sys").modules[package_check.__module__]
    real = module._check_list

    def forgetful(rows: pa.Table, as_of: dt.date) -> SimpleNamespace:
        whole = real(rows, as_of)
        return SimpleNamespace(good=whole.good.slice(1), held=whole.held, faults=whole.faults)

    monkeypatch.setattr(module, "_check_list", forgetful)
    with pytest.raises(WanggeError) as caught:
        check(raw([{"person.name": "张晓明", "person.phone": "1"}] * 2), AS_OF)
    assert caught.value.code == "E2009"


def test_the_lists_of_a_made_up_district_are_accounted_for(tiny: Path) -> None:
    mapping = intake.load_mapping(tiny / "mapping.toml")
    for name, listing in mapping.lists.items():
        found = intake.read(tiny / listing.file, listing)
        checked = check(found.rows, AS_OF)
        assert checked.good.num_rows + checked.held.num_rows + found.held.num_rows == found.report.n_rows
        assert not found.report.missing, name
        assert checked.good.num_rows > 0.95 * found.report.n_rows
