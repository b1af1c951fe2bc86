"""The child process: reads one file under limits and writes the answer to its standard output. It keeps nothing.

Run as `python -m wangge.intake.child` with one line of JSON on standard input. The answer is one line of JSON, then the
tables as Arrow streams. Limits: memory by the size of what was unpacked, processor time, no file may be written.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.intake.lines import lines_here
from wangge.intake.mapping import ListMapping
from wangge.intake.paper import papers_here
from wangge.intake.parse import read_here
from wangge.intake.preview import preview_here

SLACK = 384 << 20  # a small file may take so much, whatever it holds
PER_BYTE = 5  # memory that a byte of unpacked content may take

Answer = tuple[dict[str, Any], list[pa.Table]]


def limit_memory(most: int, content: int) -> None:
    """What this process has now, and beside it what the content explains, at most `most` in all."""
    with open("/proc/self/statm") as now:
        have = int(now.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    allowed = have + min(SLACK + PER_BYTE * content, most)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, resource.getrlimit(resource.RLIMIT_AS)[1]))


def answer(job: dict[str, Any]) -> Answer:
    """Do one job. -> (account, tables)"""
    path, given = Path(job["path"]), _mapping(job["given"])

    def room(content: int) -> None:
        limit_memory(job["memory"], content)

    room(4 * path.stat().st_size)
    if job["what"] == "read":
        read = read_here(path, given, job["batch"], room)
        return {"report": asdict(read.report)}, [read.rows, read.held]
    if job["what"] == "preview":
        return {"preview": asdict(preview_here(path, given, room))}, []
    if job["what"] == "papers":
        return {"papers": [asdict(one) for one in papers_here(path, given, room)]}, []
    lines = lines_here(path, given, job["rows"], room)
    return {"lines": [asdict(one) for one in lines]}, []


def _mapping(raw: dict[str, Any]) -> ListMapping:
    return ListMapping(**raw | {"required": tuple(raw["required"])})


def main(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Read the job, answer. A failure that has a number is told by it; of any other only the kind, never the text."""
    job = json.loads(stdin.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold people's data
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"] + 1))
    try:
        account, tables = answer(job)
    except WanggeError as error:
        where = error.where
        place = [where.file, where.sheet, where.row, where.column]
        account, tables = (
            {"error": error.code, "where": place, "facts": {k: str(v) for k, v in error.facts.items()}},
            [],
        )
    except MemoryError:
        account, tables = {"stopped": "memory"}, []
    except pa.ArrowMemoryError:
        account, tables = {"stopped": "memory"}, []
    except Exception as error:
        account, tables = {"failed": type(error).__name__}, []
    stdout.write(json.dumps(account).encode() + b"\n")
    for table in tables:
        with pa.ipc.new_stream(stdout, table.schema) as stream:
            stream.write_table(table)
    stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
