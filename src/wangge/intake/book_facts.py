"""What a workbook says beside its cells: hidden columns, merged cells, formulas whose value it does not hold."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET  # the gate has refused every DTD and entity before this runs

from wangge.intake.gate import OLE, Admitted
from wangge.intake.old_book import hidden_columns_of_xls

HEAD_BYTES = 1 << 18
MOST_HIDDEN = 702
COLUMN = re.compile(rb"<(?:\w+:)?col [^>]*>")
NUMBER = re.compile(rb'(min|max)="(\d+)"')
HIDDEN = re.compile(rb'hidden="(?:1|true)"')
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
ODS_COLUMN = re.compile(rb"<table:table-column\b[^>]*>")
ODS_REPEATED = re.compile(rb'number-columns-repeated="(\d+)"')


@dataclass
class Facts:
    """Beside the cells of one sheet."""

    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    without_value: int = 0
    failed: int = 0

    def notes(self) -> list[str]:
        """Codes for the report."""
        found = [f"formula_without_value: {self.without_value}"] if self.without_value else []
        return found + ([f"cell_error: {self.failed}"] if self.failed else [])


def facts_of(data: bytes, seen: Admitted) -> dict[str, Facts]:
    """-> {sheet: Facts}; what cannot be told is left out, never a failure: the cells are the reader's business."""
    try:
        if data.startswith(OLE):
            return {name: Facts(hidden) for name, hidden in hidden_columns_of_xls(data).items()}
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = set(book.namelist())
            if "xl/workbook.xml" in names:
                return {name: _sheet(book, part, seen) for name, part in _parts(book).items() if part in names}
            return _ods(book) if "content.xml" in names else {}
    except (zipfile.BadZipFile, ET.ParseError, OSError, ValueError, KeyError, RuntimeError, NotImplementedError):
        return {}


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """-> {sheet: name of its part}"""
    targets = {r.get("Id"): r.get("Target", "") for r in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}  # noqa: S314
    found = {}
    for element in ET.fromstring(book.read("xl/workbook.xml")).iter():  # noqa: S314
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(RELATION) or element.get(STRICT)) or ""
            found[element.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _sheet(book: zipfile.ZipFile, part: str, seen: Admitted) -> Facts:
    facts = Facts(without_value=seen.without_value.get(part, 0), failed=seen.failed.get(part, 0))
    with book.open(part) as stream:
        head = stream.read(HEAD_BYTES)
    for one in COLUMN.findall(head.partition(b"<sheetData")[0]):
        if HIDDEN.search(one):
            ends = {key: int(value) for key, value in NUMBER.findall(one)}
            first, last = ends.get(b"min", 1), ends.get(b"max", 1)
            facts.hidden_columns += range(first - 1, min(last, MOST_HIDDEN))
    return facts


def _ods(book: zipfile.ZipFile) -> dict[str, Facts]:
    """Columns of an OpenDocument sheet that are collapsed; columns are declared before the rows."""
    with book.open("content.xml") as stream:
        text = stream.read(HEAD_BYTES)
    found: dict[str, Facts] = {}
    for table in text.split(b"<table:table ")[1:]:
        name = re.search(rb'table:name="([^"]*)"', table)
        facts, at = Facts(), 0
        for column in ODS_COLUMN.findall(table.partition(b"<table:table-row")[0]):
            repeated = ODS_REPEATED.search(column)
            n = min(int(repeated[1]) if repeated else 1, MOST_HIDDEN)
            if b'table:visibility="collapse"' in column:
                facts.hidden_columns += range(at, at + n)
            at += n
        if name:
            found[name[1].decode("utf-8", "replace")] = facts
    return found
