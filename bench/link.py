"""Linking against Splink 5 on DuckDB, in one run on the same rows. `just bench link [preset]`, `just bench link -- --held-out`

Our side goes from checked rows to links, people, households and evidence (compiling the kernels is counted apart); the
peer gets our normalised columns, and what normalising costs is counted for it as it is for us. Each side is a process of
its own. Splink is looked for in this Python, then in the one that WANGGE_PEERS names, then by `uv run --isolated --extra
peers`. Prints a table and, last on standard output, one JSON object. Exit code 1: there was no peer to measure against.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = Path("out/bench")
PRESETS = ("tiny", "community", "district", "dongli")
STAMPED = ("intake", "quality", "dictionary", "tables", "base")  # rooms that decide what a checked row is


def main() -> int:
    """Measure both, print, keep. -> 0, or 1 without a peer"""
    args = arguments(sys.argv[1:])
    console = Console(width=120)
    source, name = source_of(args)
    peer = None if args.no_peer else find_peer()
    result = compare(source, OUT / f"link-{name}", args, peer, "chinese")
    sets = {} if args.no_sets else public_sets(args, peer)
    console.print(table_of(name, result, sets))
    if peer is None and not args.no_peer:
        console.print(
            "Splink was not found, so there is nothing to compare with. Name a Python that has it in WANGGE_PEERS, "
            "or let uv fetch it: uv run --isolated --extra peers python -m bench.link",
        )
    print(json.dumps(flat(name, result, sets), ensure_ascii=False))
    return 0 if peer or args.no_peer else 1


def arguments(words: list[str]) -> argparse.Namespace:
    """Words of the command line; the `--` that may stand before them (just passes it on) means nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "preset", nargs="?", default="dongli", choices=PRESETS, help="default: dongli, 2.5 million rows"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="lists of the second generator instead of a preset's")
    parser.add_argument("--people", type=int, default=100_000, help="with --held-out: how many (default 100 000)")
    parser.add_argument("--runs", type=int, default=3, help="of our side; the middle one counts (default 3)")
    parser.add_argument("--no-peer", action="store_true", help="our side alone")
    parser.add_argument("--no-sets", action="store_true", help="leave FEBRL and fake_1000 out")
    return parser.parse_args([word for word in words if word != "--"])


def source_of(args: argparse.Namespace) -> tuple[Path, str]:
    """The folder of lists, made if need be, and its name."""
    if args.held_out:
        ours("bench.held_out", "--people", str(args.people), "--seed", str(args.seed), "--make-only")
        name = f"held-out-{args.people}-{args.seed}"
        return OUT / name, name
    name = f"{args.preset}-{args.seed}"
    if not (OUT / name / "preset.json").exists():
        ours("wangge", "synth", "--preset", args.preset, "--seed", str(args.seed), "--out", str(OUT / name), "--json")
    return OUT / name, name


# ---- one set of rows, both sides -----------------------------------------------------------------------


def compare(
    source: Path, folder: Path, args: argparse.Namespace, peer: list[str] | None, kind: str, public: str = ""
) -> dict[str, Any]:
    """Rows made ready, our side, the peer's side and its score."""
    if public or not fresh(folder / "few.parquet"):
        ours("bench.linking.prepare", str(source), str(folder), *(["--set", public] if public else []))
    load = [round(os.getloadavg()[0], 2)]
    out: dict[str, Any] = {"ours": ours("bench.linking.ours", str(folder), "--runs", str(args.runs))}
    load.append(round(os.getloadavg()[0], 2))
    if peer:
        normal = {"seconds": 0.0, "cpu_seconds": 0.0} if public else ours("bench.linking.columns", str(folder))
        found = last_json([*peer, str(HERE / "linking" / "peer.py"), str(folder), kind], PYTHONPATH="")
        out["peer"] = found | {"normalise": normal} | scored(folder)
        load.append(round(os.getloadavg()[0], 2))
    return out | {"load": load, "about": json.loads((folder / "about.json").read_text("utf-8"))}


def fresh(made: Path) -> bool:
    """Whether the checked rows are newer than the code that makes them."""
    if not made.exists():
        return False
    code = (file for room in STAMPED for file in (ROOT / "src" / "wangge" / room).rglob("*.*"))
    return all(file.stat().st_mtime <= made.stat().st_mtime for file in code if file.suffix in (".py", ".toml", ".tsv"))


def scored(folder: Path) -> dict[str, float]:
    """The peer's clusters against the truth, by the same measure as ours."""
    import pyarrow.parquet as pq

    from bench.linking.judge import judge

    return judge(pq.read_table(folder / "clusters.parquet"), pq.read_table(folder / "truth.parquet"))


def public_sets(args: argparse.Namespace, peer: list[str] | None) -> dict[str, Any]:
    """FEBRL and fake_1000, where they lie beside the checkout."""
    shared = Path(os.environ.get("WANGGE_SHARED", ROOT.parent / "shared" / "data"))
    known = tomllib.loads((HERE / "linking" / "sets.toml").read_text("utf-8"))
    there = {name: shared / spec["file"] for name, spec in known.items() if (shared / spec["file"]).exists()}
    return {
        name: compare(file, OUT / f"link-{name}", args, peer, "fake" if name.startswith("fake") else "febrl", name)
        for name, file in there.items()
    }


# ---- processes ---------------------------------------------------------------------------------------


def ours(module: str, *words: str) -> dict[str, Any]:
    """Run one step in the product's environment; its last line is the JSON, if it says any."""
    return last_json([sys.executable, "-m", module, *words])


def last_json(command: list[str], **environment: str) -> dict[str, Any]:
    """Run; -> the JSON of the last line, {} where there is none."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    lines = done.stdout.strip().splitlines()
    return dict(json.loads(lines[-1])) if lines and lines[-1].startswith("{") else {}


def find_peer() -> list[str] | None:
    """A command that starts a Python with Splink, or None."""
    named, uv = os.environ.get("WANGGE_PEERS"), shutil.which("uv")
    candidates = [[sys.executable], [named] if named else []]
    candidates.append(
        [uv, "run", "--project", str(ROOT), "--isolated", "--no-dev", "--extra", "peers", "python"] if uv else []
    )
    for command in candidates:
        if command and _answers([*command, "-c", "import splink, duckdb"]):
            return command
    return None


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


# ---- what is printed -----------------------------------------------------------------------------------


def whole(result: dict[str, Any], measure: str) -> float | None:
    """The peer's seconds with normalising."""
    peer = result.get("peer")
    return None if peer is None else round(peer[measure] + peer["normalise"][measure], 3)


def flat(name: str, result: dict[str, Any], sets: dict[str, Any]) -> dict[str, Any]:
    """The figures the house looks for, then everything else."""
    mine, peer = result["ours"], result.get("peer") or {}
    cpu = whole(result, "cpu_seconds")
    return {
        "set": name, "rows": mine["rows"], "seconds": mine["seconds"], "cpu_seconds": mine["cpu_seconds"],
        "splink_seconds": whole(result, "seconds"), "splink_cpu_seconds": cpu,
        "pair_f1": mine["pair_f1"], "cluster_f1": mine["cluster_f1"],
        "splink_pair_f1": peer.get("pair_f1"), "splink_cluster_f1": peer.get("cluster_f1"),
        "peak_rss_mb": mine["peak_rss_mb"], "splink_peak_rss_mb": peer.get("peak_rss_mb"),
        "cpu_ratio": round(cpu / mine["cpu_seconds"], 2) if cpu else None, "load_average": result["load"], "ours": mine, "splink": peer,
        "sets": {key: {"pair_f1": one["ours"]["pair_f1"], "splink_pair_f1": (one.get("peer") or {}).get("pair_f1")} for key, one in sets.items()},
    }  # fmt: skip


def table_of(name: str, result: dict[str, Any], sets: dict[str, Any]) -> Table:
    """A line a side and set."""
    about, mine = result["about"], result["ours"]
    table = Table(
        title=f"{name}: {about['rows']:,} rows ({about['held']:,} more held), {mine['people']:,} people, {mine['households']:,} households",
        caption=f"kernels compiled or loaded in {mine['warm_up_seconds']} s, reading {mine['read_seconds']} s, not counted; load average {result['load']}",
    )
    for head in ("set", "who", "seconds", "CPU s", "pair F1", "cluster F1", "peak MB"):
        table.add_column(head, justify="left" if head in ("set", "who") else "right")
    for key, one in {name: result, **sets}.items():
        add(table, key, "wangge", one["ours"])
        if one.get("peer"):
            peer = one["peer"] | {measure: whole(one, measure) for measure in ("seconds", "cpu_seconds")}
            laps = [f"{lap} {taken['cpu_seconds']:.1f}" for lap, taken in peer["laps"].items()]
            laps.insert(0, f"normalise {peer['normalise']['cpu_seconds']:.1f}")
            add(table, f"  CPU s: {', '.join(laps)}", f"Splink {peer['version']}", peer)
    return table


def add(table: Table, key: str, who: str, side: dict[str, Any]) -> None:
    """One line."""
    table.add_row(
        key, who, f"{side['seconds']:.2f}", f"{side['cpu_seconds']:.2f}", f"{side['pair_f1']:.5f}",
        f"{side['cluster_f1']:.5f}", f"{side['peak_rss_mb']:,.0f}",
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
