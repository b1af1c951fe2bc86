"""Writes happen only in actions; every action asks, is atomic and leaves its event."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note

WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "update_or_create", "get_or_create"}
SQL_WRITES = re.compile(r"\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM|COPY )", re.I)


# base/ is the machinery of actions; migrations change the shape, not the content.
# A room with many actions parts them by meaning: campaign_actions.py.
def holds_actions(name: str) -> bool:
    return name == "actions.py" or name.endswith("_actions.py")


# dict.update and the like: the receiver is plainly no manager.
PLAIN = re.compile(r"(seconds|facts|found|seen|given|context|session|headers|hashlib|digest)$")


def room_files(root: Path) -> list[Path]:
    floor = root / "src" / "wangge_server"
    return [f for f in sorted(floor.rglob("*.py")) if not {"migrations", "base"} & set(f.relative_to(floor).parts)]


def writes_in(text: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            receiver = ast.unparse(node.func.value)
            if "objects" in receiver or (node.func.attr in {"save", "delete"} and not PLAIN.search(receiver)):
                found.append((node.lineno, f"{receiver}.{node.func.attr}"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITES.search(node.value):
            found.append((node.lineno, node.value[:40]))
    return found


def test_writes_only_in_actions(root: Path) -> None:
    loose = {
        f"{f.parent.name}/{f.name}:{line}": what
        for f in room_files(root)
        if not holds_actions(f.name)
        for line, what in writes_in(f.read_text("utf-8"))
        if f.name != "base.py"
    }
    assert loose == {}


def test_a_planted_write_is_found() -> None:
    assert writes_in("Person.objects.filter(pk=1).update(name='x')")
    assert writes_in("cursor.execute('DELETE FROM registry_person')")


def all_actions(root: Path) -> list[tuple[str, Any]]:
    found = []
    for file in room_files(root):
        if holds_actions(file.name):
            module = importlib.import_module(f"wangge_server.{file.parent.name}.{file.stem}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if getattr(function, "is_action", False) and function.__module__ == module.__name__:
                    found.append((f"{file.parent.name}.{name}", function))
    return found


def test_every_public_writer_is_an_action(root: Path) -> None:
    """A public function of actions.py that writes must carry the decorator; private ones and pure helpers may not."""
    loose = []
    for file in room_files(root):
        if not holds_actions(file.name) or file.parent.name == "audit":
            continue
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                decorated = any("action(" in ast.unparse(d) for d in node.decorator_list)
                if writes_in(ast.unparse(node)) and not decorated:
                    loose.append(f"{file.parent.name}.{node.name}")
    # settle is the rule inside take_answers; system_user makes the account in whose name actions of the machine run.
    assert set(loose) <= {"feedback.settle", "accounts.system_user"}


def test_actions_have_the_shape(root: Path) -> None:
    actions = all_actions(root)
    assert len(actions) >= 15
    for name, function in actions:
        parameters = inspect.signature(function).parameters.values()
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters), name
        assert {"by", "purpose"} <= {p.name for p in parameters}, name
        assert re.fullmatch(r"[a-z]+\.[a-z]+", function.permission), name


def test_a_loose_shape_is_refused() -> None:
    with pytest.raises(TypeError, match="no action"):

        @action("board.view")
        def write_it(row: int, *, by: Any, purpose: str) -> None: ...


@pytest.mark.django_db
def test_an_action_asks_first() -> None:
    ran = []

    @action("batch.upload")
    def take_it(*, by: Any, purpose: str) -> None:
        ran.append(1)

    with pytest.raises(WanggeError, match="E8002"):
        take_it(by=SimpleNamespace(role="publisher", pk=None), purpose="publication")
    with pytest.raises(WanggeError, match="E8003"):
        take_it(by=SimpleNamespace(role="nobody", pk=None), purpose="publication")
    assert ran == []


@pytest.mark.django_db
def test_an_action_is_atomic_and_leaves_one_event() -> None:
    from wangge_server.accounts.actions import system_user
    from wangge_server.audit.models import Event

    by = system_user()
    before = Event.objects.count()

    @action("run.start")
    def do_it(*, fail: bool, by: Any, purpose: str) -> None:
        note(about="x1", n=3)
        if fail:
            raise RuntimeError("half-way")

    do_it(fail=False, by=by, purpose="administration")
    event = Event.objects.first()
    assert event is not None
    assert (event.verb, event.about, event.facts, event.purpose, event.by) == (
        "do_it",
        "x1",
        {"n": 3},
        "administration",
        by,
    )
    with pytest.raises(RuntimeError):
        do_it(fail=True, by=by, purpose="administration")
    assert Event.objects.count() == before + 1


@pytest.mark.django_db
def test_the_database_refuses_to_change_an_event() -> None:
    from django.db import InternalError, ProgrammingError, transaction

    from wangge_server.accounts.actions import system_user
    from wangge_server.audit.models import Event

    system_user()
    for change in (lambda: Event.objects.update(verb="x"), lambda: Event.objects.all().delete()):
        with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
            change()


def test_rooms_use_others_queries_and_actions_never_their_models(root: Path) -> None:
    found = []
    for file in room_files(root):
        room = file.relative_to(root / "src" / "wangge_server").parts[0]
        if room == "config":
            continue  # the installation composes all rooms
        for node in _runtime_imports(ast.parse(file.read_text("utf-8"))):
            parts = (node.module or "").split(".")
            if parts[0] == "wangge_server" and len(parts) > 2 and parts[2] == "models" and parts[1] != room:
                found.append(f"{room}/{file.name} -> {node.module}")
    assert found == []


def _runtime_imports(tree: ast.Module) -> list[ast.ImportFrom]:
    """Imports outside `if TYPE_CHECKING`."""
    typing_only = {
        id(n)
        for top in ast.walk(tree)
        if isinstance(top, ast.If) and "TYPE_CHECKING" in ast.unparse(top.test)
        for n in ast.walk(top)
    }
    return [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and id(n) not in typing_only]
