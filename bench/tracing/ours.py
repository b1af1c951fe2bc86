"""Our side: days of visits into the index, then cases asked, warm. `python -m bench.tracing.ours FOLDER --visits N`; last line JSON."""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.tracing.make import DAYS, Size, case_codes, days_of_visits
from wangge.exposure import Index, people_met, together
from wangge.exposure.index import BASE, Seeds, add_days

ALWAYS = (BASE, BASE + 2**30)


def main() -> int:
    """Build by days, ask, write what the peers need and what they must find again. -> 0"""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, nargs="+", default=[10, 1000, 10000])
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    size = Size(args.visits)
    warm_up()
    index, build = built(size)
    asked = {str(n): ask(index, size, n, args.runs, args.folder) for n in args.cases}
    print(json.dumps({"visits": size.visits, "people": size.people, "places": size.places, **build, "cases": asked,
                      "peak_rss_mb": own_peak_mb()}))  # fmt: skip
    return 0


def warm_up() -> None:
    """Kernels are compiled, or loaded, on a thousand visits."""
    size = Size(20_000)
    index, _ = built(size)
    for n in (5, 400):
        seeds, barred = seeds_of(index, size, n)
        people_met(index, seeds, barred)
        together(index, seeds, barred)


def built(size: Size) -> tuple[Index, dict[str, Any]]:
    """The index, day by day; making the visits is not counted. The last day is what `append` costs."""
    nobody = pa.array([], pa.string())
    index, seconds = Index(nobody, nobody, nobody, ()), []
    for coded in days_of_visits(size):
        started = time.perf_counter()
        index = Index(nobody, nobody, nobody, add_days(index.days, coded, size.people))
        seconds.append(time.perf_counter() - started)
    words = (pa.array(np.arange(n)).cast(pa.string()) for n in (size.people, size.places))
    index = Index(*words, pa.array(["venue"]), index.days)
    return index, {"build_seconds": round(sum(seconds), 2), "append_day_seconds": round(seconds[DAYS - 1], 2)}


def seeds_of(index: Index, size: Size, n: int) -> tuple[Seeds, np.ndarray]:
    """Where the cases were, and flags that spare them."""
    codes = case_codes(size, n)
    barred = np.zeros(size.people, np.bool_)
    barred[codes] = True
    return index.seeds(codes, np.full(codes.size, ALWAYS[0]), np.full(codes.size, ALWAYS[1])), barred


def ask(index: Index, size: Size, n: int, runs: int, folder: Path) -> dict[str, Any]:
    """One number of cases: who was met (sums), then every row a person, case and place."""
    trail = timed(lambda: seeds_of(index, size, n), runs)
    seeds, barred = trail.pop("answer")
    met = timed(lambda: people_met(index, seeds, barred), runs)
    sums = met.pop("answer")
    rows = timed(lambda: together(index, seeds, barred), max(1, runs // 2))
    table = rows.pop("answer")
    times = {name: column.astype(np.int32) for name, column in (("person", seeds.person), ("place", seeds.place),
                                                                ("start", seeds.start), ("stop", seeds.end))}  # fmt: skip
    pq.write_table(pa.table(times), folder / f"seeds-{size.visits}-{n}.parquet")
    pq.write_table(
        pa.table({"person": case_codes(size, n).astype(np.int32)}), folder / f"cases-{size.visits}-{n}.parquet"
    )
    found = pa.table({"person": sums.person, "seconds": sums.seconds, "first": sums.first - BASE})
    pq.write_table(found, folder / f"ours-{size.visits}-{n}.parquet")
    return {"case_visits": int(seeds.person.size), "met": int(sums.person.size), "rows": table.num_rows,
            "trail": trail, "sums": met, "full": rows}  # fmt: skip


def timed(job: Any, runs: int) -> dict[str, Any]:
    """Median wall and CPU seconds of the runs; the first answer."""
    wall, cpu, answer = [], [], job()
    for _ in range(runs):
        started, spent = time.perf_counter(), time.process_time()
        job()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - spent)
    return {"seconds": round(float(np.median(wall)), 6), "least_seconds": round(min(wall), 6),
            "cpu_seconds": round(float(np.median(cpu)), 6), "answer": answer}  # fmt: skip


def own_peak_mb() -> float:
    """Peak resident memory of this process alone."""
    status = Path("/proc/self/status").read_text("ascii")
    return round(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024, 1)


if __name__ == "__main__":
    raise SystemExit(main())
