"""Writes a folder with two sealed parts: the register's, and the emergency's, which nobody can open once its key is
destroyed. The folder of keys is never in it: keep another of those elsewhere, and destroy it when an emergency ends.
With --drill the backup is restored at once into a throw-away place and every table and file compared; exit code 1 where
anything differs. Set WANGGE_BACKUPS to have it done every night. With --json one object is printed last: name, rows, tables, files, bytes,
seconds, drill.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wangge.base.terminal import summary_table
from wangge_server.config.commands.serve import setup

HELP = "back up register, emergency and files, sealed; restore it at once as a drill"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge backup`."""
    parser.add_argument("to", type=Path, help="folder in which the backup's own folder is made")
    parser.add_argument("--data", type=Path, help="data folder (default: WANGGE_DATA or ./var)")
    parser.add_argument("--drill", action="store_true", help="restore it elsewhere at once and compare")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")
    parser.add_argument("--keep", type=int, default=0, help="keep only so many, the newest (default: all)")


def run(args: argparse.Namespace) -> int:
    """Back up. -> 0; 1 where the drill found a difference"""
    setup(args.data)
    from django.utils import timezone

    from wangge_server.vault.drill import back_up

    made = back_up(args.to.resolve(), timezone.now(), keep=args.keep, drilled=args.drill)
    print(json.dumps(made, ensure_ascii=False) if args.json else summary_table(made))
    return 0 if made["drill"] is None or made["drill"]["equal"] else 1
