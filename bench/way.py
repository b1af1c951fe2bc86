"""The way by preset: seconds and peak memory by stage, on the library and on the server. `just bench way [preset …]`

Each run is a process of its own; peak memory is ru_maxrss of that process when the stage ended, so it never falls.
Prints a table a preset and, last on standard output, one JSON object. Districts are made once under out/bench.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

OUT = Path("out/bench")
PRESETS = ("tiny", "community", "district", "dongli")
LIBRARY = ("read", "check", "link", "locate", "trace", "grade", "plan", "verify", "count", "release")


def main() -> int:
    """Measure, print, keep. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "presets",
        nargs="*",
        default=list(PRESETS),
        metavar="preset",
        help=f"which of {', '.join(PRESETS)} (default: all; dongli takes some minutes)",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library-only", action="store_true", help="leave the server out")
    args = parser.parse_args()
    results = {preset: measure(preset, args.seed, args.library_only) for preset in args.presets}
    console = Console(width=110)
    for preset, result in results.items():
        console.print(table_of(preset, result))
    print(json.dumps(results, ensure_ascii=False))
    return 0


def measure(preset: str, seed: int, library_only: bool) -> dict[str, Any]:
    """One preset: made if need be, then the library's way, then the server's."""
    folder = OUT / f"{preset}-{seed}"
    if not (folder / "preset.json").exists():
        wangge("synth", "--preset", preset, "--seed", str(seed), "--out", str(folder), "--json")
    result = {"library": timed("way", str(folder), "--json")}
    if not library_only:
        data = OUT / f"server-{preset}-{seed}"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        os.makedirs(data / "synth", exist_ok=True)
        (data / "synth" / f"{preset}-{seed}").symlink_to(folder.resolve(), target_is_directory=True)
        result["server"] = timed(
            "demo", "--preset", preset, "--seed", str(seed), "--data", str(data), "--no-serve", "--json"
        )
    return result


def wangge(*words: str) -> dict[str, Any]:
    """Run one command; its last line is the JSON."""
    done = subprocess.run([sys.executable, "-m", "wangge", *words], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def timed(*words: str) -> dict[str, Any]:
    """The same, with the whole process's wall seconds."""
    started = time.perf_counter()
    return wangge(*words) | {"wall_seconds": round(time.perf_counter() - started, 2)}


def table_of(preset: str, result: dict[str, Any]) -> Table:
    """One preset as a table: a line a stage."""
    library, server = result["library"], result.get("server")
    table = Table(
        title=f"{preset}: {library['rows_in']:,} rows, {library['people']:,} people, pair F1 {library['pair_f1']:.4f}"
    )
    for head in ("stage", "library s", "library peak MB", "server s"):
        table.add_column(head, justify="left" if head == "stage" else "right")
    stages = [*LIBRARY, *[s for s in (server or {}).get("seconds", {}) if s not in LIBRARY]]
    for stage in stages:
        table.add_row(
            stage,
            _number(library["seconds"].get(stage)),
            _number(library["peak_mb"].get(stage)),
            _number((server or {}).get("seconds", {}).get(stage)),
        )
    table.add_section()
    table.add_row(
        "whole process",
        _number(library["wall_seconds"]),
        _number(library["peak_rss_mb"]),
        _number((server or {}).get("wall_seconds")),
    )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
