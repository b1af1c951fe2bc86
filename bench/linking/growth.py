"""How linking grows: CPU seconds and peak memory by rows, each size a process of its own. `python -m bench.linking.growth FOLDER`

FOLDER is one that `just bench link` has made ready (out/bench/link-dongli-1). A smaller size is the rows of the first
people of the truth, who live next to each other. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from wangge.frame import query

SIZES = (50_000, 150_000, 500_000, 0)  # 0: all


def main() -> int:
    """Measure and print. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    args = parser.parse_args()
    measured = [measure(args.folder, size, args.runs) for size in SIZES]
    for one in measured:
        print(
            f"{one['rows']:>10,} rows {one['cpu_seconds']:8.2f} CPU s {one['seconds']:8.2f} s {one['peak_rss_mb']:8,.0f} MB"
        )
    rows, cpu, memory = (
        np.array([one[name] for one in measured], float) for name in ("rows", "cpu_seconds", "peak_rss_mb")
    )
    exponent = float(np.polyfit(np.log(rows), np.log(cpu), 1)[0])
    bytes_a_row = float(np.polyfit(rows, memory * 1e6, 1)[0])
    print(json.dumps({"exponent": round(exponent, 3), "bytes_a_row": round(bytes_a_row), "measured": measured}))
    return 0


def measure(folder: Path, size: int, runs: int) -> dict[str, Any]:
    """One size, in a process of its own."""
    part = folder if size == 0 else cut(folder, size)
    command = [sys.executable, "-m", "bench.linking.ours", str(part), "--runs", str(runs)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: found[name] for name in ("rows", "seconds", "cpu_seconds", "peak_rss_mb", "read_seconds", "pair_f1")}


def cut(folder: Path, size: int) -> Path:
    """The rows of the first people, about `size` of them."""
    part = folder.with_name(f"{folder.name}-{size}")
    if (part / "about.json").exists() and (part / "about.json").stat().st_mtime > (
        folder / "about.json"
    ).stat().st_mtime:
        return part
    part.mkdir(exist_ok=True)
    good, truth = pq.read_table(folder / "good.parquet"), pq.read_table(folder / "truth.parquet")
    of = query(
        "SELECT g.*, t.person FROM good g JOIN truth t ON t.list = g.list AND t.row = g.row ORDER BY t.person, g.list, g.row",
        good=good, truth=truth,
    ).slice(0, size)  # fmt: skip
    pq.write_table(of.drop_columns(["person"]), part / "good.parquet")
    pq.write_table(of.select(["list", "row", "person"]), part / "truth.parquet")
    shutil.copy(folder / "few.parquet", part / "few.parquet")
    about = json.loads((folder / "about.json").read_text("utf-8"))
    (part / "about.json").write_text(json.dumps(about | {"rows": size}), "utf-8")
    return part


if __name__ == "__main__":
    raise SystemExit(main())
