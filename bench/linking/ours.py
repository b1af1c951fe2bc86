"""Our side: GOOD_ROW -> links, people, households, evidence. Kernels are compiled on a few rows first, counted apart."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.linking.judge import judge
from wangge import identity
from wangge.base.progress import peak_rss_mb


def main() -> int:
    """`python -m bench.linking.ours FOLDER [--runs N]`; the last line is JSON. -> 0"""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    about = json.loads((args.folder / "about.json").read_text("utf-8"))
    _, warm = timed(pq.read_table(args.folder / "few.parquet"), about)
    started = time.perf_counter()
    good = pq.read_table(args.folder / "good.parquet")
    read_seconds = round(time.perf_counter() - started, 2)
    runs = []
    for _ in range(args.runs):
        linked, taken = timed(good, about)
        runs.append(taken)
    middle = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
    peak = own_peak_mb()  # before scoring, which is not linking
    found = judge(linked.links, pq.read_table(args.folder / "truth.parquet"))
    out = {
        "rows": good.num_rows, **middle, "runs": runs, "warm_up_seconds": warm["seconds"], "read_seconds": read_seconds,
        "peak_rss_mb": peak, **found, "people": linked.people.num_rows, "households": linked.households.num_rows,
        "review_groups": len(set(linked.review["group_id"].to_pylist())),
    }  # fmt: skip
    print(json.dumps(out))
    return 0


def own_peak_mb() -> float:
    """Peak resident memory of this process alone; what getrusage tells may be that of the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_rss_mb()
    return round(int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))[1]) / 1024, 1)


def timed(good: pa.Table, about: dict[str, Any]) -> tuple[identity.Linked, dict[str, float]]:
    """One linking. -> what came of it, wall and CPU seconds of all threads"""
    started, cpu = time.perf_counter(), time.process_time()
    linked = identity.link(
        good, dt.date.fromisoformat(about["as_of"]), door_lists=about["doors"], source_order=about["order"]
    )
    taken = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
    return linked, {name: round(value, 3) for name, value in taken.items()}


if __name__ == "__main__":
    raise SystemExit(main())
