"""From visits or contact lists and cases to grades and tasks.

example, visits of a check-in platform:
  wangge trace --visits visits.parquet --cases cases.csv --as-of 2026-11-05 --people 60000 --out DIR
example, a contact list made by epidemiologists, a replay of an earlier day:
  wangge trace --cases linelist.csv --contacts contacts.csv --columns mers_korea_2015 \\
               --protocol mers-2015 --as-of 2015-06-05 --out DIR

cases: person_id, kind, onset_on, sampled_on, isolated_on; contacts: case_id, person_id, type, first, last (days, where
known); --columns names a TOML file that says how another line list calls them. Without a register nobody knows the
doors, so the tasks wait at the district's desk (no household, no worker).

writes contacts.parquet, grades.parquet, leads.parquet, tasks.csv, report.json (readable by the owner only); rows
used and set aside add up to the rows read, by number.
exit codes: 0 done; 3 bad input, or more people than the cap (E5004).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from wangge import dispatch, exposure, risk
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress
from wangge.base.terminal import show
from wangge.tables.shapes import DWELLING, LOCATED, PERSON, VISIT, WORKER

STAGES = ("read", "trace", "grade", "plan")
HELP = "trace contacts from visits or contact lists, grade them, plan the tasks"
REGISTER = {"people": PERSON, "located": LOCATED, "workers": WORKER, "dwellings": DWELLING}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--visits", type=Path, metavar="FILE", help="visits: person, place, kind, start, end (Parquet or CSV)"
    )
    parser.add_argument("--cases", type=Path, required=True, metavar="FILE", help="line list of cases (CSV or Parquet)")
    parser.add_argument("--contacts", type=Path, metavar="FILE", help="ready-made contact list (CSV or Parquet)")
    parser.add_argument("--columns", metavar="NAME|FILE", help="how the line list names its columns (TOML)")
    parser.add_argument("--protocol", metavar="NAME|FILE", help="protocol by name or file; else the one in force")
    parser.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="day of the run (default: the newest in the cases)"
    )
    parser.add_argument(
        "--people", type=int, metavar="N", help="people in the area, for the cap (default: those in the visits)"
    )
    parser.add_argument(
        "--register", type=Path, metavar="DIR", help="folder with people, located, workers, dwellings (.parquet)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Read, trace, grade, plan, write. -> exit code"""
    with show("wangge trace", STAGES) as progress:
        report = _walk(args, progress)
    _tell(report, args.json)
    return 0


def _walk(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    with progress.stage("read"):
        visits, cases, contacts, unread = _inputs(args)
        as_of = args.as_of or _newest(cases, args.cases.name)
        protocol = _protocol(args.protocol, as_of)
        n_people = args.people or pc.count_distinct(visits.column("person_id")).as_py() or None
    with progress.stage("trace"):
        traced = exposure.trace_with_account(visits, cases, protocol, contacts=contacts, as_of=as_of, n_people=n_people)
    with progress.stage("grade"):
        grades = risk.grade(traced.exposures, protocol, as_of)
    with progress.stage("plan"):
        register = _register(args.register)
        plan = dispatch.plan(
            grades,
            register["people"],
            register["located"],
            register["workers"],
            protocol,
            dwellings=register["dwellings"],
        )
    report = _report(traced, grades, plan, protocol, as_of, unread, n_people, progress)
    _write(args.out, {"contacts": traced.exposures, "grades": grades, "leads": plan.leads}, plan.tasks, report)
    return report


def _newest(cases: pa.Table, file: str) -> dt.date:
    """The newest day the line list tells of; the library has no clock of its own."""
    days = [pc.max(cases.column(name)).as_py() for name in ("onset_on", "sampled_on")]
    if not any(days):
        raise WanggeError("E5002", Where(file=file))
    newest: dt.date = max(day for day in days if day)
    return newest


def _protocol(name: str | None, as_of: dt.date) -> exposure.SignedProtocol:
    """By file, by name, or the one in force; a file must cover the day too (E5001)."""
    if name and Path(name).suffix == ".toml":
        protocol = exposure.read_protocol(Path(name))
        if not protocol.covers(as_of):
            raise WanggeError("E5001", on=as_of)
        return protocol
    return exposure.protocol_for(as_of, name)


def _inputs(args: argparse.Namespace) -> tuple[pa.Table, pa.Table, pa.Table | None, dict[str, int]]:
    columns = exposure.read_columns(args.columns) if args.columns else {}
    visits = VISIT.hand_over(_table(args.visits)) if args.visits else VISIT.empty()
    cases, unread = exposure.fit(_table(args.cases), "cases", columns.get("cases"), args.cases.name)
    unreadable = {"cases": unread}
    contacts = None
    if args.contacts:
        contacts, unreadable["contacts"] = exposure.fit(
            _table(args.contacts), "contacts", columns.get("contacts"), args.contacts.name
        )
    return visits, cases, contacts, unreadable


def _table(path: Path) -> pa.Table:
    """A Parquet or CSV file; CSV cells stay text, so that nothing is guessed."""
    if not path.is_file():
        raise WanggeError("E9003", Where(file=path.name), name=path.name)
    if path.stat().st_size == 0:
        raise WanggeError("E1002", Where(file=path.name), name=path.name)
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        names = pv.open_csv(path).schema.names
        text = pv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=True, null_values=["", "NA", "N/A"]
        )
        return pv.read_csv(path, parse_options=pv.ParseOptions(newlines_in_values=True), convert_options=text)
    except (pa.ArrowInvalid, OSError) as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why


def _register(folder: Path | None) -> dict[str, pa.Table]:
    found = {}
    for name, shape in REGISTER.items():
        file = folder / f"{name}.parquet" if folder else None
        found[name] = shape.hand_over(pq.read_table(file)) if file and file.is_file() else shape.empty()
    return found


def _report(
    traced: exposure.Accounted,
    grades: pa.Table,
    plan: dispatch.Plan,
    protocol: exposure.SignedProtocol,
    as_of: dt.date,
    unread: dict[str, int],
    n_people: int | None,
    progress: Progress,
) -> dict[str, Any]:
    return {
        "protocol": protocol.label,
        "example_protocol": protocol.example,
        "as_of": as_of.isoformat(),
        "inputs": traced.inputs,
        "set_aside": traced.set_aside,
        "dates_unread": unread,
        "exposures": _tally(traced.exposures, "category"),
        "grades": _tally(grades, "grade"),
        "people": n_people,
        "cap_checked": n_people is not None,
        "leads": plan.leads.num_rows,
        "tasks": plan.tasks.num_rows,
        "tasks_at_desk": plan.tasks.column("worker_id").null_count,
        "seconds": progress.seconds,
        "peak_rss_mb": max(progress.peak_mb.values()),
    }


def _tally(table: pa.Table, column: str) -> dict[str, int]:
    return {
        str(c["values"]): c["counts"]
        for c in sorted(pc.value_counts(table.column(column)).to_pylist(), key=lambda c: str(c["values"]))
    }


def _write(folder: Path, tables: dict[str, pa.Table], tasks: pa.Table, report: dict[str, Any]) -> None:
    """All files or none: each is written beside its place and moved there at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, table in tables.items():
        pq.write_table(table, folder / f".{name}.parquet")
    write_csv(tasks, folder / ".tasks.csv")
    (folder / ".report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for name in (*(f"{t}.parquet" for t in tables), "tasks.csv", "report.json"):
        (folder / f".{name}").chmod(0o600)
        (folder / f".{name}").replace(folder / name)


def _tell(report: dict[str, Any], as_json: bool) -> None:
    out = sys.stderr if as_json else sys.stdout
    for name, counts in report["inputs"].items():
        aside = ", ".join(f"{code} {n}" for code, n in counts.items() if code.startswith("E"))
        print(
            f"{name}: {counts['rows']} rows = {counts['used']} used + {counts['rows'] - counts['used']} set aside"
            + (f" ({aside})" if aside else ""),
            file=out,
        )
    print(f"grades: {report['grades']}; tasks: {report['tasks']}", file=out)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
