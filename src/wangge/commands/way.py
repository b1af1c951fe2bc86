"""FOLDER holds mapping.toml, the lists it names, areas.parquet, dwellings.parquet, workers.parquet and, where there are
any, visits.parquet and answers.parquet; `wangge synth` writes such a folder. With --zones a CSV of public risk zones is
located first and serves as dated area exposures. --out writes every table of the way as Parquet, held rows and faults as CSV
and the summary as JSON. Rows in = good + held, leads = outcomes + open: if they do not add up the run stops.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge import geography, way
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.base.terminal import show, summary_table
from wangge.commands.locate import read_zones

HELP = "run the whole way on a folder of lists: files -> people -> exposures -> tasks -> counts"
WRITTEN = (
    "people",
    "households",
    "links",
    "review",
    "located",
    "cases",
    "exposures",
    "grades",
    "leads",
    "tasks",
    "load",
    "outcomes",
    "coverage",
    "cells",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge way`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder with mapping.toml and the files it names")
    parser.add_argument(
        "--zones", type=Path, metavar="CSV", help="public risk zones, free text; located, then used as exposures"
    )
    parser.add_argument("--answers", type=Path, metavar="PARQUET", help="answers from the field")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="the day the judgement speaks of")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write every table of the way here")
    parser.add_argument(
        "--json", action="store_true", help="print the summary as one JSON object last on standard output"
    )


def run(args: argparse.Namespace) -> int:
    """Run the way and report. -> 0"""
    for file in (args.zones, args.answers):
        if file is not None and not file.exists():
            raise WanggeError("E9003", Where(file=file.name), name=file.name)
    given: dict[str, object] = {"as_of": args.as_of}
    zones_report: dict[str, int] = {}
    if args.zones:
        given["zones"], zones_report = located_zones(args.zones)
    if args.answers:
        given["answers"] = pq.read_table(args.answers)
    source = way.open_folder(args.folder, **given)
    with show("wangge way", way.STAGES) as progress:
        walked = way.run(source, progress)
    if zones_report:
        walked.summary["zones"] = zones_report
    if args.out:
        write(walked, args.out)
    print(json.dumps(walked.summary, ensure_ascii=False) if args.json else summary_table(walked.summary))
    return 0


def located_zones(file: Path) -> tuple[pa.Table, dict[str, int]]:
    """Public zones -> ZONE, and how many rows were located, unknown and refused: they add up to the file's rows."""
    texts = read_zones(file)
    _, refused = geography.check_zones(texts)
    zones = geography.locate_zones(texts)
    located = int(pc.sum(pc.not_equal(zones["how"], "")).as_py() or 0)
    counts = {"located": located, "unknown": zones.num_rows - located, "refused": refused.num_rows}
    return zones, {"rows": texts.num_rows, **counts}


def write(walked: way.Way, out: Path) -> None:
    """Every table of the way as Parquet, held rows and faults as CSV with their places, the summary as JSON."""
    out.mkdir(parents=True, exist_ok=True)
    for name in WRITTEN:
        pq.write_table(getattr(walked, name), out / f"{name}.parquet", compression="zstd")
    write_csv(walked.held, out / "held.csv")
    write_csv(walked.faults, out / "faults.csv")
    if walked.release is not None:
        write_csv(walked.release.rows, out / "release.csv")
    (out / "summary.json").write_text(json.dumps(walked.summary, ensure_ascii=False, indent=1) + "\n", "utf-8")
