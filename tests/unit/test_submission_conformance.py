"""Fixtures of ODK's own projects: each parses or is refused with a numbered reason; pyxform's workbooks convert as expected."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from wangge.base.errors import WanggeError
from wangge.forms.convert import convert
from wangge.forms.evaluate import plain_tree
from wangge.forms.safe_xml import parse_xml
from wangge.forms.soundness import refuse_banned, refuse_circle, refuse_unreadable
from wangge.forms.submission import check, read_submission
from wangge.forms.xform import parse_xform

pytestmark = pytest.mark.shared
# Refused for a reason that the fixture's own name or contents give: a saved answer that is no form, an unknown function.
REFUSED = {
    "issue_449_last_saved.xml": "E3847",
    "xpath-unknown-function.xml": "E3848",
    "bad-range-form.xml": "E3847",
    "ifrc-distribution-site-assessment-v1.xml": "E3834",
}  # it reads the phone's IMEI
# Workbooks that pyxform itself refuses: lists without a survey sheet, a question without words, a header given twice, an XForm.
REFUSED_BOOKS = {"fruits.csv": "E3830", "gps.csv": "E3831", "unknown_question_type.xls": "E3831", "widgets.xml": "E3830",
                 "ifrc-distribution-site-assessment-v1.xlsx": "E3830"}  # fmt: skip
EXPECTED = {"default_time_demo": ".xls", "pull_data": ".xlsx", "survey_no_name": ".xlsx", "table-list": ".xls", "widgets": ".xls",
            "xlsform_spec_test": ".xlsx"}  # fmt: skip
NOW = dt.datetime(2026, 11, 23, 8, 0)  # noqa: DTZ001


def folder(shared_data: Path) -> Path:
    return shared_data / "xforms_conformance"


def test_every_form_parses_or_is_refused_with_a_number(shared_data: Path) -> None:
    told: dict[str, str] = {}
    files = sorted(folder(shared_data).rglob("*.xml"))
    for file in files:
        try:
            form = parse_xform(file.read_bytes(), file.name)
            for refuse in (refuse_unreadable, refuse_circle, refuse_banned):
                refuse(form, file.name)
        except WanggeError as error:
            told[file.name] = error.code
    counted = Counter(told.values())
    print(f"{len(files)} forms: {len(files) - len(told)} parsed; refused: {dict(counted)}")
    assert {name: code for name, code in REFUSED.items() if name in {f.name for f in files}} == told
    assert len(files) >= 60


def test_every_workbook_converts_or_is_refused_with_a_number(shared_data: Path) -> None:
    books = [
        *folder(shared_data).glob("pyxform_tests/*_xls/*"),
        *folder(shared_data).glob("web-forms_fixtures/preview-service/xlsforms/*"),
    ]
    told, remarks = {}, 0
    for file in books:
        try:
            made = convert(file.read_bytes(), file.name)
            remarks += len(made.remarks)
            parse_xform(made.xform.encode(), file.name)
        except WanggeError as error:
            told[file.name] = error.code
    print(
        f"{len(books)} workbooks: {len(books) - len(told)} converted with {remarks} remarks; refused: {dict(Counter(told.values()))}"
    )
    assert told == REFUSED_BOOKS and len(books) >= 35


def facts(xml: bytes) -> dict[str, Any]:
    """What a form is, whatever its formatting, its root's name or how its labels and choices are written down."""
    form = parse_xform(xml)
    inside = {path.removeprefix(f"/{form.root}"): q for path, q in form.questions.items()}
    return {path: (q.type, q.control) for path, q in inside.items() if "/meta/" not in path}


@pytest.mark.parametrize("name", EXPECTED)
def test_workbooks_convert_as_pyxforms_own_tests_expect(name: str, shared_data: Path) -> None:
    tests = folder(shared_data) / "pyxform_tests"
    book = tests / "example_xls" / f"{name}{EXPECTED[name]}"
    made, expected = (
        convert(book.read_bytes(), book.name).xform.encode(),
        (tests / "test_expected_output" / f"{name}.xml").read_bytes(),
    )
    assert facts(made) == facts(expected)
    assert titles(made) == titles(expected)


def titles(xml: bytes) -> list[str]:
    return [node.text or "" for node in ET.fromstring(xml).iter() if node.tag.endswith("}title")]  # noqa: S314 - fixtures


def test_an_empty_filling_of_every_form_is_judged_without_a_fall(shared_data: Path) -> None:
    """Each form's own instance, sent as it stands, is judged; expressions that nobody here can evaluate are counted."""
    judged = unchecked = expressions = 0
    for file in sorted(folder(shared_data).rglob("*.xml")):
        try:
            form = parse_xform(file.read_bytes(), file.name)
        except WanggeError:
            continue
        raw = own_instance(file.read_bytes(), form.form_id)
        found = check(form, read_submission(raw), {}, NOW)
        assert not [p for p in found.problems if p.code == "E3841" and p.path != f"/{form.root}"] or form.repeats, (
            file.name
        )
        judged, unchecked = judged + 1, unchecked + found.unchecked
        expressions += sum(bool(q.relevant) + bool(q.constraint) + bool(q.required) for q in form.questions.values())
    print(f"{judged} forms judged, {expressions} expressions, {unchecked} not evaluated")
    assert judged >= 60 and unchecked <= expressions * 0.05


def own_instance(xml: bytes, form_id: str) -> bytes:
    from lxml import etree

    top = parse_xml(xml)
    primary = next(node for node in top.iter() if re.sub(r"^\{.*\}", "", str(node.tag)) == "instance")[0]
    root = plain_tree(primary)
    for meta in root.findall("meta"):
        root.remove(meta)
    root.set("id", re.sub(r"[^\x21-\x7e]", "_", form_id) or "form")
    etree.SubElement(etree.SubElement(root, "meta"), "instanceID").text = "uuid:1"
    return etree.tostring(root)
