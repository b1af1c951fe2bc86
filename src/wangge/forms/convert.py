"""A form workbook (XLSForm) -> the XForm that phones read, or what is wrong and in which cell.

The conversion is pyxform's own; this file only finds the cell, says it in the reader's language, and refuses what a form
never is. `convert_apart` does the same in a child process with limits, for workbooks that strangers send.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import warnings
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import wangge
from wangge.base.errors import WanggeError, Where

KINDS = (".xlsx", ".xlsm", ".xls", ".csv", ".md")
MOST_COLUMNS, MOST_ROWS, MOST_BYTES = 500, 5000, 10 << 20
SECONDS = 30
SHEETS = "survey|choices|settings|entities|external_choices|osm"
ROW = re.compile(r"\[row : (\d+)\]")
SHEET = re.compile(rf"'({SHEETS})' sheet|sheet: '({SHEETS})'|({SHEETS}) sheet")
COLUMN = re.compile(r"the '([\w ]+)' value|column '([\w ]+)'")
NAMED = re.compile(r"(?:element|question|group|repeat) named '([^']+)'")


@dataclass(frozen=True)
class Remark:
    """Something to mend, at its cell. `matters`: the form would surprise somebody; otherwise it is advice."""

    text: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    matters: bool = True


@dataclass(frozen=True)
class Converted:
    """What came out of a workbook. `itemsets` is the CSV of external choices, empty where the form has none."""

    xform: str
    remarks: tuple[Remark, ...]
    itemsets: str = ""


def convert(data: bytes, file: str, lang: str = "zh-hans") -> Converted:
    """Convert a workbook. Raises E3830 (no form workbook), E3831 (a cell is wrong), E3832 (too much of it)."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import Definition, SupportedFileTypes, get_xlsform
    from pyxform.xls2xform import convert as pyxform_convert

    kind, where = Path(file).suffix.lower(), Where(file=file)
    if kind not in KINDS:
        raise WanggeError("E3830", where, name=file, reason=kind or "?")
    if len(data) > MOST_BYTES:
        raise WanggeError("E3832", where, what="MB", n=len(data) >> 20, most=MOST_BYTES >> 20)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of a workbook that the reader leaves out: no form is in them
            sheets = asdict(get_xlsform(Definition(io.BytesIO(data), SupportedFileTypes(kind), Path(file).stem)))
        refuse_too_much(sheets, where)
        made = pyxform_convert(sheets)
    except PyXFormError as why:
        raise _refusal(str(why), locals().get("sheets") or {}, where, lang) from why
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OSError, BadZipFile, RecursionError) as why:
        # pyxform has no number for a workbook that holds other sheets than a form's.
        raise WanggeError("E3830", where, name=file, reason=type(why).__name__) from why
    remarks = tuple(_remark(text, sheets, lang) for text in made.warnings)
    return Converted(made.xform, remarks, made.itemsets or "")


def refuse_too_much(sheets: dict[str, Any], where: Where) -> None:
    """E3832 for a sheet with more columns or rows than any form has."""
    for sheet, rows in sheets.items():
        if not isinstance(rows, list) or not rows:
            continue
        columns = max((len(row) for row in rows if isinstance(row, dict)), default=0)
        for what, n, most in (("columns", columns, MOST_COLUMNS), ("rows", len(rows), MOST_ROWS)):
            if n > most:
                raise WanggeError("E3832", Where(where.file, sheet.removesuffix("_header")), what=what, n=n, most=most)


def _refusal(text: str, sheets: dict[str, Any], where: Where, lang: str) -> WanggeError:
    found = _remark(text, sheets, lang)
    if "not recognized as a supported type" in text or "does not appear to be a valid XLSForm" in text:
        return WanggeError("E3830", where, name=where.file, reason="type")
    if ("'survey'" in text and "similar names" in text) or "must have a sheet named 'survey'" in text:
        return WanggeError("E3830", where, name=where.file, reason=found.text)
    return WanggeError("E3831", Where(where.file, found.sheet, found.row, found.column), reason=found.text)


def _remark(text: str, sheets: dict[str, Any], lang: str) -> Remark:
    """One of pyxform's sentences, at its cell and in the reader's language; its own words where we have none."""
    row, sheet, column = ROW.search(text), SHEET.search(text), COLUMN.search(text)
    number = int(row[1]) if row else 0
    page = next(filter(None, sheet.groups()), "") if sheet else "survey" if row else ""
    if not number and (named := NAMED.search(text)):
        page, number = "survey", _row_of(named[1], sheets.get("survey") or [])
    words, matters = _in_words(text, lang)
    at = next(filter(None, column.groups()), "") if column else ""
    return Remark(words, page, number, at, matters)


def _row_of(name: str, rows: list[dict[str, Any]]) -> int:
    """The line of the sheet (the header is 1) on which a question is named; 0 where nobody is."""
    return next((i for i, row in enumerate(rows, 2) if row.get("name") == name), 0)


def _in_words(text: str, lang: str) -> tuple[str, bool]:
    for pattern, words, matters in _sentences():
        if found := pattern.search(text):
            given = {key: value or "" for key, value in found.groupdict().items()}
            return words.get(lang, words["zh-hans"]).format_map(given), matters
    return ROW.sub("", text).split("Learn more")[0].strip(), True


@cache
def _sentences() -> list[tuple[re.Pattern[str], dict[str, str], bool]]:
    raw = tomllib.loads(resources.files(__package__).joinpath("convert_sentences.toml").read_text("utf-8"))
    return [(re.compile(one["says"], re.S), one["words"], one.get("matters", True)) for one in raw["sentence"]]


# ---- apart ------------------------------------------------------------------------------------------


def convert_apart(data: bytes, file: str, lang: str = "zh-hans") -> Converted:
    """`convert` in a child process with 1 GB and 30 seconds. E3830 also where the child fell or ran out of time."""
    root = str(Path(wangge.__file__).resolve().parents[1])
    job = json.dumps({"file": file, "lang": lang, "seconds": SECONDS}).encode() + b"\n" + data
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "wangge.forms.convert_child"], input=job, capture_output=True, check=False,
            timeout=2 * SECONDS, cwd="/", env={"PYTHONPATH": root, "PATH": os.defpath, "LANG": "C.UTF-8"},
        )  # fmt: skip
        said = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as why:
        raise WanggeError("E3830", Where(file=file), name=file, reason="too much memory or time") from why
    if "error" in said:
        raise WanggeError(said["error"], Where(*said["where"]), **said["facts"])
    return Converted(said["xform"], tuple(Remark(**one) for one in said["remarks"]), said["itemsets"])
