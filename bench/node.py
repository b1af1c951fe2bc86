"""A million tokens asked of a node that holds a million rows: over the wire, with certificates on both ends.

`just bench node [--n 1000000]`. Seconds of wall and processor time: making the asking side's tokens, the node's first answer (it
makes its own tokens once an exchange), and a second question. Last line: one JSON object.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.node_world import DAY, District, running

from wangge_server.sharing.exchange.tokens import tokens_of


def main() -> int:
    """Measure and print. -> 0, or 1 where an answer is wrong"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000, help="rows held, and tokens asked")
    n = parser.parse_args([word for word in sys.argv[1:] if word != "--"]).n
    held = [f"11010119310301{i:07d}" for i in range(n)]
    asked = [f"11010119310301{i:07d}" for i in range(n // 2, n // 2 + n)]
    rows = pa.table({"number": held, "list": ["trains"] * n, "day": [DAY] * n, "street": ["440305001"] * n})
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), rows, tokens=10 * n) as url:
        district, spent = District(Path(folder)), dict[str, Any]()
        with _clock(spent, "tokens"):
            joined = b"".join(tokens_of(district.exchange_key, asked).to_pylist())
        for name in ("first", "again"):
            with _clock(spent, name):
                said = district.ask(url, tokens=base64.b64encode(joined).decode())
    print(json.dumps({"n": n, "yes": said["answer"]["n_yes"], **spent}))
    return 0 if said["answer"]["n_yes"] == n - n // 2 else 1


class _clock:
    """Seconds of wall and processor time of this process, both sides in it."""

    def __init__(self, spent: dict[str, Any], name: str) -> None:
        self.spent, self.name = spent, name

    def __enter__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def __exit__(self, *_error: object) -> None:
        wall, cpu = time.perf_counter() - self.start[0], time.process_time() - self.start[1]
        self.spent |= {f"{self.name}_s": round(wall, 2), f"{self.name}_cpu_s": round(cpu, 2)}


if __name__ == "__main__":
    sys.exit(main())
