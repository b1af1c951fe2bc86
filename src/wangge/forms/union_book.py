"""The union form as an XLSForm workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from wangge import policy
from wangge.dictionary import elements
from wangge.forms.union import Asked, is_unpacked, part_rule, rules
from wangge.forms.verdict import LANGUAGES

COLUMN = {"zh-hans": "简体中文 (zh-Hans)", "zh-hant": "繁體中文 (zh-Hant)", "en": "English (en)"}
SURVEY = ["type", "name", *(f"label::{c}" for c in COLUMN.values()), *(f"hint::{c}" for c in COLUMN.values()),
          "required", "constraint", *(f"constraint_message::{c}" for c in COLUMN.values()), "appearance",
          "bind::wangge:element", "bind::wangge:purposes", "bind::wangge:forms"]  # fmt: skip
CHOICES = ["list_name", "name", *(f"label::{c}" for c in COLUMN.values())]
SETTINGS = ["form_title", "form_id", "version", "default_language", "namespaces"]
NAMESPACE = 'wangge="urn:wangge:forms"'
MADE_ON = datetime(2000, 1, 1, tzinfo=UTC)  # the same forms make the same bytes
Row = dict[str, Any]


def union_book(asked: Sequence[Asked], departments: dict[str, str], form_id: str, version: str) -> bytes:
    """The workbook of the questions that are not withheld. `departments` names each form's by its form_id.

    An answer list gets the name of its question; yes/no is one list for all.
    """
    shown = [one for one in asked if one.state != "withheld"]
    survey = survey_rows(shown, departments)
    settings = {"form_title": rules()["say"]["title"]["zh-hans"], "form_id": form_id, "version": version,
                "default_language": COLUMN["zh-hans"], "namespaces": NAMESPACE}  # fmt: skip
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE_ON.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    for name, head, rows in (
        ("survey", SURVEY, survey), ("choices", CHOICES, choice_rows(shown)), ("settings", SETTINGS, [settings]),
    ):  # fmt: skip
        page = book.add_worksheet(name)
        page.write_row(0, 0, head, bold)
        for i, row in enumerate(rows, 1):
            for j, column in enumerate(head):
                if row.get(column):
                    page.write_string(i, j, str(row[column]))
        page.freeze_panes(1, 2)
        page.set_column(0, len(head) - 1, 22)
    book.close()
    return file.getvalue()


def survey_rows(asked: Sequence[Asked], departments: dict[str, str]) -> list[Row]:
    """Rows of the sheet survey: parts as groups, those about people inside the repeat of members."""
    rows: list[Row] = []
    for for_each in (False, True):
        inside = _parts([one for one in asked if one.each_person == for_each and not is_unpacked(one)], departments)
        if for_each and inside:
            inside = [{"type": "begin_repeat", "name": "member"} | _in("label", rules()["member"]), *inside,
                      {"type": "end_repeat"}]  # fmt: skip
        rows += inside
    return rows


def _parts(asked: Sequence[Asked], departments: dict[str, str]) -> list[Row]:
    rows: list[Row] = []
    for part in rules()["part"]:
        own = [one for one in asked if one.part == part["name"]]
        if own:
            rows.append({"type": "begin_group", "name": f"part_{part['name']}", "appearance": "field-list"}
                        | _in("label", part_rule(part["name"])))  # fmt: skip
            rows += [_row(one, departments) for one in own]
            rows.append({"type": "end_group"})
    return rows


def _row(one: Asked, departments: dict[str, str]) -> Row:
    kind = f"select_one {list_of(one)}" if one.kind == "select_one" else one.kind
    row: Row = {"type": kind, "name": one.name, "required": "yes" if one.required else ""}
    rule = rules()["answer"].get(one.question.element, {})
    if rule and one.kind != "select_one":
        row |= {"constraint": rule["constraint"]} | _in("constraint_message", rule)
    forms = sorted({form for names in one.purposes.values() for form in names})
    row |= _in("label", labels(one)) | _in("hint", hints(one, sorted({departments[form] for form in forms})))
    row |= {"bind::wangge:element": one.question.element, "bind::wangge:purposes": " ".join(one.purposes)}
    return row | {"bind::wangge:forms": " ".join(forms)}


def list_of(one: Asked) -> str:
    """The name of its list of answers."""
    return "yes_no" if set(one.options) <= {"是", "否"} else one.name


def labels(one: Asked) -> dict[str, str]:
    """What it is called in each language; the department's own words where the dictionary has none."""
    element = elements().get(one.question.element)
    if element is None:
        return dict.fromkeys(LANGUAGES, one.question.label)
    return {"zh-hans": element.zh, "zh-hant": element.zh, "en": element.en or element.zh}


def hints(one: Asked, departments: Sequence[str]) -> dict[str, str]:
    """For what and for whom it is asked, in each language."""
    said, found = rules()["say"], {}
    for lang in LANGUAGES:
        joint = ", " if lang == "en" else "、"
        purposes = joint.join(policy.table()["purpose"][name]["label"][lang] for name in one.purposes)
        found[lang] = said["hint"][lang].format(purposes=purposes, departments=joint.join(departments))
        found[lang] += said["undecided"][lang] if one.state == "undecided" else ""
    return found


def choice_rows(asked: Sequence[Asked]) -> list[Row]:
    """Rows of the sheet choices. An answer's name is its number in the list, so that any text can be one."""
    rows: dict[tuple[str, str], Row] = {}
    for one in asked:
        if one.kind != "select_one":
            continue
        if list_of(one) == "yes_no":
            for name, texts in rules()["yes_no"].items():
                rows.setdefault(("yes_no", name), {"list_name": "yes_no", "name": name} | _in("label", texts))
            continue
        for i, option in enumerate(one.options, 1):
            texts = dict.fromkeys(LANGUAGES, option)
            rows[one.name, str(i)] = {"list_name": one.name, "name": str(i)} | _in("label", texts)
    return list(rows.values())


def _in(column: str, texts: dict[str, str]) -> Row:
    return {f"{column}::{COLUMN[lang]}": texts[lang] for lang in LANGUAGES}
