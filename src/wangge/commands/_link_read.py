"""Reading for `wangge link`: which files, their rows, what became of each row and column."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangge import intake, quality
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress
from wangge.identity.decided import VERDICTS
from wangge.tables.shapes import CHANGE, FAULT, HELD_ROW

LEAST_KEY = 16  # characters; a shorter key can be tried out
ENDS = ("list_a", "row_a", "list_b", "row_b", "verdict")


@dataclass
class Rows:
    """The rows of all files, checked: `good` by list, and the account of each list."""

    good: dict[str, pa.Table] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    held: list[pa.Table] = field(default_factory=lambda: [HELD_ROW.empty()])
    faults: list[pa.Table] = field(default_factory=lambda: [FAULT.empty()])
    changes: list[pa.Table] = field(default_factory=lambda: [CHANGE.empty()])
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)


def files_of(mapping: intake.Mapping, given: Sequence[str], folder: Path, only_given: bool = False) -> dict[str, Path]:
    """The file of each list that is to be read, in the order of the mapping: the one given, else the one it names, seen
    from `folder`. Where any is given, a list without a file is left out; `only_given` leaves out all others.

    Raises E3001 (not NAME=FILE), E3002 (twice), E3003 (not in the mapping), E1010 (no file), E9003 (no such file).
    """
    chosen = _chosen(mapping, given)
    for name, listing in mapping.lists.items():
        if name not in chosen and listing.file and not only_given:
            chosen[name] = folder / listing.file
        elif name not in chosen and not chosen and not only_given:
            raise WanggeError("E1010", Where(file=mapping.name, sheet=f"lists.{name}"), list=name)
    for file in chosen.values():
        if not file.is_file():
            raise WanggeError("E9003", Where(file=file.name), name=file.name)
    return {name: chosen[name] for name in mapping.lists if name in chosen}


def _chosen(mapping: intake.Mapping, given: Sequence[str]) -> dict[str, Path]:
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
    return chosen


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


def read_list(
    rows: Rows, file: Path, given: intake.ListMapping, batch: str, as_of: dt.date, progress: Progress, changes: bool
) -> None:  # fmt: skip
    """Read and check one file into `rows`; only one stands in memory as text. Raises E2009 if rows do not add up."""
    with progress.stage("read"):
        read = intake.read(file, given, batch)
    with progress.stage("check"):
        checked = quality.check(read.rows, as_of)
        if changes:
            rows.changes.append(quality.changes(read.rows, checked))  # type: ignore[attr-defined,unused-ignore]
    kept_aside = pa.concat_tables([read.held, checked.held])
    if read.report.n_rows != checked.good.num_rows + kept_aside.num_rows:
        raise WanggeError("E2009", rows=read.report.n_rows, good=checked.good.num_rows, held=kept_aside.num_rows)
    rows.lists[given.name] = account_of_list(read.report, checked, kept_aside) | {"batch": batch}
    rows.good[given.name], rows.batch[given.name] = checked.good, batch
    rows.held.append(kept_aside)
    rows.faults.append(checked.faults)


def account_of_list(report: intake.Report, checked: quality.Checked, held: pa.Table) -> dict[str, Any]:
    """What became of the rows and the columns of one file."""
    doubtful = pc.count_distinct(checked.faults.column("row")).as_py()
    return {
        "file": report.file,
        "sheet": report.sheet,
        "rows": report.n_rows,
        "accepted": checked.good.num_rows - doubtful,
        "needs_a_person": doubtful,
        "refused": held.num_rows,
        "good": checked.good.num_rows,
        "held": _counted(held),
        "faults": _counted(checked.faults),
        "columns": {
            "read": report.read,
            "ignored": report.ignored,
            "dropped": report.dropped,
            "missing": report.missing,
            "repeated": report.repeated,
        },
        **report.beside(),
    }


def _counted(table: pa.Table) -> dict[str, int]:
    codes = {c["values"]: c["counts"] for c in pc.value_counts(table.column("code")).to_pylist()}
    return dict(sorted(codes.items()))


def decisions_of(file: Path) -> list[dict[str, Any]]:
    """A CSV of decisions: list_a, row_a, list_b, row_b, verdict (same, different, undo), and batch_a, batch_b where a
    list has several files. Raises E9003 (no such file), E3024 (it says something else, and where)."""
    if not file.is_file():
        raise WanggeError("E9003", Where(file=file.name), name=file.name)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not set(ENDS) <= set(reader.fieldnames or ()):
                raise WanggeError("E3024", Where(file=file.name, row=1), name=file.name)
            return [_decision(file.name, line, i) for i, line in enumerate(reader, 2)]
    except (UnicodeDecodeError, OSError, csv.Error) as why:
        raise WanggeError("E3024", Where(file=file.name), name=file.name) from why


def _decision(name: str, line: dict[str, Any], at: int) -> dict[str, Any]:
    text = {key: (line.get(key) or "").strip() for key in (*ENDS, "batch_a", "batch_b")}
    is_row = all(text[key].isascii() and text[key].isdigit() and len(text[key]) < 10 for key in ("row_a", "row_b"))
    ends = [(text[f"list_{e}"], text[f"batch_{e}"], text[f"row_{e}"]) for e in "ab"]
    if text["verdict"] not in VERDICTS or not is_row or not (text["list_a"] and text["list_b"]) or ends[0] == ends[1]:
        raise WanggeError("E3024", Where(file=name, row=at), name=name)
    return {**text, "row_a": int(text["row_a"]), "row_b": int(text["row_b"])}
