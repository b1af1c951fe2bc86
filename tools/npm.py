"""npm in web/, with the machine's Node or the one from the wheel: `python tools/npm.py run check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hatch_build import ROOT, find_npm

if __name__ == "__main__":
    npm, env = find_npm()
    raise SystemExit(subprocess.run([*npm, *sys.argv[1:]], cwd=ROOT / "web", env=env, check=False).returncode)  # noqa: S603
