"""Checks the audit log: what was done and read, in a Merkle tree (RFC 6962) whose heads are signed and given away.

example: wangge audit verify --data var --witness 卫健局.txt
example: wangge audit export --data var --out DIR
example: wangge audit verify --folder DIR --witness 卫健局.txt --json
example: wangge audit head --data var >> heads-kept-elsewhere.txt
example: wangge audit verifier --out verify.py

verify     the installation's own log, or with --folder one that was exported. --witness names files of heads that somebody
           else kept: they find a log that was cut short or written anew as a whole. --key is the public key, if it was
           handed over by another way.
seal       put what waits into the tree now; the job worker does it every minute
head       print the newest signed head, one line: give it to whoever shall be a witness
export     log.jsonl, heads.txt and verify.py into a folder, for a third party; no personal value is in them
verifier   the stand-alone verifier, one file: Python and the package `cryptography`, nothing of wangge

exit codes: 0 nothing wrong; 1 something does not fit; 2 wrong use; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from pathlib import Path
from types import ModuleType

from wangge.audit import verifier
from wangge.audit.verifier import Head, Report
from wangge.base.errors import WanggeError, Where

HELP = "check, export and seal the log of what was done and read"
DOES = ("verify", "seal", "head", "export", "verifier")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge audit`."""
    parser.add_argument("do", choices=DOES, help="what to do")
    parser.add_argument("--data", type=Path, help="data folder (default: WANGGE_DATA or ./var)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="verify this exported log instead")
    parser.add_argument(
        "--witness", type=Path, action="append", default=[], metavar="FILE", help="heads somebody else kept"
    )
    parser.add_argument("--key", help="the installation's public key, as heads write it")
    parser.add_argument("--out", type=Path, metavar="PATH", help="where to write")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Do it. -> 0, or 1 where the log does not fit"""
    if args.do == "verify":
        return _verify(args)
    if args.do in ("export", "verifier") and args.out is None:
        raise WanggeError("E8060", option="--out")
    if args.do == "verifier":
        write_verifier(args.out)
    elif args.do == "seal":
        print(f"{_installation(args.data).seal()} entries sealed", file=sys.stderr)
    elif args.do == "head":
        print(_installation(args.data).head())
    else:
        n = _installation(args.data).export(args.out)
        write_verifier(args.out / "verify.py")
        print(f"{n} entries exported", file=sys.stderr)
    return 0


def _verify(args: argparse.Namespace) -> int:
    witnessed = [head for file in args.witness for head in heads_in(file)]
    try:
        key = verifier.read_key(args.key) if args.key else None
    except ValueError as why:
        raise WanggeError("E8061", Where(file="--key")) from why
    report = _exported(args.folder, witnessed, key) if args.folder else _installation(args.data).verify(witnessed, key)
    print(verifier.say(report), file=sys.stderr)
    if args.json:
        print(json.dumps(report.as_dict()))
    return 1 if report.problems else 0


def _exported(folder: Path, witnessed: list[Head], key: bytes | None) -> Report:
    log = folder / "log.jsonl"
    if not log.is_file():
        raise WanggeError("E9003", Where(file=log.name), name=log.name)
    return verifier.check(verifier.lines_of(log), heads_in(folder / "heads.txt"), witnessed, key)


def heads_in(file: Path) -> list[Head]:
    """Heads of a file. Raises E9003 where there is none, E8061 where a line is no head."""
    if not file.is_file():
        raise WanggeError("E9003", Where(file=file.name), name=file.name)
    try:
        return verifier.read_heads(file.read_text("utf-8"))
    except ValueError as why:
        raise WanggeError("E8061", Where(file=file.name)) from why


def write_verifier(to: Path) -> None:
    """The one file for third parties, exactly as it is tested here."""
    with as_file(files("wangge.audit") / "verifier.py") as source:
        shutil.copyfile(source, to)


def _installation(data: Path | None) -> ModuleType:
    """The upper floor's door to its own log: it registers, so that nothing here imports it. Raises E8062 without one."""
    for point in entry_points(group="wangge.installation", name="audit"):
        door: ModuleType = point.load()
        door.open_up(data)
        return door
    raise WanggeError("E8062")
