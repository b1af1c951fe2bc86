"""Links the people of one list or of many: one person, one record, with the evidence. Doubts go to a person.

Every list of the mapping is read. --list gives the file of a list, or another one than the mapping names. One list alone
is freed of its duplicates. The order of belief is that of the mapping; the order of --list means nothing.

example: wangge link --list police=police.csv --list census=census.xlsx --mapping mapping.toml --out DIR

writes links.csv (list, row, person_id, household_id, evidence; row 1 is the first data row), people.parquet,
households.parquet, review.csv (groups that need a person, with the reason), held.csv (list, file, sheet, row, line,
element, code) and, when all is written, report.json; readable by the owner only. rows = good + held, checked list by list.
Columns that are not mapped are not read and are listed; banned ones are dropped and listed with the reason.

Without --as-of no date is taken for one of the future: the command has no clock. Person ids are digests made with a
key. The key that is shipped is known to everybody and fits made-up people only: real lists need a key of their own.
exit codes: 0 done; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge import identity, intake, quality
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress, peak_rss_mb
from wangge.base.terminal import show

STAGES = ("read", "check", "link", "write")
HELP = "link the rows of one or many lists: one person, one record"
LEAST_KEY = 16  # characters; a shorter key can be tried out


@dataclass(frozen=True)
class Rows:
    """The rows of all lists, checked, and the account of each list."""

    good: pa.Table
    held: pa.Table
    lists: dict[str, dict[str, Any]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge link`."""
    parser.add_argument(
        "--list", dest="given", metavar="NAME=FILE", nargs="+", action="extend", default=[],
        help="file of a list of the mapping (CSV or workbook); may be given for each list",
    )  # fmt: skip
    parser.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="how to read the lists (TOML)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="day of the lists: later dates are held (E2004)"
    )
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE",
        help="text file with the key of the person ids (default: the shipped demo key; real lists need their own)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Read, check, link, write. -> 0"""
    if not args.mapping.is_file():
        raise WanggeError("E9003", Where(file=args.mapping.name), name=args.mapping.name)
    mapping = intake.load_mapping(args.mapping)
    files = files_of(mapping, args.given, args.mapping.parent)
    key = key_of(args.key_file) if args.key_file else identity.DEMO_KEY
    with show("wangge link", STAGES) as progress:
        # The last day there is: without a day nobody can say what lies in the future.
        rows = read_and_check(mapping, files, args.as_of or dt.date.max, progress)
        with progress.stage("link"):
            linked = identity.link(
                rows.good,
                args.as_of or dt.date.max,
                door_lists=mapping.door_lists,
                source_order=tuple(mapping.lists),
                key=key,
            )
        report = {"as_of": args.as_of and args.as_of.isoformat(), "demo_key": args.key_file is None}
        report |= account(rows, linked)
        write(args.out, rows.held, linked, report, progress)
    _tell(report, args.json)
    return 0


def files_of(mapping: intake.Mapping, given: Sequence[str], folder: Path) -> dict[str, Path]:
    """The file of each list of the mapping, in its order: the one given, else the one it names, seen from `folder`.

    Raises E3001 (not NAME=FILE), E3002 (twice), E3003 (not in the mapping), E1010 (no file), E9003 (no such file).
    """
    chosen: dict[str, Path] = {}
    for one in given:
        name, equals, file = one.partition("=")
        if not (name and equals and file):
            raise WanggeError("E3001", given=one)
        if name in chosen:
            raise WanggeError("E3002", list=name)
        if name not in mapping.lists:
            raise WanggeError("E3003", Where(file=mapping.name), list=name, found="、".join(mapping.lists))
        chosen[name] = Path(file)
    for name, listing in mapping.lists.items():
        if name not in chosen and not listing.file:
            raise WanggeError("E1010", Where(file=mapping.name, sheet=f"lists.{name}"), list=name)
        chosen.setdefault(name, folder / listing.file)
        if not chosen[name].is_file():
            raise WanggeError("E9003", Where(file=chosen[name].name), name=chosen[name].name)
    return {name: chosen[name] for name in mapping.lists}


def key_of(file: Path) -> str:
    """The key in a text file, without blanks around it. Raises E9003 (no such file), E3004 (no key, or a short one)."""
    if not file.is_file():
        raise WanggeError("E9003", Where(file=file.name), name=file.name)
    try:
        key = file.read_text("utf-8-sig").strip()
    except (UnicodeDecodeError, OSError):
        key = ""
    if len(key) < LEAST_KEY:
        raise WanggeError("E3004", Where(file=file.name), name=file.name, least=LEAST_KEY)
    return key


def read_and_check(mapping: intake.Mapping, files: dict[str, Path], as_of: dt.date, progress: Progress) -> Rows:
    """One list after the other, so that only one stands in memory as text. Raises E2009 if rows do not add up."""
    good, held, lists = [], [], {}
    for name, file in files.items():
        with progress.stage("read"):
            read = intake.read(file, mapping.lists[name])
        with progress.stage("check"):
            checked = quality.check(read.rows, as_of)
        kept_aside = pa.concat_tables([read.held, checked.held])
        if read.report.n_rows != checked.good.num_rows + kept_aside.num_rows:
            raise WanggeError(
                "E2009", rows=read.report.n_rows, good=checked.good.num_rows, held=kept_aside.num_rows
            )  # fmt: skip
        lists[name] = account_of_list(read.report, checked.good.num_rows, kept_aside)
        good.append(checked.good)
        held.append(kept_aside)
    return Rows(pa.concat_tables(good), pa.concat_tables(held), lists)


def account_of_list(report: intake.Report, n_good: int, held: pa.Table) -> dict[str, Any]:
    """What became of the rows and the columns of one file."""
    codes = {c["values"]: c["counts"] for c in pc.value_counts(held.column("code")).to_pylist()}
    return {
        "file": report.file,
        "sheet": report.sheet,
        "rows": report.n_rows,
        "good": n_good,
        "held": dict(sorted(codes.items())),
        "columns": {
            "read": report.read,
            "ignored": report.ignored,
            "dropped": report.dropped,
            "missing": report.missing,
            "repeated": report.repeated,
        },
        "other_sheets": report.other_sheets,
        "notes": report.notes,
    }


def account(rows: Rows, linked: identity.Linked) -> dict[str, Any]:
    """What came of all of it, in numbers."""
    return {
        "lists": rows.lists,
        "rows": sum(one["rows"] for one in rows.lists.values()),
        "good": rows.good.num_rows,
        "held": rows.held.num_rows,
        "people": linked.people.num_rows,
        "households": linked.households.num_rows,
        "review_groups": pc.count_distinct(linked.review.column("group_id")).as_py(),
    }


def links_with_households(linked: identity.Linked) -> pa.Table:
    """list, row, person_id, household_id, evidence: one line for each good row."""
    at = pc.index_in(linked.links.column("person_id"), value_set=linked.people.column("person_id").combine_chunks())
    links = linked.links.append_column("household_id", linked.people.column("household_id").take(at))
    return links.select(["list", "row", "person_id", "household_id", "evidence"])


def write(folder: Path, held: pa.Table, linked: identity.Linked, report: dict[str, Any], progress: Progress) -> None:
    """The files appear together, at the end, readable by their owner only; report.json is the last.

    Completes `report` with seconds and memory. Raises E3005.
    """
    aside = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = Path(tempfile.mkdtemp(prefix=".link-", dir=folder))
        with progress.stage("write"):
            write_csv(links_with_households(linked), aside / "links.csv")
            pq.write_table(linked.people, aside / "people.parquet", compression="zstd")
            pq.write_table(linked.households, aside / "households.parquet", compression="zstd")
            write_csv(linked.review, aside / "review.csv")
            write_csv(held, aside / "held.csv")
        report |= {"seconds": progress.seconds, "peak_rss_mb": peak_rss_mb()}
        (aside / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        for file in sorted(aside.iterdir(), key=lambda file: (file.name == "report.json", file.name)):
            file.chmod(0o600)
            file.replace(folder / file.name)
    except OSError as why:
        reason = why.strerror or type(why).__name__
        raise WanggeError("E3005", Where(file=folder.name), name=folder.name, reason=reason) from why
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _tell(report: dict[str, Any], as_json: bool) -> None:
    """One line a list and one for all; before the JSON object these go to standard error."""
    out = sys.stderr if as_json else sys.stdout
    for name, one in report["lists"].items():
        aside = ", ".join(f"{code} {n}" for code, n in one["held"].items())
        print(
            f"{name}: {one['rows']} rows = {one['good']} good + {one['rows'] - one['good']} held"
            + (f" ({aside})" if aside else "")
            + "".join(f"; not in the file: {header}" for header in one["columns"]["missing"])
            + "".join(f"; dropped {header}: {reason}" for header, reason in one["columns"]["dropped"].items()),
            file=out,
        )
    print(
        f"{report['people']} people, {report['households']} households, {report['review_groups']} groups to look at",
        file=out,
    )
    if report["demo_key"]:
        print("the person ids are made with the demo key: for made-up people only (--key-file)", file=sys.stderr)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
