"""Looks at one file as a department sent it, and with a mapping reads it: what is in it, and what became of it.

FILE is text (CSV, TSV), a workbook (.xlsx, .xlsb, .xls, .ods), a page, an XML workbook or a web archive that calls
itself .xls, or a zipped set of these; its content tells, not its name. It is parsed in a process of its own, with limits
on memory and time.

example: wangge read 名单.xls --out DIR
example: wangge read 名单.xls --mapping mapping.toml --list police --out DIR --json

Always writes preview.json: sheets, where the header stands, columns with the element that is proposed for each, the
first lines. With --mapping and --list also rows.parquet and rows.csv (the rows in our words, every value still text),
held.csv (rows nobody can place, with the number of the reason) and, last, report.json. rows in the file = rows + held.
All files are readable by the owner only. Columns that may never be read are shown without their values.

exit codes: 0 done; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from wangge import intake
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where

HELP = "look at one file as it was sent; with a mapping, read it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge read`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to read")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="how to read it (TOML); needs --list")
    parser.add_argument("--list", metavar="NAME", help="the list of the mapping that the file is")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Preview, and with a mapping read. -> 0"""
    if not args.file.is_file():
        raise WanggeError("E9003", Where(file=args.file.name), name=args.file.name)
    listing = listing_of(args.mapping, args.list)
    seen = intake.preview(args.file, listing)
    report: dict[str, Any] = {"file": seen.file, "kind": seen.kind, "sheet": seen.sheet, "encoding": seen.encoding}
    report |= {"header_lines": seen.header_lines, "columns": len(seen.columns), "notes": seen.notes}
    read = intake.read(args.file, listing) if listing else None
    if read:
        report |= asdict(read.report) | {"rows": read.rows.num_rows, "held": read.held.num_rows}
    write(args.out, seen, read, report)
    _tell(report, args.json)
    return 0


def listing_of(mapping: Path | None, name: str | None) -> intake.ListMapping | None:
    """The list of the mapping. Raises E9003 (no such file), E1019 (one of the two is missing), E3003 (no such list)."""
    if mapping is None and name is None:
        return None
    if mapping is None or name is None:
        raise WanggeError("E1019")
    if not mapping.is_file():
        raise WanggeError("E9003", Where(file=mapping.name), name=mapping.name)
    lists = intake.load_mapping(mapping).lists
    if name not in lists:
        raise WanggeError("E3003", Where(file=mapping.name), list=name, found="、".join(lists))
    return lists[name]


def write(folder: Path, seen: intake.Preview, read: intake.Read | None, report: dict[str, Any]) -> None:
    """The files, report.json last. Raises E3005 where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _put(folder / "preview.json", asdict(seen))
        if read:
            for name in ("rows.parquet", "rows.csv", "held.csv"):
                (folder / name).touch(mode=0o600)
            pq.write_table(read.rows, folder / "rows.parquet", compression="zstd")
            write_csv(read.rows, folder / "rows.csv")
            write_csv(read.held, folder / "held.csv")
            _put(folder / "report.json", report)
    except OSError as why:
        reason = why.strerror or type(why).__name__
        raise WanggeError("E3005", Where(file=folder.name), name=folder.name, reason=reason) from why


def _put(file: Path, content: dict[str, Any]) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _tell(report: dict[str, Any], as_json: bool) -> None:
    out = sys.stderr if as_json else sys.stdout
    lines = "-".join(str(n) for n in report["header_lines"])
    print(f"{report['file']}: {report['kind']}, header in line {lines}, {report['columns']} columns", file=out)
    if "rows" in report:
        print(f"{report['n_rows']} rows = {report['rows']} read + {report['held']} held", file=out)
        for header, reason in report["dropped"].items():
            print(f"dropped {header}: {reason}", file=out)
    for note in report["notes"]:
        print(f"note {note}", file=out)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
