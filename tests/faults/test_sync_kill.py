"""Twenty kills in the middle of synchronising: what was acknowledged stands, once. Planted bugs: `just faults-kill`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_twenty_kills_lose_and_double_nothing() -> None:
    words = [sys.executable, "-m", "tests.faults.sync_kill", "20", "--planted", "0"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["kills"], told["lost"], told["doubled"], told["torn"], told["unrecorded"]) == (20, 0, 0, 0, 0)
    assert told["acknowledged"] > 500
