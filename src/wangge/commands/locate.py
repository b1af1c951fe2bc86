"""Find the street and the community of public risk zones from their free text.

ZONES is a CSV file (UTF-8 or GB 18030) with the columns zone_id, level (high, middle, low), province, city, county,
zone_text, first_seen, first_absent; times are those of Beijing. --out gets one row a zone: zone_id, street_code9,
community_code12 (empty where the text does not say), how (street, community, street+community, compound,
street+compound, county where only the county is known, refused, or empty where nothing is), reason, level, opened_at,
closed_at (UTC), county_code6. located + unknown + refused = rows; located means that the street is known, and
county_only says of how many unknown ones the county is known.

The national division table is used (edition of 2023). --gazetteer adds names of compounds: a CSV file with the columns
name and community_code12, or a folder with dwellings.parquet, from which they are learned; the report says how many
communities more it found. What a text does not say is not guessed.

example: wangge locate zones.csv --gazetteer compounds.csv --out located.csv --json
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.geography import check_gazetteer, check_zones, find_checked, learn
from wangge.geography.zones import COLUMNS

HELP = "find street and community of risk zones given as free text"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("zones", metavar="ZONES", type=Path, help="CSV file of risk zones")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--gazetteer", metavar="FILE", type=Path, help="compounds and their communities: CSV or folder")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")


def run(args: argparse.Namespace) -> int:
    """Read, locate, write. -> 0"""
    started = time.perf_counter()
    _say(f"reading {args.zones.name}")
    table = read_zones(args.zones)
    gazetteer = read_gazetteer(args.gazetteer) if args.gazetteer else None
    _say(f"locating {table.num_rows} zones")
    try:
        good, refused = check_zones(table)
        zones = find_checked(good, gazetteer)
    except WanggeError as error:
        raise WanggeError(error.code, Where(args.zones.name, column=error.where.column), **error.facts) from None
    _say(f"writing {args.out.name}")
    write_zones(zones, refused, args.out)
    figures = report(zones, refused)
    if gazetteer is not None:
        figures["communities_without_gazetteer"] = report(find_checked(good), refused)["communities"]
    figures["seconds"] = round(time.perf_counter() - started, 2)
    _show(figures, args.json)
    return 0


def report(zones: pa.Table, refused: pa.Table) -> dict[str, Any]:
    """What was found: located + unknown + refused = rows, county_only are among the unknown; counts by how and reason."""
    counts = {name: _counted(zones[name]) for name in ("how", "reason")}
    counts["how"] |= {"refused": refused.num_rows} if refused.num_rows else {}
    county_only, unknown = counts["how"].get("county", 0), counts["how"].get("", 0)
    return {
        "rows": zones.num_rows + refused.num_rows,
        "located": zones.num_rows - county_only - unknown,
        "unknown": county_only + unknown,
        "county_only": county_only,
        "refused": refused.num_rows,
        "communities": pc.sum(pc.not_equal(zones["community_code12"], "")).as_py() or 0,
        "by_how": counts["how"],
        "by_reason": counts["reason"] | _counted(refused["refused"]),
    }


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    rows = column.value_counts().to_pylist()
    return {row["values"]: row["counts"] for row in sorted(rows, key=lambda r: (-r["counts"], r["values"]))}


def _show(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print(" ".join(f"{k}={v}" for k, v in figures.items() if not isinstance(v, dict)))
    for name in ("by_how", "by_reason"):
        print(f"{name}: " + " ".join(f"{k or '-'}={v}" for k, v in figures[name].items()))


def read_gazetteer(path: Path) -> pa.Table:
    """Compounds and their communities from a CSV file, or learned from a folder with dwellings.parquet."""
    if path.is_dir() and (path / "dwellings.parquet").is_file():
        return learn(pq.read_table(path / "dwellings.parquet", columns=["compound", "grid_code"]))
    if not path.is_file():
        raise WanggeError("E4004", Where(path.name), name=path.name)
    try:
        return check_gazetteer(read_csv(path, ("name", "community_code12")))
    except WanggeError as error:
        where = Where(path.name, row=error.where.row, column=error.where.column)
        raise WanggeError(error.code, where, **error.facts) from None


def read_zones(path: Path) -> pa.Table:
    """The zones' file as text columns; see read_csv."""
    return read_csv(path, COLUMNS)


def read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    """A CSV file as text columns. Raises E9003, E1002 (empty), E1001 (no CSV), E1003 (no such column)."""
    if not path.is_file():
        raise WanggeError("E9003", name=path.name)
    data = path.read_bytes()
    if not data.strip():
        raise WanggeError("E1002", Where(path.name), name=path.name)
    try:
        return _table(_in_utf8(data), columns)
    except (UnicodeDecodeError, pa.ArrowInvalid) as why:
        raise WanggeError("E1001", Where(path.name), name=path.name) from why


def _table(data: bytes, columns: Sequence[str]) -> pa.Table:
    names = data.partition(b"\n")[0].decode("utf-8-sig").strip("\r").split(",")
    return pv.read_csv(
        pa.BufferReader(data),
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(column_types={n.strip('"'): pa.string() for n in (*names, *columns)}),
    )


def _in_utf8(data: bytes) -> bytes:
    """The bytes of a text in UTF-8 or GB 18030, in UTF-8."""
    if b"\0" in data:  # a workbook, a picture: no text
        raise pa.ArrowInvalid("not text")
    try:
        pa.array([data], pa.large_binary()).cast(pa.large_string())  # looks at the bytes, makes no string
    except pa.ArrowInvalid:
        return data.decode("gb18030").encode()
    return data


def write_zones(zones: pa.Table, refused: pa.Table, path: Path) -> None:
    """All rows of the file, refused ones last; the file appears whole or not at all."""
    shown = ["zone_id", "street_code9", "community_code12", "how", "reason", "level", "opened_at", "closed_at"]
    shown += ["county_code6"]
    blank = pa.nulls(refused.num_rows, pa.string())
    rest = pa.table(
        {"zone_id": refused["zone_id"], "street_code9": blank, "community_code12": blank}
        | {"how": pa.repeat("refused", refused.num_rows), "reason": refused["refused"], "level": refused["level"]}
        | {"opened_at": blank, "closed_at": blank, "county_code6": blank}
    )
    times = {n: _written(zones[n]) for n in ("opened_at", "closed_at")}
    found = pa.table({n: times.get(n, zones[n]) for n in shown})
    partial = path.with_name(path.name + ".partial")
    write_csv(pa.concat_tables([found, rest.cast(found.schema)]), partial, quoting_style="needed")
    os.replace(partial, path)


def _written(times: pa.ChunkedArray) -> pa.Array:
    """Instants as text; each different one is written once."""
    coded = times.combine_chunks().dictionary_encode()
    return pc.strftime(coded.dictionary, "%Y-%m-%dT%H:%M:%SZ").take(coded.indices)


def _say(line: str) -> None:
    print(f"locate: {line}", file=sys.stderr, flush=True)
