"""Lists of a folder -> checked rows and truth in Parquet: what both sides start from. Counted for nobody."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge import intake, way
from wangge.frame import query

EMPTY = pa.table({})
HERE = Path(__file__).parent
FEW = 20_000  # enough that every pass finds something to do


def main() -> int:
    """`python -m bench.linking.prepare SOURCE OUT` -> 0"""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "source", type=Path, help="folder of lists, or set:NAME for one of sets.toml with its file's folder"
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--set", default="")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.set:
        prepare_set(args.set, args.source, args.out)
    else:
        prepare(args.source, args.out)
    return 0


def prepare(source: Path, out: Path) -> None:
    """A district or a folder of the second generator; only lists of people (no cases, no accounts) are linked."""
    mapping, files = way.lists_of(source)
    names = [name for name, listing in mapping.lists.items() if listing.kind == "people"]
    as_of = dt.date.fromisoformat(json.loads((source / "preset.json").read_text("utf-8"))["as_of"])
    doors = [name for name in names if mapping.lists[name].door]
    truth = way.truth_of(source)
    assert truth is not None  # noqa: S101 - made-up lists know their truth
    known = truth.filter(pc.is_in(truth["list"], value_set=pa.array(names)))
    _write(out, _checked(mapping, {name: files[name] for name in names}, as_of), known, as_of, doors, names)


def prepare_set(name: str, file: Path, out: Path) -> None:
    """A public set of one file, read by the mapping beside this file as a user would write it."""
    spec = tomllib.loads((HERE / "sets.toml").read_text("utf-8"))[name]
    lines = ["[lists.a]", f'date_style = "{spec["date_style"]}"', "[lists.a.columns]"]
    lines += [f'"{header}" = "{element}"' for header, element in spec["columns"].items()]
    (out / "mapping.toml").write_text("\n".join(lines), "utf-8")
    with file.open(encoding="utf-8", newline="") as text:
        rows = [{k.strip(): v for k, v in row.items()} for row in csv.DictReader(text, skipinitialspace=True)]
    people = [row[spec["truth"]].split("-")[spec["part"]] for row in rows]
    truth = pa.table({"list": pa.repeat("a", len(rows)), "row": range(1, len(rows) + 1), "person": people})
    mapping, as_of = intake.load_mapping(out / "mapping.toml"), dt.date(2026, 11, 20)
    _write(out, _checked(mapping, {"a": file}, as_of), truth, as_of, [], ["a"])
    raw = {"column_" + key: pa.array([row[key] or None for row in rows]) for key in spec["peer_columns"]}
    raw = {key.removeprefix("column_"): column for key, column in raw.items()}
    pq.write_table(pa.table({"i": range(len(rows)), **raw}), out / "columns.parquet")
    pq.write_table(truth.select(["list", "row"]), out / "places.parquet")


def _checked(mapping: intake.Mapping, files: dict[str, Path], as_of: dt.date) -> way.Way:
    listed = type(mapping)(**{**vars(mapping), "lists": {name: mapping.lists[name] for name in files}})
    walked = way.Way()
    way.read_and_check(way.Source(listed, files, EMPTY, EMPTY, EMPTY, EMPTY, as_of), walked, way.Progress())
    return walked


def _write(
    out: Path, walked: way.Way, truth: pa.Table, as_of: dt.date, doors: Sequence[str], names: Sequence[str]
) -> None:
    pq.write_table(walked.good, out / "good.parquet")
    pq.write_table(truth, out / "truth.parquet")
    pq.write_table(few(walked.good, truth), out / "few.parquet")
    about = {
        "as_of": as_of.isoformat(), "doors": list(doors), "order": list(names),
        "rows_in": walked.rows_in, "rows": walked.good.num_rows, "held": walked.held.num_rows,
    }  # fmt: skip
    (out / "about.json").write_text(json.dumps(about), "utf-8")


def few(good: pa.Table, truth: pa.Table) -> pa.Table:
    """The rows of the first people of the truth, in all their lists: kernels are compiled on them."""
    return query(
        """SELECT g.* FROM good g JOIN (SELECT list, row FROM truth ORDER BY person, list, row LIMIT $n) t
           ON t.list = g.list AND t.row = g.row""",
        {"n": FEW},
        good=good, truth=truth,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
