"""SIGKILL in the middle: the next start takes it up again and ends where an undisturbed run ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SAME = ("rows_in", "rows_good", "rows_held", "people", "households", "leads", "tasks", "grades", "frame", "pair_f1")
# Seconds after the start: while lists are read, while the way runs, while doors are visited.
MOMENTS = (7.0, 10.0, 13.0)


def demo(data: Path) -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
        "WANGGE_DATA": str(data)
    }
    words = [sys.executable, "-m", "wangge", "demo", "--preset", "tiny", "--seed", "1", "--no-serve", "--json"]
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_all_of(data: Path) -> int:
    """SIGKILL every process of this installation but PostgreSQL: power is cut to the house, not to the disk."""
    killed = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"WANGGE_DATA={data}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if mine and b"wangge" in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
                killed += 1
        except (OSError, ProcessLookupError):
            continue
    return killed


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err[-3000:]
    return dict(json.loads(out.strip().splitlines()[-1]))


def test_a_killed_demo_ends_where_an_undisturbed_one_ends(tmp_path: Path) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    for folder in (calm, rough):
        folder.mkdir()
    expected = finished(demo(calm))
    shutil.copy(calm / "identity_key", rough / "identity_key")  # the same key gives the same ids
    n_killed = 0
    for moment in MOMENTS:
        process = demo(rough)
        time.sleep(moment)
        if process.poll() is None:
            n_killed += kill_all_of(rough) >= 1
        process.communicate(timeout=60)
    assert n_killed >= 1, "the demo is over before anything is killed: choose earlier moments"
    found = finished(demo(rough))
    assert {key: found[key] for key in SAME} == {key: expected[key] for key in SAME}
    assert found["conservation_difference"] == 0
    assert found["leads"] == sum(found["outcomes"].values()) + found["open"]
