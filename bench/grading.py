"""Grading: the shelf of rules in one pass of SQL, one person in Python, and whether both say the same.

`just bench grading [--rows 1000000]` prints a table and, last, one JSON object: rows, people, rules, seconds and rows_per_s
of the compiled rules (CPU seconds of one thread), of the whole grading, of Python one by one, and equal; rolling: the same grades
after corrections for one person in a hundred and a day that passes, asking only whom either touched.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

os.environ.setdefault("WANGGE_THREADS", "1")  # rows a second a core

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from wangge.exposure import protocol_for
from wangge.frame import query
from wangge.risk import due, grade, grade_person, regrade, rules
from wangge.risk.grade import marked
from wangge.tables.shapes import EXPOSURE

AS_OF = dt.date(2026, 11, 20)
# What a day of tracing brings: many companions and general contacts, few close ones, fewer cases.
MIX = {"companion": 0.45, "general": 0.3, "close": 0.12, "secondary": 0.1, "zone": 0.025, "case": 0.005}
DEGREE = {"companion": 1, "general": 1, "close": 1, "secondary": 2, "zone": None, "case": 0}
EVIDENCE = {"zone": "zone:high", "case": "case:confirmed"}


def exposures(rows: int, seed: int) -> pa.Table:
    """Made-up exposures of three weeks: rows of EXPOSURE, one in fifty without its date."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(MIX), rows, p=list(MIX.values()))
    seconds = int(dt.datetime(2026, 10, 31, tzinfo=dt.UTC).timestamp()) + rng.integers(0, 21 * 86400, rows)
    undated = rng.random(rows) < 0.02
    at = pa.array(seconds, pa.int64(), mask=undated).cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC"))
    told = pa.array([EVIDENCE.get(kind, "overlap:meal:30min") for kind in MIX]).take(
        pc.index_in(pa.array(kinds), pa.array(list(MIX)))
    )
    return EXPOSURE.hand_over(
        pa.table(
            {
                "person_id": pa.array([f"P{i:07d}" for i in rng.integers(0, max(rows // 2, 1), rows)]),
                "case_id": pa.array([f"C{i}" for i in rng.integers(0, 500, rows)]),
                "place_id": pa.array([f"x{i}" for i in rng.integers(0, 5000, rows)]),
                "place_kind": pa.array(["meal"] * rows),
                "first_at": at,
                "last_at": at,
                "overlap_minutes": pa.array(rng.integers(1, 300, rows)),
                "degree": pa.array([DEGREE[k] for k in kinds]),
                "category": pa.array(kinds),
                "protocol": pa.array(["covid-2026-10"] * rows),
                "evidence": told,
            }
        )
    )


def main() -> int:
    """Measure, print. -> 0 when the two readings agree"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--one-by-one", type=int, default=50_000, help="exposures read in Python as well (default 50,000)"
    )
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    table, protocol = exposures(args.rows, args.seed), protocol_for(AS_OF)
    few = table.slice(0, args.one_by_one)
    compiled = best(lambda: marked(table, protocol, AS_OF))
    whole = best(lambda: grade(table, protocol, AS_OF))
    spent, alone = timed(lambda: one_by_one(few, protocol))
    result = {
        "rows": args.rows,
        "rules": len(rules()),
        "seconds": round(compiled, 3),
        "rows_per_s": round(args.rows / compiled),
        "grade_seconds": round(whole, 3),
        "grade_rows_per_s": round(args.rows / whole),
        "python_rows_per_s": round(few.num_rows / spent),
        "compared": few.num_rows,
        "equal": grade(few, protocol, AS_OF).to_pylist() == alone,
    }
    result["rolling"] = roll = rolling(table, protocol)
    result["equal"] = bool(result["equal"] and roll["equal"])
    shown = Table("", "CPU s", "rows/s")
    shown.add_row("rules compiled to SQL", str(result["seconds"]), f"{result['rows_per_s']:,}")
    shown.add_row("graded, with rules and facts", str(result["grade_seconds"]), f"{result['grade_rows_per_s']:,}")
    shown.add_row("one by one in Python", f"{spent:.2f}", f"{result['python_rows_per_s']:,}")
    shown.add_row(f"rolled on: {roll['asked']:,} people of {roll['people']:,} asked", f"{roll['seconds']:.2f}", "")
    Console().print(shown)
    print(json.dumps(result))
    return 0 if result["equal"] else 1


def rolling(table: pa.Table, protocol: Any) -> dict[str, Any]:
    """Tomorrow, when one person in a hundred lost their newest exposure: rolled on, and graded from the start."""
    tomorrow = AS_OF + dt.timedelta(days=1)
    before = grade(table, protocol, AS_OF)
    after = EXPOSURE.hand_over(
        query("SELECT * FROM exposures WHERE NOT (ends_with(person_id, '42') AND category = 'close')", exposures=table)
    )
    corrected = query(
        "SELECT DISTINCT person_id FROM exposures WHERE ends_with(person_id, '42') AND category = 'close'",
        exposures=table,
    )
    begun = query("SELECT DISTINCT person_id FROM exposures WHERE (first_at AT TIME ZONE 'Asia/Shanghai')::DATE > $on", {"on": AS_OF},
                  exposures=table)  # fmt: skip
    asked = pa.concat_arrays(
        [t.column(0).combine_chunks() for t in (corrected, begun)] + [due(before, tomorrow)]
    ).unique()
    spent = best(lambda: regrade(before, after, asked, protocol, tomorrow), 3)
    whole = best(lambda: grade(after, protocol, tomorrow), 3)
    return {"asked": len(asked), "people": len(table.column("person_id").unique()), "seconds": round(spent, 3), "whole_seconds": round(whole, 3),
            "equal": regrade(before, after, asked, protocol, tomorrow).equals(grade(after, protocol, tomorrow))}  # fmt: skip


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """-> CPU seconds, answer"""
    start = time.process_time()
    answer = call()
    return time.process_time() - start, answer


def best(call: Callable[[], Any], times: int = 5) -> float:
    """The least CPU seconds of some runs, after one that warms up."""
    call()
    return min(timed(call)[0] for _ in range(times))


def one_by_one(table: pa.Table, protocol: Any) -> list[dict[str, Any]]:
    """Every person alone, in Python. -> rows of GRADE"""
    theirs = defaultdict(list)
    for row in table.to_pylist():
        theirs[row["person_id"]].append(row)
    found = (grade_person(rows, protocol, AS_OF) for _, rows in sorted(theirs.items()))
    return [row for row in found if row]


if __name__ == "__main__":
    raise SystemExit(main())
