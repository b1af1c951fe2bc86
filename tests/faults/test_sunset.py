"""The end of an emergency's data, played whole and short: `just sunset-drill` is the long form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_nothing_planted_is_readable_after_the_end(root: Path) -> None:
    env = {key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")}
    words = [sys.executable, "-m", "tests.faults.sunset_drill", "600"]
    ended = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, timeout=240)
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    assert (found["needles"], found["readable"], found["rows_after"]) == (600, 0, 0)
    assert found["readable_before"] > 0, "the search must be able to find what is there"
    assert found["sealed_readable_before"] == found["readable_in_backup"] == found["readable_in_restored"] == 0
    assert found["restored_whole_before"] is found["altered_part_refused"] is True
    assert found["closed_in_backup"] == ["event.dump", "event.files"] and found["rows_restored"] > 0
    assert found["certificate_valid"] is True
