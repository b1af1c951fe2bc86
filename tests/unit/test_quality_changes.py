"""changes(): no cell is altered in silence, and the rule that is named is the one that did it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.intake import load_mapping, read
from wangge.quality import changes, check
from wangge.quality.prepare import COLUMNS
from wangge.tables.shapes import CHANGE, RAW_ROW

AS_OF = dt.date(2026, 11, 23)


def raw(rows: list[dict[str, str | None]], name: str = "police", style: str = "auto") -> pa.Table:
    n = len(rows)
    columns: dict[str, object] = {"list": [name] * n, "file": ["a.csv"] * n, "sheet": [""] * n}
    columns |= {"row": list(range(1, n + 1)), "line": list(range(2, n + 2)), "date_style": [style] * n}
    for element in sorted({e for row in rows for e in row}):
        columns[element] = pa.array([row.get(element) for row in rows], pa.string())
    return RAW_ROW.hand_over(pa.table(columns))


def applied(rows: pa.Table, told: pa.Table, places: set[tuple[str, int]]) -> dict[tuple[str, int, str], str | None]:
    """The written cells of good rows with the changes put in; empty ones are left out."""
    cells: dict[tuple[str, int, str], str | None] = {
        (row["list"], row["row"], element): row[element] or None
        for row in rows.to_pylist()
        for element in rows.column_names
        if element in COLUMNS and (row["list"], row["row"]) in places
    }
    for change in told.to_pylist():
        key = change["list"], change["row"], change["element"]
        assert cells.get(key) == (change["before"] or None), "before is what was written"
        assert change["before"] != change["after"] and change["rule"]
        cells[key] = change["after"]
    return {key: value for key, value in cells.items() if value is not None}


def assert_no_silent_change(rows: pa.Table, as_of: dt.date = AS_OF) -> pa.Table:
    """The law: the changes applied to what was written give exactly the good rows. -> CHANGE"""
    checked = check(rows, as_of)
    told = changes(rows, checked)
    held = {"person.sex"} | {"person.name", "person.address"} | {e for e in rows.column_names if e in COLUMNS}
    given = {e for e in held if e in rows.column_names or e in ("person.name", "person.address")}
    cleaned = {
        (row["list"], row["row"], element): row[COLUMNS[element]]
        for row in checked.good.to_pylist()
        for element in given
        if row[COLUMNS[element]] is not None
    }
    texts = {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in cleaned.items()}
    assert applied(rows, told, {(r["list"], r["row"]) for r in checked.good.to_pylist()}) == texts
    return told


@pytest.mark.parametrize(
    ("element", "written", "after", "rule"),
    [
        ("person.phone", "13800000000", None, ""),
        ("person.phone", "１３８００００００００", "13800000000", "width"),
        ("person.phone", "138-0000-0000", "13800000000", "digits"),
        ("person.phone", "1.38E+10", None, "set_aside"),
        ("person.phone", "无", None, "missing_word"),
        ("person.phone", " ", None, "blanks"),
        ("person.id_number", "'11010119900307109x", "11010119900307109X", "apostrophe+upper"),
        ("person.id_number", "110101 19900307 109X", "11010119900307109X", "blanks"),
        ("person.id_number", "110101199003071000", None, "set_aside"),
        ("person.id_number", "'110101199003071000", None, "apostrophe+set_aside"),
        ("person.birth_date", "1990-03-07", None, ""),
        ("person.birth_date", "1990年3月7日", "1990-03-07", "date"),
        ("person.birth_date", "32939", "1990-03-07", "serial_date"),
        ("person.birth_date", "1990-03", None, "set_aside"),
        ("person.birth_date", "2062-01-01", None, "set_aside"),
        ("person.birth_date", "19450231", None, "set_aside"),
        ("person.sex", "男", "1", "word"),
        ("person.sex", "汉", "0", "word"),
        ("person.sex", "", "0", "word"),
        ("person.sex", "不详", "0", "missing_word+word"),
        ("person.surname", "欧 阳", "欧阳", "blanks"),
        ("person.surname", "欧\u200b阳", "欧阳", "unseen"),
        ("person.email", "A@B.CN", "a@b.cn", "lower"),
        ("address.room", "５０１", "501", "width"),
        ("trip.vehicle", "g 101", "G101", "blanks+upper"),
        ("case.kind", "确诊", "confirmed", "word"),
    ],
)  # fmt: skip
def test_the_rule_is_named(element: str, written: str, after: str | None, rule: str) -> None:
    row: dict[str, str | None] = {"person.name": "张晓明", "person.account": "u1", "person.address": "某里"}
    told = assert_no_silent_change(raw([row | {element: written}])).to_pylist()
    assert [(c["element"], c["rule"], c["before"], c["after"]) for c in told] == (
        [(element, rule, written, after)] if rule else []
    )


def test_parts_that_were_joined_are_told() -> None:
    rows = [{"person.surname": "Smith", "person.given_name": "John", "address.street": "金钟花园", "address.room": "501",
             "person.phone": "1"}]  # fmt: skip
    told = assert_no_silent_change(raw([dict(row) for row in rows])).to_pylist()
    assert [(c["element"], c["rule"], c["before"], c["after"]) for c in told] == [
        ("person.name", "parts", None, "John Smith"), ("person.address", "parts", None, "金钟花园501室"),
    ]  # fmt: skip


def test_held_rows_have_no_changes_and_the_order_is_that_of_the_file() -> None:
    rows = raw([{"person.name": "合 计", "person.phone": "1"}, {"person.name": "张 三", "person.phone": "1 2"},
                {"person.name": "李 四", "person.phone": "3"}])  # fmt: skip
    told = assert_no_silent_change(rows)
    assert told.schema == CHANGE.schema
    assert [(c["row"], c["line"], c["element"]) for c in told.to_pylist()] == [
        (2, 3, "person.name"), (2, 3, "person.phone"), (3, 4, "person.name"),
    ]  # fmt: skip
    assert changes(RAW_ROW.empty(), check(RAW_ROW.empty(), AS_OF)).num_rows == 0


def test_changes_of_other_rows_are_refused() -> None:
    rows = raw([{"person.name": "张三", "person.phone": "1"}] * 2)
    with pytest.raises(WanggeError, match="E2009"):
        changes(rows, check(rows.slice(1), AS_OF))


def test_the_lists_of_a_made_up_district_change_by_the_rules_of_this_page(tiny: Path) -> None:
    mapping = load_mapping(tiny / "mapping.toml")
    for name, listing in mapping.lists.items():
        told = assert_no_silent_change(read(tiny / listing.file, listing).rows)
        assert told.num_rows or name in ("visitors", "cases"), name


# ---- real files ------------------------------------------------------------------------------------------

NAMES = {"person.firstName": "person.given_name", "person.lastName": "person.surname", "person.sex": "person.sex"}
REAL: dict[str, dict[str, str]] = {
    "cleanepi_messy/messy_data.csv": {
        "case_id": "person.id_number", "gender": "person.sex", "status": "case.kind", "date_onset": "case.onset_on",
        "date_sample": "case.sampled_on", "district": "address.region",
    },
    "cleanepi_messy/test_df.csv": {
        "study_id": "person.id_number", "sex": "person.sex", "dateOfBirth": "person.birth_date",
        "date.of.admission": "person.collected_on", "date_first_pcr_positive_test": "case.sampled_on",
    },
    "godata_training_export/cases_clean.csv": {
        "case_id": "person.id_number", "gender": "person.sex", "address": "person.address", "city": "address.locality",
        "date_of_reporting": "person.collected_on", "date_of_onset": "case.onset_on", "classification": "case.kind",
    },
    "godata_training_export/contacts_clean.csv": {
        "contact_id": "person.id_number", "gender": "person.sex", "address": "person.address",
        "date_of_reporting": "person.collected_on",
    },
    "health_forms_intl/sormas/import_samples/sormas_eventparticipant_import_test_success.csv": {
        **NAMES, "region": "address.region", "district": "address.locality",
    },
    "health_forms_intl/sormas/import_samples/sormas_import_test_comment_line_listing.csv": {
        **NAMES, "responsibleRegion": "address.region", "responsibleDistrict": "address.locality",
        "reportDate": "person.collected_on", "symptoms.onsetDate": "case.onset_on",
    },
}  # fmt: skip
FEBRL = {
    "given_name": "person.given_name", "surname": "person.surname", "street_number": "address.house_number",
    "address_1": "address.street", "suburb": "address.locality", "postcode": "address.postcode",
    "state": "address.region", "date_of_birth": "person.birth_date", "soc_sec_id": "person.id_number",
}  # fmt: skip


def rows_of(file: Path, columns: dict[str, str], folder: Path) -> pa.Table:
    named = "".join(f'"{header}" = "{element}"\n' for header, element in columns.items())
    (folder / "mapping.toml").write_text(f"[lists.real]\n[lists.real.columns]\n{named}", "utf-8")
    return read(file, load_mapping(folder / "mapping.toml").lists["real"]).rows


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(REAL))
def test_a_real_file_is_not_altered_in_silence(name: str, shared_data: Path, tmp_path: Path) -> None:
    rows = rows_of(shared_data / name, REAL[name], tmp_path)
    assert rows.num_rows
    told = assert_no_silent_change(rows)
    assert told.num_rows, "real files are never clean"


@pytest.mark.shared
def test_nobody_of_febrl_is_lost_to_a_day_that_does_not_exist(shared_data: Path, tmp_path: Path) -> None:
    rows = rows_of(shared_data / "febrl" / "dataset3.csv", FEBRL, tmp_path)
    checked = check(rows, AS_OF)
    assert (checked.good.num_rows, checked.held.num_rows) == (rows.num_rows, 0) == (5000, 0)
    codes = checked.faults.group_by("code").aggregate([("row", "count")]).to_pylist()
    assert {one["code"] for one in codes} >= {"E2003"}
    assert_no_silent_change(rows)
