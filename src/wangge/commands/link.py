"""Links the people of one list or of many: one person, one record, with the evidence. Doubts go to a person.

--list gives the file of a list, or another one than the mapping names; lists without a file are left out. One list
alone is freed of its duplicates. The order of belief is that of the mapping; the order of --list means nothing.

example: wangge link --list police=police.csv --list census=census.xlsx --mapping mapping.toml --out DIR
later:   wangge link --list police=police-june.csv --mapping mapping.toml --known DIR --out DIR

writes links.csv (list, row, person_id, household_id, evidence; row 1 is the first data row), people.parquet,
households.parquet, review.csv (groups that need a person, with the reason), merges.csv (old_person_id, new_person_id,
kind, evidence: ids that are not what they were), held.csv (rows refused), faults.csv (values set aside), earlier.csv
(rows of a list whose place a later file holds too) and, when all is written, report.json.

--known DIR is the --out of an earlier run: the files given are linked against the people known there, and only they
are read. The people are those of a run over all rows at once; ids stay, and where one does not, merges.csv says so.
A file of a known list is more rows, or, where at least half of its rows stand word for word in the same rows of an
earlier file, a corrected edition that replaces that file; --edition decides by hand.

DIR/known is what the next run needs: PERSONAL DATA, every row of every list. It and all other files are readable by
their owner only; keep DIR where the lists are kept, and delete DIR/known when no further run is to build on it.

--decisions FILE is a CSV list_a,row_a,list_b,row_b,verdict[,batch_a,batch_b]: same, different, or undo. What it says
binds this and all later runs.

Columns that are not mapped are not read and are listed; banned ones are dropped and listed with the reason. Without
--as-of no date is taken for one of the future: the command has no clock. Person ids are digests made with a key. The
key that is shipped is known to everybody and fits made-up people only: real lists need a key of their own.
exit codes: 0 done; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from wangge import identity, intake
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress
from wangge.base.terminal import show
from wangge.commands._link_batch import Batches, new_of
from wangge.commands._link_read import Rows, decisions_of, files_of, key_of, read_list
from wangge.commands._link_write import write
from wangge.identity.advance import How, Step, advance
from wangge.identity.editions import MORE, NEW, SAME, is_same_file
from wangge.identity.known import Known
from wangge.identity.known_files import load, method

STAGES = ("known", "read", "check", "link", "write")
HELP = "link the rows of one or many lists: one person, one record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge link`."""
    parser.add_argument(
        "--list", dest="given", metavar="NAME=FILE", nargs="+", action="extend", default=[],
        help="file of a list of the mapping (CSV or workbook); may be given for each list",
    )  # fmt: skip
    parser.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="how to read the lists (TOML)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--known", type=Path, metavar="DIR", help="--out of an earlier run: link against the people known there"
    )
    parser.add_argument(
        "--edition", choices=(NEW, MORE), default="",
        help="a file of a known list is a corrected edition (new), or more rows (default: as its rows tell)",
    )  # fmt: skip
    parser.add_argument("--decisions", type=Path, metavar="FILE", help="what people settled of pairs of rows (CSV)")
    parser.add_argument(
        "--relearn", action="store_true", help="with --known: ask all rows anew, not only those the files touch"
    )
    parser.add_argument(
        "--as-of",
        type=dt.date.fromisoformat,
        metavar="DATE",
        help="newest day the lists may speak of: a later date is set aside (E2004)",
    )
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE",
        help="text file with the key of the person ids (default: the shipped demo key; real lists need their own)",
    )  # fmt: skip
    parser.add_argument("--changes", action="store_true", help="write changes.csv: every cell that was altered")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Read, check, link, write. -> 0"""
    started = time.process_time()
    if not args.mapping.is_file():
        raise WanggeError("E9003", Where(file=args.mapping.name), name=args.mapping.name)
    mapping = intake.load_mapping(args.mapping)
    files = files_of(mapping, args.given, args.mapping.parent, only_given=args.known is not None)
    key = key_of(args.key_file) if args.key_file else identity.DEMO_KEY
    given = decisions_of(args.decisions) if args.decisions else []
    # The last day there is: without a day nobody can say what lies in the future.
    as_of = args.as_of or dt.date.max
    with show("wangge link", STAGES) as progress:
        known, state = Known(), None
        if args.known is not None:
            with progress.stage("known"):
                known, state = load(args.known, key)
            known = _of_today(known, state, args.relearn, args.known)
        rows = _read(known, mapping, files, as_of, progress, args.changes)
        with progress.stage("link"):
            batches = new_of(known, rows, given, args.edition, args.relearn)
            step = advance(batches.known, batches.new, How(as_of, mapping.door_lists, tuple(mapping.lists), key))
        report = {"as_of": args.as_of and args.as_of.isoformat(), "demo_key": args.key_file is None}
        report |= {"known": args.known is not None, "left_out": [n for n in mapping.lists if n not in files]}
        report |= account(known, rows, batches, step)
        write(args.out, args.known, state, key, rows, step, report, progress, started, args.changes)
    _tell(report, args.json)
    return 0


def _of_today(known: Known, state: dict[str, Any], relearn: bool, folder: Path) -> Known:
    """A state whose components were made by other comparisons is asked anew as a whole, or not at all (E3021)."""
    if state["method"] != method() and not relearn:
        raise WanggeError("E3021", Where(file=folder.name), name=folder.name)
    return known


def _read(
    known: Known, mapping: intake.Mapping, files: dict[str, Path], as_of: dt.date, progress: Progress, changes: bool
) -> Rows:  # fmt: skip
    """One list after the other. The very same file again is not read."""
    rows = Rows()
    for name, file in files.items():
        batch = intake.digest(file)[:12]
        if is_same_file(known, name, batch):
            rows.lists[name] = {"file": file.name, "batch": batch, "edition": SAME}
        else:
            read_list(rows, file, mapping.lists[name], batch, as_of, progress, changes)
    return rows


def account(known: Known, rows: Rows, batches: Batches, step: Step) -> dict[str, Any]:
    """What came of all of it, in numbers."""
    read = [one for one in rows.lists.values() if "rows" in one]
    kinds = step.merges.column("kind").to_pylist()
    return {
        "lists": {name: one | batches.told.get(name, {}) for name, one in rows.lists.items()},
        **{name: sum(one[name] for one in read) for name in ("rows", "accepted", "needs_a_person", "refused", "good")},
        "held": sum(one["refused"] for one in read),
        "rows_known": int((known.person >= 0).sum()),
        "rows_replaced": int(batches.new.gone.size),
        "people": step.known.people.num_rows,
        **step.counts,
        "merges": kinds.count("merge"),
        "splits": kinds.count("split"),
        "households": step.known.households.num_rows,
        "review_groups": pc.count_distinct(step.known.review.column("group_id")).as_py(),
        "decisions": batches.decisions,
    }


def _tell(report: dict[str, Any], as_json: bool) -> None:
    """One line a list and one for all; before the JSON object these go to standard error."""
    out = sys.stderr if as_json else sys.stdout
    for name, one in report["lists"].items():
        print(_line(name, one), file=out)
    for name in report["left_out"]:
        print(f"{name}: left out, no file given", file=out)
    print(
        f"{report['people']} people, {report['households']} households, {report['review_groups']} groups to look at",
        file=out,
    )
    if report["known"]:
        print(
            f"{report['new_people']} new people, {report['people_found_again']} found again, {report['merges']} merges, "
            f"{report['splits']} splits, {report['households_changed']} households changed",
            file=out,
        )
    if report["demo_key"]:
        print("the person ids are made with the demo key: for made-up people only (--key-file)", file=sys.stderr)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))


def _line(name: str, one: dict[str, Any]) -> str:
    """What became of one file."""
    if one["edition"] == SAME:
        return f"{name}: this very file is known; nothing changes"
    aside = ", ".join(f"{code} {n}" for code, n in (one["held"] | one["faults"]).items())
    told = f"{name}: {one['rows']} rows = {one['accepted']} accepted + {one['needs_a_person']} to look at"
    told += f" + {one['refused']} refused" + (f" ({aside})" if aside else "")
    told += "".join(f"; not in the file: {header}" for header in one["columns"]["missing"])
    told += "".join(f"; dropped {header}: {reason}" for header, reason in one["columns"]["dropped"].items())
    if one["edition"] == NEW:
        told += f"; a corrected edition: replaces file {one['replaces']} ({one['equal']:.0%} of the rows as before)"
    if one["edition"] == MORE:
        told += f"; more rows of a known list ({one['equal']:.0%} stand in an earlier file)"
    return told


__all__ = ["HELP", "add_arguments", "files_of", "run"]
