"""Puts a backup into an empty data folder (and the empty database at DATABASE_URL, where one is given), then compares every
table and file with what the backup said. A part whose key was destroyed stays closed; the report names it. Afterwards
`wangge serve --data FOLDER` goes on from there. With --json one object is printed last: name, rows, tables, files, closed, different,
equal.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from pathlib import Path

from wangge.base.errors import WanggeError
from wangge.base.terminal import summary_table
from wangge_server.config.commands.serve import setup

HELP = "put a backup back into an empty folder and compare it with what it said"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge restore`."""
    parser.add_argument("backup", type=Path, help="the backup's folder")
    parser.add_argument("--data", type=Path, required=True, help="an empty or new folder: the new data folder")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")
    parser.add_argument("--keys", type=Path, help="the folder of keys (default: WANGGE_KEYS)")


def run(args: argparse.Namespace) -> int:
    """Restore. -> 0; 1 where something is not what the backup said"""
    keys = args.keys or Path(os.environ.get("WANGGE_KEYS", ""))
    if args.data.exists() and any(args.data.iterdir()):
        raise WanggeError("E8622")
    if not (keys / "master").is_file():
        raise WanggeError("E8604")
    args.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["WANGGE_KEYS"] = str(keys.resolve())
    setup(args.data)
    from wangge_server.vault.restore import restore

    done = restore(args.backup.resolve())
    figures = dataclasses.asdict(done) | {"equal": done.equal}
    print(json.dumps(figures, ensure_ascii=False) if args.json else summary_table(figures))
    return 0 if done.equal else 1
