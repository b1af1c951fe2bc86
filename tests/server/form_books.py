"""Form workbooks of made-up campaigns, written as offices write them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

ZH, EN = "label::简体中文 (zh-Hans)", "label::English (en)"
SURVEY: list[dict[str, str]] = [
    {"type": "select_one_from_file households.csv", "name": "household", ZH: "选择住户", EN: "Household", "required": "yes"},
    {"type": "begin_repeat", "name": "person", ZH: "家庭成员", EN: "Member"},
    {"type": "text", "name": "name", ZH: "姓名", EN: "Name", "required": "yes"},
    {"type": "integer", "name": "age", ZH: "年龄", EN: "Age", "constraint": ". >= 0 and . <= 120"},
    {"type": "text", "name": "phone", ZH: "联系电话", EN: "Phone"},
    {"type": "select_multiple needs", "name": "needs", ZH: "需要哪些帮助", EN: "Help needed"},
    {"type": "decimal", "name": "temp", ZH: "今天的体温", EN: "Temperature", "constraint": ". > 34 and . < 43"},
    {"type": "select_one yesno", "name": "fever", ZH: "是否发热", EN: "Fever", "required": "yes", "relevant": "${temp} >= 37.3"},
    {"type": "end_repeat"},
    {"type": "image", "name": "photo", ZH: "现场照片", EN: "Photo", "parameters": "max-pixels=1024"},
    {"type": "calculate", "name": "n", "calculation": "count(${person})"},
]  # fmt: skip
CHOICES = [
    {"list_name": "needs", "name": "medicine", ZH: "买药送药", EN: "Medicine"},
    {"list_name": "needs", "name": "food", ZH: "买菜", EN: "Groceries"},
    {"list_name": "yesno", "name": "yes", ZH: "是", EN: "Yes"},
    {"list_name": "yesno", "name": "no", ZH: "否", EN: "No"},
]
SETTINGS = {
    "form_title": "入户走访登记",
    "form_id": "household_visit",
    "version": "1",
    "default_language": "简体中文 (zh-Hans)",
}


def book(
    survey: Sequence[dict[str, str]] = SURVEY, choices: Sequence[dict[str, str]] = CHOICES, **settings: str
) -> bytes:
    """A workbook with the three sheets of an XLSForm."""
    made = Workbook()
    made.remove(made.active)
    for title, rows in (("survey", survey), ("choices", choices), ("settings", [SETTINGS | settings])):
        sheet = made.create_sheet(title)
        head = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(head)
        for row in rows:
            sheet.append([row.get(key) for key in head])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def without(name: str) -> list[dict[str, Any]]:
    """The survey without one question."""
    return [row for row in SURVEY if row.get("name") != name]
