"""What the owner of the database can do to the log, and what finds it. The long form is `just audit-tamper 10000`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from bench import audit_tamper
from django.db import connection

from wangge.audit import verifier
from wangge_server.audit import verify

TIMES = 6 * len(audit_tamper.KINDS)
SEED = 2
# What each must at least be called: a second look that finds it too is no excuse for the first.
CALLED = {
    "change_an_entry": {"changed"}, "change_and_rehash": {"root", "witness_root"}, "delete_an_entry": {"gone"},
    "delete_with_leaf": {"short", "witness_short"}, "insert_an_entry": {"unlisted"},
    "insert_with_leaf": {"root", "unsealed"}, "reorder": {"root", "witness_root"}, "swap_hashes": set(),
    "change_a_node": {"node"}, "add_a_node": {"node"}, "change_a_head": set(), "cut_the_tail": {"short", "witness_short"},
    "cut_short": {"witness_short"}, "write_anew": set(),
}  # fmt: skip


def missed(seen: dict[str, list[frozenset[str]]]) -> list[str]:
    bad = [kind for kind, times in seen.items() for one in times if not one or not one >= CALLED[kind]]
    heads = frozenset().union(*seen["change_a_head"])
    bad += [] if {"signature", "key"} <= heads else ["change_a_head"]
    swapped = frozenset().union(*seen["swap_hashes"])
    anew = frozenset().union(*seen["write_anew"])  # shorter than the witness saw, or of the same length and another
    bad += [] if "witness_root" in anew else ["write_anew"]
    return bad + ([] if swapped >= {"changed", "node"} else ["swap_hashes"])


@pytest.fixture
def log(db: None) -> None:
    """A short log of its own; whatever else the session's database holds is put aside in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_event CASCADE")
    audit_tamper.fill(90)


@pytest.mark.usefixtures("log")
def test_every_tampering_is_found_and_called_by_its_name() -> None:
    assert missed(audit_tamper.tamper(TIMES, SEED)) == []


@pytest.mark.usefixtures("log")
def test_a_log_cut_short_or_written_anew_is_found_by_the_witness_alone() -> None:
    seen = audit_tamper.tamper(TIMES, 2)
    assert set(seen["cut_short"]) == {frozenset({"witness_short"})}
    assert all(one <= {"witness_root", "witness_short"} for one in seen["write_anew"])


HOLES = [
    (verify, "elif made != kept:", "elif False:"),
    (verify, "if entry is None:\n            problems", "if False:\n            problems"),
    (verify, "if next(stored, None) != node:", "next(stored, None)\n            if False:"),
    (verify, "for _ in itertools.islice(stored, 1)]", "for _ in ()]"),
    (verify, "+ _unlisted()", ""),
    (verify, "stored, witnessed, own)", "stored, (), own)"),
    (verifier, "if head.key != own:", "if False:"),
    (verifier, "            if not head.is_signed():", "            if False:"),
    (verifier, "if head.size > size:", "if head.size > size:\n                pass\n            elif False:"),
    (verifier, "elif roots[head.size] != head.root:", "elif False:"),
    (verifier, "if heads and newest < size:", "if False:"),
]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "hole", HOLES, ids=[f"{m.__name__.split('.')[-1]}: {new.split(chr(10))[0]}" for m, _, new in HOLES]
)
def test_a_hole_planted_in_the_verifier_is_seen(
    hole: tuple[ModuleType, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, old, new = hole
    text = Path(str(module.__file__)).read_text("utf-8")
    assert text.count(old) == 1, "the hole's place moved"
    holed = ModuleType(module.__name__)
    holed.__file__ = module.__file__
    monkeypatch.setitem(sys.modules, module.__name__, holed)
    exec(compile(text.replace(old, new), str(module.__file__), "exec"), holed.__dict__)  # noqa: S102 - our own text
    if module is verifier:
        monkeypatch.setattr(verify, "check_heads", holed.check_heads)
    else:
        monkeypatch.setitem(sys.modules, verify.__name__, holed)
    assert missed(audit_tamper.tamper(TIMES, SEED)) != []  # with the same seed nothing is missed without the hole
