"""Real files from the field: every row of them is accounted for. They are not part of the repository."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, read
from wangge.intake.parse import read_here
from wangge.intake.preview import NO_MAPPING, preview_here

pytestmark = pytest.mark.shared
PLACE = {"name": "address.region"}
PERSON = {"person.firstName": "person.given_name", "person.lastName": "person.surname", "person.sex": "person.sex"}
CASE = {"gender": "person.sex", "date_onset": "case.onset_on", "district": "address.region"}
GODATA = {"gender": "person.sex", "date_of_onset": "case.onset_on", "address": "person.address", "postal_code": "address.postcode",
          "date_of_last_contact": "person.collected_on", "source_gender": "person.sex", "person.gender": "person.sex",
          "city": "address.locality"}  # fmt: skip


def lines_below(path: Path, header: int, encoding: str = "utf-8-sig") -> list[list[str]]:
    """The rows as a plain reader of CSV finds them."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))[header:]


def accounted(path: Path, columns: dict[str, str], encoding: str = "utf-8-sig") -> None:
    found = read(path, ListMapping("x", columns))
    expected = lines_below(path, found.report.header_line, encoding)
    assert found.report.n_rows == found.rows.num_rows + found.held.num_rows
    assert found.report.n_rows + found.report.n_header_lines == len(expected)
    assert found.report.other_tables == []
    names = lines_below(path, found.report.header_line - 1, encoding)[0]
    at = {
        element: [names.index(h) for h in found.report.read if found.report.read[h] == element]
        for element in found.report.read.values()
    }
    width = len([n for n in names if n])
    kept = [line for line in expected if not any(line[width:])]
    for element, places in at.items():
        said = [next((line[i] for i in places if i < len(line) and line[i]), None) for line in kept]
        assert found.rows.column(element).to_pylist() == said


def test_a_line_list_made_messy(shared_data: Path) -> None:
    path = shared_data / "cleanepi_messy" / "messy_data.csv"
    accounted(path, CASE)
    assert read(path, ListMapping("x", CASE)).report.n_rows == 15_000


@pytest.mark.parametrize("name", ["cases", "contacts", "events", "followups", "lab_results", "relationships"])
def test_exports_of_go_data(shared_data: Path, name: str) -> None:
    accounted(shared_data / "godata_training_export" / f"{name}_clean.csv", GODATA)


def test_import_samples_of_sormas(shared_data: Path) -> None:
    """All of them, with whatever notes stand above the header."""
    for path in sorted((shared_data / "health_forms_intl" / "sormas" / "import_samples").glob("*.csv")):
        western = "windows" in path.name or "iso" in path.name
        try:
            accounted(path, {**PERSON, **PLACE}, "windows-1252" if western else "utf-8-sig")
        except WanggeError as why:
            assert why.code == "E1003", path.name  # lists of other things: no person, no place in them
            assert "firstName" not in path.read_text("latin-1"), path.name


@pytest.mark.parametrize(
    ("name", "encoding", "letter"),
    [("district_bom_test", "utf-8", "ö"), ("region_import_test_iso_8859_1", "windows-1252", "ä"),
     ("region_import_test_windows_1252", "windows-1252", "ä"), ("region_import_test", "utf-8", "ä")],
)  # fmt: skip
def test_letters_with_accents_arrive(shared_data: Path, name: str, encoding: str, letter: str) -> None:
    path = shared_data / "health_forms_intl" / "sormas" / "import_samples" / f"sormas_{name}.csv"
    found = read(path, ListMapping("x", PLACE))
    assert found.report.encoding == encoding
    assert any(letter in (text or "") for text in found.rows.column("address.region").to_pylist())


def test_the_workbook_of_wuhan(shared_data: Path) -> None:
    """A form with a title, a frame of blank rows and notes in merged cells below."""
    given = ListMapping("x", {"姓名": "person.name", "电话": "person.phone", "证件类型": "person.id_type", "身份证号": "person.id_number",
                              "滞汉居住地址": "person.address"}, required=("person.name",))  # fmt: skip
    found = read(shared_data / "cn_forms" / "wuhan_departures_template.xlsx", given)
    assert (found.report.sheet, found.report.header_line) == ("已离汉人员信息", 3)
    assert list(found.report.read) == list(given.columns)
    # Blank lines after the last filled one are no rows.
    assert found.report.n_rows == found.rows.num_rows == 33 - 3
    filled = found.rows.filter(found.rows.column("person.name").is_valid())
    assert set(filled.column("line").to_pylist()) <= {32, 33}  # the notes, for quality to hold


def test_forms_of_others_open(shared_data: Path) -> None:
    """Workbooks that were sent in as examples of what breaks readers: they open, or are refused with a number."""
    opened = 0
    for path in sorted((shared_data / "xforms_conformance").rglob("*.xls*")):
        try:
            opened += bool(preview_here(path, NO_MAPPING).columns)
        except WanggeError as why:
            assert why.code in ("E1001", "E1013"), path.name
    assert opened > 20


def test_a_workbook_of_dictionaries_opens(shared_data: Path) -> None:
    seen = preview_here(shared_data / "health_forms_intl" / "sormas" / "SORMAS_Data_Dictionary.xlsx", NO_MAPPING)
    assert len(seen.sheets) > 5
    with pytest.raises(WanggeError, match="E1003"):
        read_here(
            shared_data / "health_forms_intl" / "sormas" / "SORMAS_Data_Dictionary.xlsx",
            ListMapping("x", {"姓名": "person.name"}),
        )
