"""Grids change while phones are offline: a short form of `just handover 50000`, and the story of cht-core #11306."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def drill(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.handover_drill", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_nothing_is_lost_and_every_planted_bug_is_found() -> None:
    told = drill("60", "--planted", "200")
    assert told["runs"] >= 60 and (told["lost"], told["orphaned"], told["stale"], told["refused"]) == (0, 0, 0, 0)
    assert told["divisions"] >= 60 and told["answers"] > 60 and told["found"] == told["planted"] == 7


def test_the_story_of_cht_11306_32_workers_in_8_districts() -> None:
    told = drill("--story")
    assert (told["workers"], told["districts"], told["stale"], told["lost"], told["refused"]) == (32, 8, 0, 0, 0)
    assert told["answers"] > 200
