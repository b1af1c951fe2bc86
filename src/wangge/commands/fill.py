"""Fill a department's own workbook from rows of the register: its titles, notes, styles and lists of answers stay.

TEMPLATE is an .xlsx or .xlsm workbook with a header. FACTS is a CSV or Parquet file, one row a person or household, whose
columns are named by data elements (person.name, person.id_number, …), as the register exports them.

example: wangge fill 清单.xlsx --from facts.csv --out 清单-已填.xlsx
example: wangge fill 清单.xlsx --from facts.parquet --confirmed columns.toml --on 2026-03-04 --out 清单-已填.xlsx --json

Only columns whose element is certain are filled; --confirmed names others ([columns] "户籍地" = "person.registered_address"). No row or
column is added. Where there is no room for all rows, further copies are written (清单-已填-2.xlsx). What stayed empty is
listed beside it in 清单-已填.unfilled.csv: row (0: the whole column), column, element, code, reason. Banned columns are
never filled. All files are readable by the owner only.

exit codes: 0 done; 1 the template is refused, nothing written; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq

from wangge import forms, intake
from wangge.base import errors
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where

HELP = "fill a department's own workbook from rows of the register"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge fill`."""
    parser.add_argument("template", type=Path, metavar="TEMPLATE", help="the department's workbook (.xlsx, .xlsm)")
    parser.add_argument(
        "--from", dest="facts", type=Path, required=True, metavar="FACTS", help="rows, columns named by elements"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="workbook to write")
    parser.add_argument(
        "--sheet", default="", metavar="NAME", help="which sheet to fill (default: the first with a header)"
    )
    parser.add_argument("--confirmed", type=Path, metavar="FILE", help="columns a person has confirmed (TOML)")
    parser.add_argument(
        "--on",
        type=date.fromisoformat,
        default=None,
        metavar="DAY",
        help="day of filling; without it such columns stay empty",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Fill and list what stayed empty. -> 0, or 1 where the template is refused"""
    for path in (args.template, args.facts):
        if not path.is_file():
            raise WanggeError("E9003", Where(file=path.name), name=path.name)
    sheet = sheet_of(args.template, args.sheet)
    facts, confirmed = read_facts(args.facts), read_confirmed(args.confirmed)
    done = forms.fill(args.template.read_bytes(), sheet, facts, args.template.name, args.on, confirmed)
    refused = not done.columns and any(one.code == "E3855" for one in done.unfilled)
    files = [] if refused else write(args.out, done)
    _tell(done, files, args.json)
    return int(refused)


def sheet_of(path: Path, name: str) -> forms.HeaderSheet:
    """The sheet to fill, as intake reads it. Raises E1009 (no such sheet), E3857 (no workbook), and what reading raises."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise WanggeError("E3857", Where(file=path.name), name=path.name)
    papers = intake.papers(path)
    fitting = [p for p in papers if p.sheet == name] if name else papers
    if not fitting:
        raise WanggeError("E1009", Where(file=path.name), sheet=name, found="、".join(p.sheet for p in papers))
    p = fitting[0]
    return forms.HeaderSheet(p.sheet, p.lines, p.first, p.at, p.names, p.leaves, p.merged)


def read_facts(path: Path) -> pa.Table:
    """Rows of the register as text. Raises E1001 where the file cannot be read."""
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
        else:
            with path.open(encoding="utf-8-sig") as lines:
                names = lines.readline().strip().split(",")
            kinds = {name.strip('"'): pa.string() for name in names}
            table = pv.read_csv(path, convert_options=pv.ConvertOptions(column_types=kinds, strings_can_be_null=True))
        return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why


def read_confirmed(path: Path | None) -> Mapping[str, str]:
    """{header: element} of the file's [columns]. Raises E3823 where it cannot be understood."""
    if path is None:
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8-sig")).get("columns", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise WanggeError("E3823", Where(file=path.name), name=path.name, reason=type(why).__name__) from why
    return {str(header): str(element) for header, element in found.items()}


def write(out: Path, done: forms.Filled) -> list[str]:
    """The workbooks and the list of what stayed empty. Raises E3005 where they cannot be written. -> names of the files"""
    files = []
    try:
        for i, book in enumerate(done.books, 1):
            file = out if i == 1 else out.with_name(f"{out.stem}-{i}{out.suffix}")
            file.touch(mode=0o600)
            file.write_bytes(book)
            files.append(file.name)
        listed = out.with_name(f"{out.stem}.unfilled.csv")
        listed.touch(mode=0o600)
        write_csv(unfilled_table(done), listed, quoting_style="needed")
    except OSError as why:
        raise WanggeError(
            "E3005", Where(file=out.name), name=out.name, reason=why.strerror or type(why).__name__
        ) from why
    return [*files, listed.name]


def unfilled_table(done: forms.Filled) -> pa.Table:
    """row, column, element, code, reason: never a value."""
    reasons = {code: errors.table()[code] for code in {one.code for one in done.unfilled}}
    said = [
        reasons[one.code].what["zh-hans"].format(column=one.column, element=one.element or "-") for one in done.unfilled
    ]
    return pa.table(
        {
            "row": pa.array([one.row for one in done.unfilled], pa.int32()),
            "column": pa.array([one.column for one in done.unfilled], pa.string()),
            "element": pa.array([one.element for one in done.unfilled], pa.string()),
            "code": pa.array([one.code for one in done.unfilled], pa.string()),
            "reason": pa.array(said, pa.string()),
        }
    )


def _tell(done: forms.Filled, files: list[str], as_json: bool) -> None:
    out = sys.stderr if as_json else sys.stdout
    for header, element in done.columns.items():
        print(f"filled {header}: {element}", file=out)
    for one in done.unfilled:
        if not one.row:
            print(errors.WanggeError(one.code, column=one.column, element=one.element or "-").text("zh-hans"), file=out)
    cells = Counter(one.code for one in done.unfilled if one.row)
    figures: dict[str, Any] = {
        "rows": done.rows,
        "files": files,
        "columns": done.columns,
        "cells_unfilled": sum(cells.values()),
    }
    figures |= {
        "columns_unfilled": sum(1 for one in done.unfilled if not one.row),
        "by_code": dict(sorted(cells.items())),
    }
    print(f"rows={done.rows} files={len(files)} cells_unfilled={figures['cells_unfilled']}", file=out)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
