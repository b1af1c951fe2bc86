"""Find the street and the community of public risk zones from their free text.

ZONES is a CSV file (UTF-8 or GB 18030) with the columns zone_id, level (high, middle, low), province, city, county,
zone_text, first_seen, first_absent; times are those of Beijing. --out gets one row a zone: zone_id, street_code9,
community_code12 (empty where the text does not say), how (street, community, street+community, refused, or empty
where unknown), reason, level, opened_at, closed_at (UTC). located + unknown + refused = rows.

Only the national division table is used (edition of 2023). What a text does not say is not guessed.

example: wangge locate zones.csv --out located.csv --json
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.geography import check_zones, locate_zones
from wangge.geography.zones import COLUMNS

HELP = "find street and community of risk zones given as free text"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("zones", metavar="ZONES", type=Path, help="CSV file of risk zones")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")


def run(args: argparse.Namespace) -> int:
    """Read, locate, write. -> 0"""
    started = time.perf_counter()
    _say(f"reading {args.zones.name}")
    table = read_zones(args.zones)
    _say(f"locating {table.num_rows} zones")
    try:
        _, refused = check_zones(table)
        zones = locate_zones(table)
    except WanggeError as error:
        raise WanggeError(error.code, Where(args.zones.name, column=error.where.column), **error.facts) from None
    _say(f"writing {args.out.name}")
    write_zones(zones, refused, args.out)
    located = pc.sum(pc.not_equal(zones["how"], "")).as_py() or 0
    figures = {
        "rows": table.num_rows,
        "located": located,
        "unknown": zones.num_rows - located,
        "refused": refused.num_rows,
        "seconds": round(time.perf_counter() - started, 2),
    }
    print(json.dumps(figures) if args.json else " ".join(f"{k}={v}" for k, v in figures.items()))
    return 0


def read_zones(path: Path) -> pa.Table:
    """A CSV file as text columns. Raises E9003, E1002 (empty), E1001 (no CSV), E1003 (no such column)."""
    if not path.is_file():
        raise WanggeError("E9003", name=path.name)
    data = path.read_bytes()
    if not data.strip():
        raise WanggeError("E1002", Where(path.name), name=path.name)
    try:
        text = _decoded(data)
        names = text.partition("\n")[0].strip("\r").split(",")
        return pv.read_csv(
            io.BytesIO(text.encode()),
            parse_options=pv.ParseOptions(newlines_in_values=True),
            convert_options=pv.ConvertOptions(column_types={n.strip('"'): pa.string() for n in (*names, *COLUMNS)}),
        )
    except (UnicodeDecodeError, pa.ArrowInvalid) as why:
        raise WanggeError("E1001", Where(path.name), name=path.name) from why


def _decoded(data: bytes) -> str:
    if b"\0" in data:  # a workbook, a picture: no text
        raise pa.ArrowInvalid("not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def write_zones(zones: pa.Table, refused: pa.Table, path: Path) -> None:
    """All rows of the file, refused ones last; the file appears whole or not at all."""
    shown = ["zone_id", "street_code9", "community_code12", "how", "reason", "level", "opened_at", "closed_at"]
    blank = pa.nulls(refused.num_rows, pa.string())
    rest = pa.table(
        {"zone_id": refused["zone_id"], "street_code9": blank, "community_code12": blank}
        | {"how": pa.repeat("refused", refused.num_rows), "reason": refused["refused"], "level": refused["level"]}
        | {"opened_at": blank, "closed_at": blank}
    )
    times = {n: pc.strftime(zones[n], "%Y-%m-%dT%H:%M:%SZ") for n in ("opened_at", "closed_at")}
    found = pa.table({n: times.get(n, zones[n]) for n in shown})
    partial = path.with_name(path.name + ".partial")
    write_csv(pa.concat_tables([found, rest.cast(found.schema)]), partial, quoting_style="needed")
    os.replace(partial, path)


def _say(line: str) -> None:
    print(f"locate: {line}", file=sys.stderr, flush=True)
