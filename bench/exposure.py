"""Who met a case: the index against DuckDB and Spark, hidden sources, and real outbreaks. `just bench exposure`

Ten million made-up visits; the cases' stays are given to all sides alike, and every side answers who shared any time with a
case, for how long in all and from when on. DuckDB and Spark run the same Ibis expression; DuckDB has its own table in memory,
unsorted, sorted and cut into hours, and the fastest counts. Answers are compared person by person. Each side is a process of
its own, warm; reading and building are told apart. Spark is looked for in this Python, then in the one WANGGE_PEERS names.

Then the sixteen fixed outbreaks with hidden sources, and the real data sets that lie beside the checkout. Prints tables and,
last, one JSON object. Exit code 1: an answer differed, or there was no Spark to measure against.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from bench.tracing.make import Size, write_parquet

HERE, ROOT, OUT = Path(__file__).parent, Path(__file__).parents[1], Path("out/bench/exposure")
HEADLINE = 1000  # cases; Spark answers only these


def main() -> int:
    """Measure, compare, print. -> 0, or 1"""
    args = arguments(sys.argv[1:])
    console = Console(width=120)
    spark = None if args.no_spark else find_spark()
    result = {"load_average": [round(os.getloadavg()[0], 2)]}
    if not args.real_only:
        result |= speed(args, spark)
        console.print(speed_table(result))
    if not args.speed_only:
        result |= ours("bench.tracing.hidden_seeds", str(shared()))
        result |= ours("bench.tracing.real", str(shared()))
        for table in found_tables(result):
            console.print(table)
    result["load_average"].append(round(os.getloadavg()[0], 2))
    if spark is None and not (args.no_spark or args.real_only):
        console.print("Spark was not found. Name a Python that has pyspark and ibis in WANGGE_PEERS.")
    print(json.dumps(result, ensure_ascii=False))
    return 0 if result.get("equal", True) and (spark or args.no_spark or args.real_only) else 1


def arguments(words: list[str]) -> argparse.Namespace:
    """Words of the command line; the `--` that may stand before them (just passes it on) means nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=10_000_000)
    parser.add_argument("--cases", type=int, nargs="+", default=[10, HEADLINE])
    parser.add_argument("--runs", type=int, default=5, help="warm; the middle one counts (default 5)")
    parser.add_argument(
        "--growth", type=int, nargs="*", default=[1_000_000], help="other numbers of visits, our side alone"
    )
    parser.add_argument("--no-spark", action="store_true", help="leave Spark out")
    parser.add_argument("--no-duckdb", action="store_true", help="our side alone: nothing to compare with")
    parser.add_argument("--speed-only", action="store_true", help="leave the outbreaks out")
    parser.add_argument("--real-only", action="store_true", help="the outbreaks alone")
    return parser.parse_args([word for word in words if word != "--"])


def shared() -> Path:
    """Where the real data sets lie, if they do."""
    return Path(os.environ.get("WANGGE_SHARED", ROOT.parent / "shared" / "data"))


# ---- speed -------------------------------------------------------------------------------------------


def speed(args: argparse.Namespace, spark: list[str] | None) -> dict[str, Any]:
    """All sides on the same visits. -> the figures the house looks for, then everything else"""
    mine = ours("bench.tracing.ours", str(OUT), "--visits", str(args.visits), "--runs", str(args.runs),
                "--cases", *map(str, args.cases))  # fmt: skip
    by_case = {}
    if not args.no_duckdb:
        write_parquet(Size(args.visits), OUT)
    for n in args.cases:
        one = {"visits": args.visits, "cases": n, "seconds": mine["cases"][str(n)]["sums"]["seconds"],
               "cpu_seconds": mine["cases"][str(n)]["sums"]["cpu_seconds"],
               "full_rows_seconds": mine["cases"][str(n)]["full"]["seconds"], "peak_rss_mb": mine["peak_rss_mb"]}  # fmt: skip
        if not args.no_duckdb:
            one |= against("duckdb", [sys.executable], args, n)
        if spark and n == HEADLINE:
            one |= against("spark", spark, args, n)
        one["equal"] = all(one.get(f"{side}_equal", True) for side in ("duckdb", "spark"))
        by_case[str(n)] = one
    head = by_case.get(str(HEADLINE)) or by_case[str(args.cases[-1])]
    grown = {str(v): ours("bench.tracing.ours", str(OUT), "--visits", str(v), "--cases", "10", "--runs", str(args.runs))
             for v in args.growth}  # fmt: skip
    return {
        **head, "equal": all(one["equal"] for one in by_case.values()), "spark_seconds": head.get("spark_seconds"),
        "duckdb_seconds": head.get("duckdb_seconds"), "by_case": by_case, "ours": mine,
        "exponent": exponent(mine, grown), "growth": grown,
    }  # fmt: skip


def against(side: str, python: list[str], args: argparse.Namespace, n: int) -> dict[str, Any]:
    """One peer, and whether its answer is ours, person by person."""
    command = [
        *python,
        str(HERE / "tracing" / "peer.py"),
        side,
        str(OUT),
        str(args.visits),
        str(n),
        str(min(args.runs, 3)),
    ]
    found = last_json(command, PYTHONPATH="")
    seconds = {name: one["seconds"] for name, one in found["variants"].items()}
    mine, theirs = (
        pq.read_table(OUT / f"{who}-{args.visits}-{n}.parquet").sort_by("person").to_pydict() for who in ("ours", side)
    )
    return {
        f"{side}_seconds": min(seconds.values()), f"{side}_variants": seconds, f"{side}_equal": mine == theirs,
        f"{side}_cpu_seconds": min(one["cpu_seconds"] for one in found["variants"].values()),
        f"{side}_peak_rss_mb": found["peak_rss_mb"],
    }  # fmt: skip


def exponent(mine: dict[str, Any], grown: dict[str, Any]) -> float | None:
    """How the CPU seconds of ten cases grow with the visits: 0 not at all, 1 as fast as these."""
    import numpy as np

    runs = [mine, *grown.values()]
    seen = {run["visits"]: run["cases"]["10"]["sums"]["cpu_seconds"] for run in runs if "10" in run["cases"]}
    if len(seen) < 2:
        return None
    return round(float(np.polyfit(np.log(list(seen)), np.log(list(seen.values())), 1)[0]), 3)


# ---- processes ---------------------------------------------------------------------------------------


def ours(module: str, *words: str) -> dict[str, Any]:
    """Run one step in the product's environment; its last line is the JSON."""
    return last_json([sys.executable, "-m", module, *words])


def last_json(command: list[str], **environment: str) -> dict[str, Any]:
    """Run; -> the JSON of the last line."""
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def find_spark() -> list[str] | None:
    """A command that starts a Python with Spark and Ibis, or None."""
    named = os.environ.get("WANGGE_PEERS")
    for command in ([sys.executable], [named] if named else []):
        asks = [*command, "-c", "import pyspark, ibis"]
        if command and subprocess.run(asks, capture_output=True, check=False).returncode == 0:
            return command
    return None


# ---- what is printed ---------------------------------------------------------------------------------


def speed_table(result: dict[str, Any]) -> Table:
    """A line a number of cases."""
    table = Table(
        title=f"{result['visits']:,} visits, {result['ours']['people']:,} people: who met a case",
        caption=f"index built in {result['ours']['build_seconds']} s, a day more {result['ours']['append_day_seconds']} s; growth in "
        f"visits (10 cases, CPU) {result['exponent']}; load average {result['load_average']}",
    )
    for head in ("cases", "wangge s", "every row s", "DuckDB s", "times", "Spark s", "times", "equal", "peak MB"):
        table.add_column(head, justify="right")
    for n, one in result["by_case"].items():
        duck, spark = one.get("duckdb_seconds"), one.get("spark_seconds")
        table.add_row(
            n, f"{one['seconds']:.4f}", f"{one['full_rows_seconds']:.4f}", f"{duck:.4f}" if duck else "–", ratio(duck, one),
            f"{spark:.2f}" if spark else "–", ratio(spark, one), "yes" if one["equal"] else "NO", f"{one['peak_rss_mb']:,.0f}",
        )  # fmt: skip
    return table


def ratio(seconds: float | None, one: dict[str, Any]) -> str:
    return f"{seconds / one['seconds']:.1f}x" if seconds else "–"


def found_tables(result: dict[str, Any]) -> list[Table]:
    """Hidden sources and real outbreaks: a line a measure."""
    tables = []
    for key, title in (("hidden", "Sources that nobody reported"), ("real", "Real outbreaks")):
        if not result.get(key):
            continue
        table = Table(title=title)
        for name in ("set", "measure", "found", "by chance, or the plain way", "published or set as goal"):
            table.add_column(name)
        for row in result[key]:
            table.add_row(*(f"{v:,.3f}" if isinstance(v, float) else str(v) for v in row))
        tables.append(table)
    return tables


if __name__ == "__main__":
    raise SystemExit(main())
