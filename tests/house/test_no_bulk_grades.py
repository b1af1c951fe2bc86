"""No bulk path to a colour, in the code or in the table of addresses: grades come out of a signed batch, one batch at a time (R3)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.server.matrix import addresses

HOME, CELL = "risk/grade_actions.py", "risk/cell_actions.py"
CALLERS = {CELL, "risk/appeal_actions.py", "jobs/tasks.py"}
SOURCES = r"FROM risk_proposed p\s+WHERE batch_id = %s|FROM risk_grade g WHERE g\.id = %s"
SHOWING = {"grade.view", "grade.explain"}
ONE_AT_A_TIME = {"cell.sign", "cell.answer", "cell.recall", "appeal.decide"}
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
    assert found == {HOME, CELL}


def test_what_is_written_comes_out_of_a_signed_batch(root: Path) -> None:
    """Sentences that begin a grade read the batch's rows, or the one grade that an appeal weakens."""
    text = (root / "src" / "wangge_server" / HOME).read_text("utf-8")
    said = (ast.unparse(s).replace("\\n", " ") for s in ast.parse(text).body)
    sentences = [one for one in said if "INSERT INTO risk_grade" in one]
    assert sentences and all(re.search(SOURCES, sentence) for sentence in sentences)


def test_who_may_call_what_writes_grades(root: Path) -> None:
    floor = root / "src" / "wangge_server"
    asked = re.compile(r"from wangge_server\.risk\.grade_actions import|import grade_actions")
    found = {str(f.relative_to(floor)) for f in floor.rglob("*.py") if asked.search(f.read_text("utf-8"))}
    assert found <= CALLERS


def bulk_addresses(verbs: dict[str, str]) -> set[str]:
    """Addresses that would turn colours: a verb of grades that does more than show, or the cell's and appeals' own acts made
    wider than one batch or one appeal. verbs: {route: verb}"""
    changing = {route for route, verb in verbs.items() if verb.startswith("grade.") and verb not in SHOWING}
    wide = {route for route, verb in verbs.items() if verb in ONE_AT_A_TIME and "<uuid:pk>" not in route}
    return changing | wide


def test_no_address_turns_colours_in_bulk() -> None:
    verbs = {one.route: one.verb for one in addresses()}
    assert len(verbs) > 100 and "cell/<uuid:pk>/sign/" in verbs and bulk_addresses(verbs) == set()


def test_no_form_takes_a_colour(root: Path) -> None:
    """No page has a field that says red, yellow or blue of somebody; filters of lists are asked by GET."""
    for page in (root / "src" / "wangge_server").rglob("templates/**/*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', page.read_text("utf-8"), re.S):
            assert not re.search(r'name="(grade|colour|color|tier)s?"', form), page


def test_planted_addresses_are_found() -> None:
    assert bulk_addresses({"grades/import/": "grade.write"}) and bulk_addresses({"cell/sign_all/": "cell.sign"})


def test_planted_writes_are_found() -> None:
    assert grade_writes("Grade.objects.filter(person_id=1).update(grade='red')")
    assert grade_writes("upsert(Grade, table)")
    assert grade_writes("Grade(person=p, grade='red').save()")
    assert grade_writes("cursor.execute('INSERT INTO risk_grade SELECT 1')")
    assert not grade_writes("Grade.objects.filter(grade='red').count()")
