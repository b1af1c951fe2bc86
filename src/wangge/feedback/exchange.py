"""Matters that come from other systems and go to them: a CSV both ways, and the documents of Open311 GeoReport v2.

The CSV is UTF-8 with the columns of COLUMNS; unknown columns are refused, so that nobody sends what is not to be kept.
GeoReport: https://wiki.open311.org/GeoReport_v2/ . Names, telephone numbers and mail addresses it allows are never kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from wangge.feedback.matters import matter_terms, matter_words

COLUMNS = ("external_id", "source", "kind", "grid_code", "place", "words", "lon", "lat")
MUST = ("external_id", "source", "kind", "grid_code", "place", "words")
STANDING = (
    "state",
    "unit",
    "reported_at",
    "due_at",
    "closed_at",
)  # what an export says beside; an import leaves it alone
MOST_ROWS = 5000
LONGEST = {"external_id": 80, "place": 200, "words": 2000}
Fault = tuple[int, str]  # row as a spreadsheet counts them (the header is 1), what is wrong


def read_matters(text: str) -> tuple[list[tuple[int, dict[str, Any]]], list[Fault]]:
    """Rows of a CSV. -> (rows that may be taken: number, values; rows that may not: number, reason)

    Every row is in exactly one of both. A header that is not understood is a fault of row 1 and nothing is taken.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=False)
    header = [str(name).strip() for name in reader.fieldnames or ()]
    wrong = [name for name in header if name not in (*COLUMNS, *STANDING)] + [m for m in MUST if m not in header]
    if wrong or len(set(header)) < len(header):
        return [], [(1, "columns: " + ", ".join(wrong or header))]
    taken: list[tuple[int, dict[str, Any]]] = []
    faults: list[Fault] = []
    for number, row in enumerate(reader, 2):
        values = {key: str(row.get(key) or "").strip() for key in COLUMNS}
        reason = "columns" if None in row else "too many rows" if number > MOST_ROWS + 1 else _wrong(values)
        if reason:
            faults.append((number, reason))
        else:
            taken.append((number, _read(values)))
    return taken, faults


def _wrong(values: Mapping[str, str]) -> str:
    """The first thing that is wrong with a row, as the name of its column; empty where nothing is."""
    missing = [key for key in MUST if not values[key]]
    if missing:
        return ", ".join(missing)
    for key in ("kind", "source"):
        if values[key] not in matter_terms()[key]:
            return key
    if not re.fullmatch(r"\d{6}(\d{3}){0,3}", values["grid_code"]):
        return "grid_code"
    long = next((key for key, most in LONGEST.items() if len(values[key]) > most), "")
    return long or place_wrong(values["lon"], values["lat"])


def place_wrong(lon: str, lat: str) -> str:
    """Whether a point is one: both degrees or neither. -> name of the column that is wrong, or empty"""
    if not lon and not lat:
        return ""
    try:
        east, north = float(lon), float(lat)
    except ValueError:
        return "lon" if not lon else "lat"
    return "" if abs(east) <= 180 and abs(north) <= 90 else "lon"


def _read(values: Mapping[str, str]) -> dict[str, Any]:
    point = {key: float(values[key]) if values[key] else None for key in ("lon", "lat")}
    return {**values, **point}


def services(lang: str) -> list[dict[str, Any]]:
    """What may be asked for, as GeoReport's list of services."""
    kinds, groups = matter_words("kind", lang), matter_words("class", lang)
    return [{"service_code": code, "service_name": words, "description": words, "metadata": "false", "type": "realtime",
             "keywords": "", "group": groups[matter_terms()["kind"][code]["class"]]} for code, words in kinds.items()]  # fmt: skip


def as_xml(top: str, one: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as GeoReport writes them: <top><one><field>…; what is unknown is an empty element."""
    root = ET.Element(top)
    for row in rows:
        made = ET.SubElement(root, one)
        for key, value in row.items():
            ET.SubElement(made, key).text = None if value is None else _printable(str(value))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _printable(text: str) -> str:
    """Without the control characters XML 1.0 has no place for."""
    return re.sub(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
