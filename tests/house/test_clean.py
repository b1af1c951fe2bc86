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


def test_tables_become_csv_through_one_door(root: Path) -> None:
    """pyarrow's own writer can leak memory; base/csv_file.py is the way round it."""
    found = [
        f.name
        for f in (root / "src").rglob("*.py")
        if f.name != "csv_file.py" and re.search(r"(pa_csv|pv|csv)\.write_csv\(|\.CSVWriter\(", f.read_text("utf-8"))
    ]
    assert found == []


def test_an_empty_chunk_leaks_nothing() -> None:
    import io

    import pyarrow as pa

    from wangge.base.csv_file import write_csv

    some = pa.chunked_array([["a"], [], ["b"]], pa.string())
    out = io.BytesIO()
    write_csv(
        pa.table({"x": some, "y": pa.chunked_array([pa.array([], pa.string()), ["c", None]])}),
        out,
        include_header=False,
    )
    assert out.getvalue() == b'"a","c"\n"b",\n'


def test_tests_keep_out_of_the_checkout(root: Path) -> None:
    """Settings are read once: the data folder of a test run is its own, never the one of a demo beside it."""
    from django.conf import settings

    assert root not in Path(settings.DATA).parents
    assert "/pg" not in settings.DATABASES["default"]["HOST"] or str(root) not in settings.DATABASES["default"]["HOST"]
