"""From visits or contact lists and cases to grades and tasks.

example, visits of a check-in platform:
  wangge trace --visits visits.parquet --cases cases.csv --as-of 2026-11-05 --people 60000 --out DIR
example, a contact list made by epidemiologists, a replay of an earlier day:
  wangge trace --cases linelist.csv --contacts contacts.csv --columns mers_korea_2015 \\
               --protocol mers-2015 --as-of 2015-06-05 --out DIR

example, tickets of trains, flights and coaches, with the time lag from the list to the contacts:
  wangge trace --tickets tickets.xlsx --cases cases.csv --as-of 2026-11-05 --received 2026-11-05T08:00+08:00 --out DIR

visits: person_id, place_id, place_kind, start, end, or lon, lat, crs (WGS84, GCJ02, BD09, CGCS2000) and accuracy in
metres instead of place_id; zone (such as Europe/Berlin) where times are not those of --zone; city. Times are instants,
days or half days (2026-11-03 上午); an end may be unknown. What is possible and what is certain are told apart.
cases: person_id, kind, onset (onset_on), sampled, isolated; contacts: case_id, person_id, type, first, last (days, where
known); tickets: person_id, mode (train, flight, coach), vehicle, on, carriage, seat. Files are CSV, Parquet or workbooks;
--columns names a TOML file that says how other lists call these. Without a register nobody knows the doors, so the
tasks wait at the district's desk (no household, no worker).

--protocol names a version (covid-2026-10), a disease (covid: each version judges its own days), or files; several may
be given. writes contacts.parquet, grades.parquet, leads.parquet, tasks.csv, set_aside.csv (input, row, code), report.json
(readable by the owner only); rows used and set aside add up to the rows read, by number.
exit codes: 0 done; 3 bad input, or more people than the cap (E5004).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge import dispatch, exposure, risk
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress
from wangge.base.terminal import show
from wangge.commands._trace_read import Input, read_part
from wangge.frame import query
from wangge.tables.shapes import DWELLING, LOCATED, PERSON, VISIT, WORKER

STAGES = ("read", "trace", "grade", "plan")
HELP = "trace contacts from visits, tickets or contact lists, grade them, plan the tasks"
REGISTER = {"people": PERSON, "located": LOCATED, "workers": WORKER, "dwellings": DWELLING}
LEAST_PEOPLE = 2_000
LATEST_VISIT, BEIJING_AHEAD = dt.timedelta(days=31), dt.timedelta(hours=8)
CONTACTS = pa.array(["close", "secondary", "general"])  # companions in space and time are none
PARTS = ("visits", "cases", "contacts", "tickets")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visits", type=Path, metavar="FILE", help="visits: person, place, kind, start, end")
    parser.add_argument("--cases", type=Path, required=True, metavar="FILE", help="line list of cases")
    parser.add_argument("--contacts", type=Path, metavar="FILE", help="ready-made contact list")
    parser.add_argument("--tickets", type=Path, metavar="FILE", help="tickets of trains, flights and coaches")
    parser.add_argument("--columns", metavar="NAME|FILE", help="how the lists name their columns (TOML)")
    parser.add_argument(
        "--protocol", metavar="NAME|FILE", action="append", help="version, disease or file; else what is in force"
    )
    parser.add_argument(
        "--as-of",
        type=dt.date.fromisoformat,
        metavar="DATE",
        help="day of the run (default: the newest that the lists tell of)",
    )
    parser.add_argument("--zone", default=exposure.BEIJING, help="zone of times that name none (default: %(default)s)")
    parser.add_argument(
        "--received", type=dt.datetime.fromisoformat, metavar="INSTANT", help="when the lists came, for the time lag"
    )
    parser.add_argument(
        "--people",
        type=int,
        metavar="N",
        help="people in the area, for the cap (default: those in the visits, if 2,000 or more)",
    )
    parser.add_argument(
        "--share-cap", type=float, metavar="SHARE", help="raise the protocol's cap by name after E5004 (0.1: 10 %%)"
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
        inputs = _inputs(args)
        tables = {name: one.table for name, one in inputs.items()}
        as_of = args.as_of or _newest(tables, args.cases.name)
        versions = _protocols(args.protocol or [], as_of)
        n_people = args.people or _n_people(tables)
    with progress.stage("trace"):
        traced = exposure.trace_with_account(
            tables.get("visits"), tables["cases"], versions, contacts=tables.get("contacts"), tickets=tables.get("tickets"),
            as_of=as_of, n_people=n_people, share_cap=args.share_cap,
        )  # fmt: skip
    with progress.stage("grade"):
        grades = _grades(traced.exposures, versions, as_of)
    with progress.stage("plan"):
        register = _register(args.register)
        newest = exposure.in_force(versions, as_of)
        plan = dispatch.plan(
            grades, register["people"], register["located"], register["workers"], newest, dwellings=register["dwellings"]
        )  # fmt: skip
    held = _held(traced.held, inputs)
    report = _report(traced, held, grades, plan, newest, inputs, progress)
    report |= {"as_of": as_of.isoformat(), "people": n_people, "cap_checked": n_people is not None,
               "share_cap": args.share_cap or newest.share_cap}  # fmt: skip
    _write(args.out, {"contacts": traced.exposures, "grades": grades, "leads": plan.leads},
           {"tasks": plan.tasks, "set_aside": held}, report, args.received)  # fmt: skip
    return report


def _inputs(args: argparse.Namespace) -> dict[str, Input]:
    """Everything that was given. Without visits there are none."""
    columns = exposure.read_columns(args.columns) if args.columns else {}
    files = {part: getattr(args, part) for part in PARTS if getattr(args, part)}
    return {part: read_part(file, part, columns.get(part), args.zone) for part, file in files.items()}


def _n_people(tables: dict[str, pa.Table]) -> int | None:
    """People in the visits stand for those of the area; a handful of guests is no area, and then nobody can check the cap."""
    n = pc.count_distinct(tables.get("visits", VISIT.empty()).column("person_id")).as_py()
    return n if n >= LEAST_PEOPLE else None


def _newest(tables: dict[str, pa.Table], file: str) -> dt.date:
    """The newest day the lists tell of; the library has no clock of its own. One far off in the visits is a slip, no day."""
    days = [pc.max(tables["cases"].column(name)).as_py() for name in ("onset_on", "sampled_on", "isolated_on")]
    if not any(days[:2]):
        raise WanggeError("E5002", Where(file=file))
    newest: dt.date = max(day for day in days if day)
    starts = tables.get("visits", VISIT.empty()).column("start_at")
    limit = dt.datetime.combine(newest + LATEST_VISIT, dt.time(), dt.UTC)
    last = pc.max(starts.filter(pc.less(starts, limit))).as_py()
    return max(newest, (last + BEIJING_AHEAD).date()) if last else newest


def _protocols(names: list[str], as_of: dt.date) -> list[exposure.SignedProtocol]:
    """The versions that judge: by file, by name of a version or a disease, or all of the disease in force (E5001)."""
    found: list[exposure.SignedProtocol] = []
    for name in names or [exposure.protocol_for(as_of).name]:
        if Path(name).suffix == ".toml":
            found.append(exposure.read_protocol(Path(name)))
        elif name in exposure.protocols():
            found.append(exposure.protocols()[name])
        else:
            found += exposure.versions_of(name)
    exposure.in_force(found, as_of)
    return found


def _grades(exposures: pa.Table, versions: list[exposure.SignedProtocol], as_of: dt.date) -> pa.Table:
    """The strongest grade a person, each version grading what was traced under it."""
    parts = [risk.grade(exposures.filter(pc.equal(exposures.column("protocol"), v.label)), v, as_of) for v in versions]
    if len(parts) == 1:
        return parts[0]
    return query(
        """SELECT * FROM grades QUALIFY row_number() OVER (PARTITION BY person_id
           ORDER BY list_position(['red', 'yellow', 'blue'], grade), expires_on DESC, protocol) = 1 ORDER BY person_id""",
        grades=pa.concat_tables(parts),
    )


def _held(held: pa.Table, inputs: dict[str, Input]) -> pa.Table:
    """Rows set aside by the number they have in their file, with those that could not be read at all."""
    parts = [one.torn for one in inputs.values()]
    for name, one in inputs.items():
        mine = held.filter(pc.equal(held.column("input"), name))
        at = one.rows[np.asarray(mine.column("row")) - 1]
        parts.append(mine.set_column(1, "row", pa.array(at, pa.int64())).cast(one.torn.schema))
    return pa.concat_tables(parts).group_by(["input", "row", "code"]).aggregate([]).sort_by(
        [(c, "ascending") for c in ("input", "row", "code")]
    )  # fmt: skip


def _lag(received: dt.datetime | None, contacts: Path) -> dict[str, Any] | None:
    """From the lists received to the contacts found, which is when the file that holds them was written: no clock is read."""
    if received is None:
        return None
    came = received if received.tzinfo else received.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
    found = dt.datetime.fromtimestamp(contacts.stat().st_mtime, dt.UTC)
    minutes = round((found - came).total_seconds() / 60, 1)
    return {"received_at": came.isoformat(), "found_at": found.isoformat(timespec="seconds"), "minutes": minutes}


def _register(folder: Path | None) -> dict[str, pa.Table]:
    found = {}
    for name, shape in REGISTER.items():
        file = folder / f"{name}.parquet" if folder else None
        found[name] = shape.hand_over(pq.read_table(file)) if file and file.is_file() else shape.empty()
    return found


def _report(
    traced: exposure.Accounted,
    held: pa.Table,
    grades: pa.Table,
    plan: dispatch.Plan,
    protocol: exposure.SignedProtocol,
    inputs: dict[str, Input],
    progress: Progress,
) -> dict[str, Any]:
    exposures = traced.exposures
    counts = {name: _account(held, name, one) for name, one in inputs.items()}
    n_cases = counts["cases"]["used"]
    contacts = exposures.filter(pc.is_in(exposures.column("category"), value_set=CONTACTS))
    return {
        "protocol": protocol.label,
        "protocols": sorted(set(exposures.column("protocol").to_pylist())),
        "example_protocol": protocol.example,
        "inputs": counts,
        "set_aside": _summed([{k: n for k, n in one.items() if k.startswith("E")} for one in counts.values()]),
        "doubts": traced.doubts,
        "values_unread": {name: one.unread for name, one in inputs.items() if one.unread},
        "exposures": _tally(exposures, "category"),
        "people_met": traced.n_met,
        "contacts_per_case": round(pc.count_distinct(contacts.column("person_id")).as_py() / n_cases, 2)
        if n_cases
        else None,
        "only_possible": pc.sum(pc.starts_with(exposures.column("evidence"), "possible:")).as_py() or 0,
        "crowded_places": traced.crowded,
        "tiers": protocol.tiers,
        "observation_days": protocol.observation_days,
        "grades": _tally(grades, "grade"),
        "leads": plan.leads.num_rows,
        "tasks": plan.tasks.num_rows,
        "tasks_at_desk": plan.tasks.column("worker_id").null_count,
        "seconds": progress.seconds,
        "peak_rss_mb": max(progress.peak_mb.values()),
    }


def _account(held: pa.Table, name: str, one: Input) -> dict[str, int]:
    """Rows of the file = used + set aside, by number. A row that stands in two cells is one row of the file."""
    mine = held.filter(pc.equal(held.column("input"), name))
    rows = len(np.union1d(one.rows, np.asarray(one.torn.column("row"))))
    return {"rows": rows, "used": rows - pc.count_distinct(mine.column("row")).as_py(), **_tally(mine, "code")}


def _summed(counts: list[dict[str, int]]) -> dict[str, int]:
    codes = sorted({code for one in counts for code in one})
    return {code: sum(one.get(code, 0) for one in counts) for code in codes}


def _tally(table: pa.Table, column: str) -> dict[str, int]:
    return {
        str(c["values"]): c["counts"]
        for c in sorted(pc.value_counts(table.column(column)).to_pylist(), key=lambda c: str(c["values"]))
    }


def _write(
    folder: Path,
    tables: dict[str, pa.Table],
    lists: dict[str, pa.Table],
    report: dict[str, Any],
    received: dt.datetime | None,
) -> None:
    """All files or none: each is written beside its place and moved there at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, table in tables.items():
        pq.write_table(table, folder / f".{name}.parquet")
    for name, table in lists.items():
        write_csv(table, folder / f".{name}.csv")
    report["lag"] = _lag(received, folder / ".contacts.parquet")
    (folder / ".report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for name in (*(f"{t}.parquet" for t in tables), *(f"{t}.csv" for t in lists), "report.json"):
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
