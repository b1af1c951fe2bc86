"""Makes a made-up district, sends five departments' lists through the server's own jobs, lets made-up workers visit the
doors, prints a summary that adds up, then serves the site with one login for each role. A second start reuses what is
there. Presets: tiny, community (Renqiu: 2,726 households), district (60,000 people on Nanshan's buildings), dongli.
With --json one object is printed last on standard output: preset, seed, rows_in, rows_good, rows_held, people,
true_people, pair_precision, pair_recall, pair_f1, households, leads, tasks, outcomes, open, conservation_difference,
covered, frame, seconds (by stage), peak_rss_mb.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from wangge.base.terminal import summary_table
from wangge_server.config.commands.serve import serve, setup

HELP = "make a made-up district, run the whole way through the server, then serve it"
PASSWORD = "wangge-demo"  # noqa: S105 - printed on the screen: a demo of made-up people on one's own machine
STAGES = (
    "synth",
    "install",
    "upload",
    "read",
    "link",
    "locate",
    "trace",
    "grade",
    "plan",
    "verify",
    "count",
    "release",
    "store",
    "sign",
    "forms",
    "visit",
    "recheck",
    "ledger",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge demo`."""
    parser.add_argument(
        "--preset",
        default="district",
        choices=("tiny", "community", "district", "dongli"),
        help="which district (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed makes the same district (default: %(default)s)"
    )
    parser.add_argument("--data", type=Path, help="data folder (default: WANGGE_DATA or ./var)")
    parser.add_argument("--no-serve", action="store_true", help="do everything but serve")
    parser.add_argument(
        "--json", action="store_true", help="print the summary as one JSON object last on standard output"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Make, run, report, serve. -> exit code; 1 where figures do not add up"""
    setup(args.data)
    from wangge_server.config import demo

    summary = demo.make(args.preset, args.seed, PASSWORD, STAGES)
    print(json.dumps(summary, ensure_ascii=False) if args.json else summary_table(summary), flush=True)
    if summary["conservation_difference"] or summary["rows_in"] != summary["rows_good"] + summary["rows_held"]:
        print("the figures do not add up", file=sys.stderr)
        return 1
    if args.no_serve:
        return 0
    return serve(args.host, args.port, demo.logins_in_words(PASSWORD))
