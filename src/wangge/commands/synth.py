"""Make a district of made-up people on real or lattice ground, with the lists departments would hold and the truth.

Nothing in it comes from a real person. The same preset and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from wangge.base.progress import Progress
from wangge.synth import make, presets

HELP = "make a district of made-up people, with untidy lists and their truth"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `wangge synth`."""
    known = "; ".join(f"{name}: {one.about}" for name, one in presets().items())
    parser.add_argument("--preset", default="district", metavar="P", help=f"which district to make ({known})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same bytes (default 1)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--json", action="store_true", help="print one JSON object last on standard output")


def run(args: argparse.Namespace) -> int:
    """Make it, show the stages on standard error, print what was made."""
    console = Console(stderr=True)
    labels = {"people": "人口与住房", "movements": "行程", "outbreak": "疫情", "lists": "部门名单"}
    with console.status("") as status:
        progress = Progress(lambda name, share: status.update(f"{labels[name]} {share:.0%}"))
        summary = make(args.preset, args.seed, args.out, progress)
    for name, seconds in progress.seconds.items():
        console.print(f"{labels[name]}  {seconds:.1f} s", highlight=False)
    if args.json:
        print(
            json.dumps(
                {**summary, "seconds": progress.seconds, "peak_rss_mb": max(progress.peak_mb.values())},
                ensure_ascii=False,
            )
        )
    else:
        print(
            f"{args.out}: {summary['people']} people, {summary['households']} households, "
            f"{sum(summary['rows'].values())} rows, {summary['visits']} visits, {summary['cases']} cases",
            file=sys.stdout,
        )
    return 0
