"""check(): what a clean row looks like, and that nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wangge import intake
from wangge.base.errors import WanggeError
from wangge.quality import check
from wangge.quality import check as package_check
from wangge.quality.check import rows_with_fault
from wangge.quality.dates import parse
from wangge.tables.shapes import FAULT, GOOD_ROW, HELD_ROW, RAW_ROW

AS_OF = dt.date(2026, 11, 23)


def raw(rows: Any, name: str = "police", style: str = "auto") -> pa.Table:
    """RAW_ROW of a file: texts by element; `number` says that the ID number stood in a number cell."""
    n = len(rows)
    columns: dict[str, object] = {"list": [name] * n, "file": ["a.csv"] * n, "sheet": [""] * n}
    columns |= {"row": list(range(1, n + 1)), "line": list(range(2, n + 2)), "date_style": [style] * n}
    columns["id_from_number"] = pa.array([row.get("number") for row in rows], pa.bool_())
    for element in sorted({e for row in rows for e in row} - {"number"}):
        columns[element] = pa.array([row.get(element) for row in rows], pa.string())
    return RAW_ROW.hand_over(pa.table(columns))


def good(row: dict[str, str | None], style: str = "auto") -> dict[str, object]:
    found = check(raw([row], style=style), AS_OF)
    assert found.held.num_rows == 0, found.held.to_pylist()
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
        ("13800000000、0755", "13800000000"), ("1.38E+10", None), ("无", None), ("没有手机", None), ("同上", None), ("", None),
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
    found = parse({"day": pa.chunked_array([[text, None]])}, pa.chunked_array([[style, style]]))["day"]
    assert [d and d.isoformat() for d in found.days.to_pylist()] == [day, None]
    assert found.unreadable.to_pylist() == [day is None, False]
    assert found.partial.to_pylist() == [False, False]


def test_lists_of_two_styles_in_one_table() -> None:
    both = pa.concat_tables(
        [raw([{"person.name": "张晓明", "person.birth_date": "03/04/1985"}], name, name) for name in ("dmy", "mdy")]
    )
    assert check(both, AS_OF).good.column("birth_date").to_pylist() == [dt.date(1985, 4, 3), dt.date(1985, 3, 4)]


def faults(*rows: Any, style: str = "auto") -> list[tuple[int, str | None, str]]:
    """(row, element, code) of what a person must look at; every row goes on."""
    found = check(raw(list(rows), style=style), AS_OF)
    assert found.held.num_rows == 0, found.held.to_pylist()
    return [(f["row"], f["element"], f["code"]) for f in found.faults.to_pylist()]


def test_held_rows_name_the_place_and_no_value() -> None:
    found = check(raw([{"person.name": "合计", "person.phone": "机密"}]), AS_OF)
    assert found.held.to_pylist() == [
        {"list": "police", "batch": "", "file": "a.csv", "sheet": "", "row": 1, "line": 2, "element": "person.name",
         "code": "E2005"}
    ]  # fmt: skip
    assert found.faults.num_rows == 0, "a held row has its one reason, no faults"


def test_faults_name_the_place_and_no_value() -> None:
    found = check(raw([{"person.name": "张晓明", "person.phone": "1", "person.birth_date": "机密"}]), AS_OF)
    assert found.faults.to_pylist() == [
        {"list": "police", "batch": "", "file": "a.csv", "sheet": "", "row": 1, "line": 2,
         "element": "person.birth_date", "code": "E2003"}
    ]  # fmt: skip
    assert found.good.to_pylist()[0]["birth_date"] is None


def test_a_held_row_gets_the_first_reason_and_a_row_that_goes_on_every_one() -> None:
    given = {"person.name": "", "person.birth_date": "x", "person.id_number": "12345678901"}
    assert check(raw([given]), AS_OF).held.column("code").to_pylist() == ["E2001"]
    named = given | {"person.name": "张晓明", "person.phone": "1.38E+10", "person.collected_on": "2062-01-01"}
    assert faults(named) == [
        (1, "person.birth_date", "E2003"), (1, "person.collected_on", "E2004"), (1, "person.id_number", "E2006"),
        (1, "person.phone", "E2014"),
    ]  # fmt: skip
    counts = check(raw([named, given, {"person.name": "李红", "person.phone": "1"}]), AS_OF).counts
    assert counts == {"accepted": 1, "needs_person": 1, "refused": 1}


VALID = "11010119900307109X"


@pytest.mark.parametrize(
    ("written", "number", "kept", "doubtful", "code"),
    [
        (VALID, None, VALID, None, None),
        (VALID, False, VALID, None, None),
        (VALID, True, None, VALID, "E2011"),  # a number cell cannot hold an X, but its flag is believed
        ("110101199003071016", True, None, "110101199003071016", "E2011"),
        ("110101900307001", True, "110101900307001", None, None),  # 15 digits survive a number cell
        ("E12345678", True, "E12345678", None, None),
        ("12345678901", True, None, "12345678901", "E2006"),
        (" '110101199003071000 ", None, None, "110101199003071000", "E2011"),
        ("１１０１０１１９９００３０７１０００", None, None, "110101199003071000", "E2011"),
        ("1.1010119900307e+17", None, None, "1.1010119900307E+17", "E2006"),
        ("110101199003071", None, "110101199003071", None, "E2012"),  # 15 places, and no month is the 90th
        ("110101199003071091", None, "110101199003071091", None, "E2012"),
    ],
)  # fmt: skip
def test_numbers_are_kept_doubted_or_set_aside(
    written: str, number: bool | None, kept: str | None, doubtful: str | None, code: str | None
) -> None:
    row = {"person.name": "张晓明", "person.phone": "1", "person.id_number": written, "number": number}
    found = check(raw([row]), AS_OF)
    one = found.good.to_pylist()[0]
    assert (one["id_number"], one["id_doubtful"]) == (kept, doubtful)
    assert found.faults.column("code").to_pylist() == ([code] if code else [])


def test_every_number_cut_to_fifteen_digits_is_set_aside() -> None:
    """A spreadsheet shows 15 digits and zeros, or what the nearest double shows; one in eleven passes the check digit."""
    rng = np.random.default_rng(1)
    whole = 110101 * 10**12 + 19500101 * 10**4 + rng.integers(0, 60, 5000) * 10**8 + rng.integers(0, 10**4, 5000)
    cut = [*(f"{w // 1000}000" for w in whole.tolist()), *(f"{w // 1000 * 1000:.4E}" for w in whole.tolist())]
    doubles = [str(int(float(w // 1000 * 1000))) for w in whole.tolist()]
    found = check(raw([{"person.name": "张晓明", "person.phone": "1", "person.id_number": n} for n in cut]), AS_OF)
    assert found.good.column("id_number").null_count == len(cut)
    assert found.good.column("id_doubtful").to_pylist() == cut
    shown = check(raw([{"person.name": "张", "person.phone": "1", "person.id_number": n} for n in doubles]), AS_OF)
    # None of the …008 and …992 passes for a right one unless its check digit happens to be right (1 in 11 of half).
    assert shown.good.column("id_number").null_count > 0.94 * len(doubles)


@pytest.mark.parametrize(
    ("surname", "given_name", "name"),
    [
        ("张", "晓明", "张晓明"), ("张", "", "张"), ("", "晓明", "晓明"), ("欧 阳", "晓　明", "欧阳晓明"),
        ("Smith", "John", "John Smith"), ("Smith", "", "Smith"), ("", "Mary  Ann", "Mary Ann"),
        ("van der  Berg", "Jan", "Jan van der Berg"), ("不详", "晓明", "晓明"),
    ],
)  # fmt: skip
def test_a_name_in_parts_is_joined_from_what_is_there(surname: str, given_name: str, name: str) -> None:
    row = good({"person.surname": surname, "person.given_name": given_name, "person.phone": "13800000000"})
    assert row["name"] == name
    parts = [part and " ".join(str(part).split()) for part in (row["surname"], row["given_name"])]
    assert parts == [row["surname"], row["given_name"]], "the parts stay, cleaned, in their own columns"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张 晓 明", "张晓明"), ("张　晓　明", "张晓明"), ("欧阳 晓明", "欧阳晓明"), ("John  Smith", "John Smith"),
        (" John Smith ", "John Smith"), ("买买提·艾力", "买买提·艾力"), ("张\u200b晓明", "张晓明"), ("张\x00晓明", "张晓明"),
        ("李 Lily", "李 Lily"), ("𠮷 田", "𠮷田"), ("'张晓明", "张晓明"),
    ],
)  # fmt: skip
def test_names(written: str, kept: str) -> None:
    assert good({"person.name": written, "person.phone": "13800000000"})["name"] == kept


def test_rows_of_two_lists_or_batches_are_not_each_others_duplicates() -> None:
    row = {"person.name": "张晓明", "person.phone": "13800000000"}
    a, b, c = raw([row], "a"), raw([row, row], "b"), raw([row], "b").set_column(1, "batch", [["2"]])
    found = check(pa.concat_tables([a, b, c]), AS_OF)
    assert found.good.select(["list", "batch", "row"]).to_pylist() == [
        {"list": "a", "batch": "", "row": 1}, {"list": "b", "batch": "", "row": 1},
        {"list": "b", "batch": "", "row": 2}, {"list": "b", "batch": "2", "row": 1},
    ]  # fmt: skip
    assert [(f["list"], f["batch"], f["row"], f["element"], f["code"]) for f in found.faults.to_pylist()] == [
        ("b", "", 2, None, "E2008")
    ]


def test_what_cannot_be_read_is_no_duplicate_of_something_else() -> None:
    row = {"person.name": "张晓明", "person.phone": "13800000000"}
    given = [row | {"person.birth_date": day} for day in ("昨天", "今天", "昨天", "1990-02-03", "1990年2月3日")]
    assert [(r, c) for r, _, c in faults(*given) if c == "E2008"] == [(3, "E2008"), (5, "E2008")]


def test_the_order_of_the_rows_does_not_say_which_is_the_first() -> None:
    whole = raw([{"person.name": "张晓明", "person.phone": "1"}, {"person.name": "李", "person.phone": "2"}] * 3)
    turned = whole.take(pa.array([5, 4, 3, 2, 1, 0]))
    for rows in (whole, turned):
        assert sorted(check(rows, AS_OF).faults.column("row").to_pylist()) == [3, 4, 5, 6]


def test_no_rows_at_all() -> None:
    found = check(RAW_ROW.empty(), AS_OF)
    assert (found.good.schema, found.held.schema) == (GOOD_ROW.schema, HELD_ROW.schema)
    assert found.good.num_rows == found.held.num_rows == 0


Forget = Any


@pytest.mark.parametrize(
    "forget",
    [
        lambda whole: SimpleNamespace(good=whole.good.slice(1), held=whole.held, faults=whole.faults),
        lambda whole: SimpleNamespace(good=whole.good, held=whole.held, faults=FAULT.hand_over(
            whole.faults.set_column(4, "row", pa.array([9], pa.int32())))),
    ],
    ids=["a row is lost", "a fault of a row nobody has"],
)  # fmt: skip
def test_rows_that_do_not_add_up_stop_everything(monkeypatch: pytest.MonkeyPatch, forget: Forget) -> None:
    module = __import__("sys").modules[package_check.__module__]
    real = module._check_list
    monkeypatch.setattr(module, "_check_list", lambda rows, as_of: forget(real(rows, as_of)))
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
        assert rows_with_fault(checked.faults) < 0.06 * found.report.n_rows, name
        assert checked.faults.num_rows or name == "cases"
