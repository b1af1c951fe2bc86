"""Reading apart: a child process with limits on memory and time, so that no file can take the worker along."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

import wangge
from wangge.base.errors import WanggeError, Where
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import Read
from wangge.intake.report import Report

MEMORY = 2 << 30  # bytes a file may take at most
SECONDS, SECONDS_PER_MB = 20, 4  # of the processor; the clock may show three times as many
ROOT = str(Path(wangge.__file__).resolve().parents[1])
STOPPED_BY_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


def read_apart(path: Path, given: ListMapping, batch: str) -> Read:
    """intake.read in a child process."""
    account, tables = run("read", path, given, n_tables=2, batch=batch)
    return Read(tables[0], Report(**account["report"]), tables[1])


def run(
    what: str, path: Path, given: ListMapping, n_tables: int = 0, **more: Any
) -> tuple[dict[str, Any], list[pa.Table]]:
    """Have a child do one job. -> (account, tables)

    Raises what the child says, E1001 (no such file), E1015 (it needed too much memory, or fell), E1016 (too much time),
    E1017 (it failed in a way that has no number).
    """
    try:
        seconds = SECONDS + SECONDS_PER_MB * (path.stat().st_size >> 20)
    except OSError as why:
        raise WanggeError("E1001", Where(file=path.name), name=path.name) from why
    job = {
        "what": what,
        "path": str(path.resolve()),
        "given": asdict(given),
        "memory": MEMORY,
        "seconds": seconds,
    } | more
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "wangge.intake.child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_surroundings(), cwd="/",
    ) as child:  # fmt: skip
        timer = threading.Timer(3 * seconds, child.kill)
        timer.start()
        try:
            return _talk(child, job, n_tables, path.name)
        finally:
            timer.cancel()
            child.kill()


def _surroundings() -> dict[str, str]:
    """No secret of this process reaches the child; one thread is enough for it."""
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "ARROW_IO_THREADS"), "1")
    return {"PYTHONPATH": ROOT, "PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", **one}


def _talk(
    child: subprocess.Popen[bytes], job: dict[str, Any], n_tables: int, file: str
) -> tuple[dict[str, Any], list[pa.Table]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("a child without pipes")
    try:
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.close()
    except BrokenPipeError:
        pass  # it is gone already: what it left tells why
    line = child.stdout.readline()
    try:
        account = json.loads(line)
        _raise_what_it_says(account, file)
        tables = []
        for _ in range(n_tables):
            with pa.ipc.open_stream(child.stdout) as stream:
                tables.append(stream.read_all())
        return account, tables
    except (json.JSONDecodeError, pa.ArrowException, EOFError) as why:
        code = "E1016" if child.wait() in STOPPED_BY_TIME else "E1015"
        raise WanggeError(code, Where(file=file), name=file) from why


def _raise_what_it_says(account: dict[str, Any], file: str) -> None:
    if "error" in account:
        raise WanggeError(account["error"], Where(*account["where"]), **account["facts"])
    if "stopped" in account:
        raise WanggeError("E1015", Where(file=file), name=file)
    if "failed" in account:
        raise WanggeError("E1017", Where(file=file), name=file, kind=account["failed"])
