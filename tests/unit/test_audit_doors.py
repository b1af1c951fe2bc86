"""The ledger's tree: a proof of a unit stands alone, and whatever is changed in it is found."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.audit import verifier
from wangge.audit.doors import door_entry, grid_path, grid_root
from wangge.audit.keys import InstallationKey
from wangge.audit.verifier import check_door, leaf_hash, verify_inclusion

DAY = dt.date(2026, 11, 24)
KEY = InstallationKey(bytes(range(32)))
GRID = "110101001001001"


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def entry(unit: str, state: str = "occupied_confirmed") -> bytes:
    return door_entry(unit=unit, grid=GRID, area_version="2026-01-01", on=DAY, state=state, roster_n=3, roster_closed_on=DAY,
                      confirmed_on=DAY, method="visit", by=7, evidence="", prev=None)  # fmt: skip


def proof(index: int = 1, n: int = 5) -> dict[str, Any]:
    rows = [entry(f"u{i}") for i in range(n)]
    leaves = [leaf_hash(row) for row in rows]
    root = text(grid_root(leaves))
    event = json.dumps({"facts": {"on": DAY.isoformat(), "roots": {GRID: [n, root]}}}).encode()
    log = [leaf_hash(b"before"), leaf_hash(event), leaf_hash(b"after")]
    head = KEY.sign_head(3, dt.datetime(2026, 11, 24, tzinfo=dt.UTC), grid_root(log))
    return {
        "form": "wangge-door/1", "entry": rows[index].decode(), "position": index, "size": n, "root": root,
        "path": [text(h) for h in grid_path(leaves, index)],
        "log": {"entry": event.decode(), "position": 1, "path": [text(h) for h in grid_path(log, 1)], "head": head.line()},
    }  # fmt: skip


@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root(n: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(i).encode()) for i in range(n)]
    at = data.draw(st.integers(0, n - 1))
    assert verify_inclusion(leaves[at], at, n, grid_path(leaves, at), grid_root(leaves))


def test_a_whole_proof_fits() -> None:
    report = check_door(proof(), key=KEY.public)
    assert (report.problems, report.in_log, report.row["unit"]) == ([], True, "u1")


def test_the_short_form_needs_a_root_that_was_kept() -> None:
    short = {k: v for k, v in proof().items() if k != "log"}
    assert check_door(short).problems == ["unsealed"]
    assert check_door(short, root=verifier.read_key(short["root"])).problems == []
    assert check_door(short, root=bytes(32)).problems == ["door_root"]


@pytest.mark.parametrize(
    ("where", "what", "found"),
    [
        (("entry",), entry("u1", "vacant_confirmed").decode(), "door_path"),
        (("position",), 2, "door_path"),
        (("size",), 6, "door_log"),
        (("log", "position"), 0, "door_log_path"),
        (("log", "entry"), json.dumps({"facts": {"roots": {}}}), "door_log"),
    ],
)
def test_what_is_changed_is_found(where: tuple[str, ...], what: Any, found: str) -> None:
    changed: Any = copy.deepcopy(proof())
    inner = changed
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = what
    assert found in check_door(changed).problems


def test_another_installation_is_not_believed() -> None:
    assert "key" in check_door(proof(), key=bytes(32)).problems
    other = InstallationKey(bytes(32)).sign_head(3, dt.datetime(2026, 11, 24, tzinfo=dt.UTC), bytes(32))
    assert {"key", "witness_root"} <= set(check_door(proof(), [other]).problems)


def test_the_file_alone_checks_it(tmp_path: Path) -> None:
    """The verifier as it is handed out: one file, run by itself."""
    (tmp_path / "verify.py").write_text(Path(verifier.__file__).read_text("utf-8"), "utf-8")
    (tmp_path / "door.json").write_text(json.dumps(proof()), "utf-8")
    command = [sys.executable, "-I", "verify.py", "--door", "door.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["in_log"]) == (0, True)
    (tmp_path / "door.json").write_text(json.dumps(proof() | {"position": 0}), "utf-8")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    (tmp_path / "door.json").write_text("[]", "utf-8")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 2
