"""The walls stand: import directions, names, sizes."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from wangge.base import shelf

BANNED_NAMES = {"utils", "common", "helpers", "services", "managers"}
MOST_LINES, MOST_FUNCTION_LINES = 500, 50
# Tables and word lists that are one list by nature.
LONG_BY_NATURE = {"shapes.py"}


def sources(root: Path) -> list[Path]:
    return [f for f in sorted((root / "src").rglob("*.py")) if "migrations" not in f.parts]


def test_import_directions(root: Path) -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_catch_all_names(root: Path) -> None:
    found = [str(f) for f in sources(root) if BANNED_NAMES & {f.stem, *f.parent.parts[-2:]}]
    assert found == []


def test_files_and_functions_stay_short(root: Path) -> None:
    long = []
    for file in sources(root):
        text = file.read_text("utf-8")
        if text.count("\n") > MOST_LINES and file.name not in LONG_BY_NATURE:
            long.append(f"{file.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES:
                long.append(f"{file.name}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines")
    assert long == []


def test_a_shelf_refuses_a_member_that_lacks_a_part() -> None:
    with pytest.raises(shelf.ShelfError, match="lacks a_part_no_rule_has"):
        shelf.members(importlib.import_module("wangge.risk.rules"), ("a_part_no_rule_has",))


CLOCKS = {"today", "now", "utcnow"}


def test_ground_floor_reads_no_clock(root: Path) -> None:
    """Dates are arguments: the thinking floor gives the same answer on any day."""
    found = []
    for file in sorted((root / "src" / "wangge").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS and not _is_bench(file):
                found.append(f"{file.name}:{node.lineno}")
    assert found == []


def _is_bench(file: Path) -> bool:
    return "bench" in file.parts
