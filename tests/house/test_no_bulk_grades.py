"""No bulk path: the only code that writes grades is the joint cell's, and it copies them out of a signed batch (R3)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HOME = "risk/cell_actions.py"
GRADES = re.compile(r"(INSERT\s+INTO|UPDATE|COPY|MERGE\s+INTO)\s+\"?risk_(grade|proposed)\b", re.I)
WRITES = {"create", "bulk_create", "bulk_update", "update", "update_or_create", "get_or_create", "save"}


def grade_writes(text: str) -> list[int]:
    """Lines that write grades: by the model, by a bulk load, by SQL."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            what = ast.unparse(node.func)
            writes = isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
            if (writes and re.search(r"\b(Grade|Proposed)\.objects", what)) or what in {"Grade", "Proposed"}:
                found.append(node.lineno)
            if what.endswith(("upsert", "copy_in")) and re.search(r"Grade|Proposed|risk_", ast.unparse(node)):
                found.append(node.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and GRADES.search(node.value):
            found.append(node.lineno)
    return found


def test_grades_are_written_by_the_cell_alone(root: Path) -> None:
    floor = root / "src" / "wangge_server"
    files = {str(f.relative_to(floor)): f for f in floor.rglob("*.py") if "migrations" not in f.parts}
    found = {name for name, f in files.items() if grade_writes(f.read_text("utf-8"))}
    assert found == {HOME}


def test_the_one_write_reads_a_batch_that_is_signed(root: Path) -> None:
    text = (root / "src" / "wangge_server" / HOME).read_text("utf-8")
    writers = [
        f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef) and "INSERT INTO risk_grade" in ast.unparse(f)
    ]
    assert [f.name for f in writers] == ["_put_in_force"]
    assert "FROM risk_proposed WHERE batch_id" in ast.unparse(writers[0])


def test_planted_writes_are_found() -> None:
    assert grade_writes("Grade.objects.filter(person_id=1).update(grade='red')")
    assert grade_writes("upsert(Grade, table)")
    assert grade_writes("Grade(person=p, grade='red').save()")
    assert grade_writes("cursor.execute('INSERT INTO risk_grade SELECT 1')")
    assert not grade_writes("Grade.objects.filter(grade='red').count()")
