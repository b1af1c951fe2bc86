"""Nothing of one machine, and no personal value, in what is committed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# Put together, so that this file does not find itself.
PRIVATE = re.compile(
    "|".join(["/" + "work/", "/" + "root/", "farm" + "-studio", "farm" + "-bench", r"\.lib" + "rary/"])
)
TEXT = {".py", ".md", ".toml", ".js", ".vue", ".css", ".html", ".json", ".txt", ".yml", ".po", ""}


def committed(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [
        root / name for name in listed.split("\0") if name and Path(name).suffix in TEXT and (root / name).is_file()
    ]


def test_no_path_of_a_machine(root: Path) -> None:
    found = [f.name for f in committed(root) if PRIVATE.search(f.read_text("utf-8", errors="ignore"))]
    assert found == []
