"""The child process of `convert_apart`: converts one workbook under limits and writes the answer to its standard output.

Run as `python -m wangge.forms.convert_child`: a line of JSON (file, lang, seconds), then the workbook's bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import BinaryIO

from wangge.base.errors import WanggeError
from wangge.forms.convert import convert

MEMORY, SPOOLED = 1 << 30, 64 << 20  # the converter writes its answer to a temporary file first


def main(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Answer one job with {xform, remarks, itemsets} or {error, where, facts}."""
    job = json.loads(stdin.readline())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SPOOLED, SPOOLED))
    try:
        made = asdict(convert(stdin.read(), job["file"], job["lang"]))
    except WanggeError as why:
        w = why.where
        made = {"error": why.code, "where": [w.file, w.sheet, w.row, w.column], "facts": {k: str(v) for k, v in why.facts.items()}}  # fmt: skip
    stdout.write(json.dumps(made, ensure_ascii=False).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
