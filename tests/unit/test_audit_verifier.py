"""The stand-alone verifier: what it finds, and that it needs nothing of ours."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from wangge.__main__ import main
from wangge.audit import verifier
from wangge.audit.entry import entry_bytes
from wangge.audit.keys import InstallationKey
from wangge.audit.verifier import Growing, Head, check, leaf_hash

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
KEY, OTHER = InstallationKey(b"k" * 32), InstallationKey(b"q" * 32)


def entry(i: int, **changed: object) -> bytes:
    given = {"id": i, "at": NOW + dt.timedelta(seconds=i), "by": 7, "role": "medic", "purpose": "visit",
             "permission": "person.open", "verb": "person", "kind": "read", "about": f"p-{i}",
             "facts": {"n": 1, "ids": [f"p-{i}"]}, "policy": "1"}  # fmt: skip
    return entry_bytes(**given | changed)  # type: ignore[arg-type]


def heads_of(entries: list[bytes], sizes: list[int], key: InstallationKey = KEY) -> list[Head]:
    tree, heads = Growing(), []
    for one in entries:
        tree.append(leaf_hash(one))
        if tree.size in sizes:
            heads.append(key.sign_head(tree.size, NOW, tree.root()))
    return heads


LOG = [entry(i) for i in range(50)]
HEADS = heads_of(LOG, [10, 37, 50])
WITNESSED = heads_of(LOG, [37])


def found(entries: list[bytes], heads: list[Head], witnessed: list[Head] = WITNESSED) -> set[str]:
    return {p.what for p in check(entries, heads, witnessed, None).problems}


def test_a_log_as_it_was_written_fits() -> None:
    report = check(LOG, HEADS, WITNESSED, KEY.public)
    assert (report.problems, report.entries, report.heads, report.witnessed) == ([], 50, 3, 1)


def test_what_is_changed_is_found() -> None:
    swapped = [*LOG[:4], LOG[5], LOG[4], *LOG[6:]]
    for bad in (
        [*LOG[:4], entry(4, role="cdc"), *LOG[5:]],
        LOG[:4] + LOG[5:],
        [*LOG[:4], entry(99), *LOG[4:]],
        swapped,
    ):
        assert {"root", "witness_root"} <= found(bad, HEADS)


def test_a_log_cut_short_is_found_by_its_heads_and_by_a_witness() -> None:
    assert found(LOG[:30], HEADS) == {"short", "witness_short"}
    assert found(LOG[:30], heads_of(LOG, [10, 30])) == {"witness_short"}
    assert (
        found(LOG[:30], heads_of(LOG, [10, 30]), []) == set()
    )  # nobody outside vouches: this is why there are witnesses


def test_a_whole_new_log_signed_with_the_stolen_key_is_found_by_a_witness() -> None:
    new = [entry(i, by=8) for i in range(50)]
    assert found(new, heads_of(new, [10, 37, 50]), []) == set()
    assert found(new, heads_of(new, [10, 37, 50])) == {"witness_root"}
    assert found(new, heads_of(new, [10, 37, 50], OTHER)) == {"key", "witness_root"}


def test_a_head_that_is_not_signed_or_by_another_is_found() -> None:
    forged = [dataclasses.replace(HEADS[0], size=11, root=heads_of(LOG, [11])[0].root), *HEADS[1:]]
    assert found(LOG, forged) == {"signature"}
    assert found(LOG, HEADS, [dataclasses.replace(WITNESSED[0], signature=b"\0" * 64)]) == {"witness_signature"}
    assert {p.what for p in check(LOG, HEADS, [], OTHER.public).problems} == {"key"}


def test_entries_under_no_head_and_no_head_at_all() -> None:
    assert found([*LOG, entry(50)], HEADS) == {"unsealed"}
    assert "no_heads" in found(LOG, [], [])
    assert found([], [], []) == {"no_entries"}  # an empty file says nothing, which is not "all is well"


def test_the_bytes_of_an_entry_never_change() -> None:
    """Anybody's kept hash hangs on these bytes: whoever must change this line must change FORM."""
    assert (
        entry(1, facts={"n": 2, "ids": ["甲", "b"], "x": None}, at=NOW.astimezone(dt.timezone(dt.timedelta(hours=8))))
        == (
            '{"about":"p-1","at":"2026-11-24T03:00:00.000000Z","by":7,"decision":"allowed","facts":{"ids":["甲","b"],"n":2,"x":null},'
            '"form":1,"id":1,"kind":"read","permission":"person.open","policy":"1","purpose":"visit","role":"medic","verb":"person"}'
        ).encode()
    )
    assert b'"decision":"refused"' in entry(1, kind="refused")
    assert b"\n" not in entry(1, facts={"x": "a\nb"})
    with pytest.raises(ValueError, match="zone"):
        entry(1, at=dt.datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_verifier_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text("utf-8"))
    names = {n.name.split(".")[0] for i in ast.walk(tree) if isinstance(i, ast.Import) for n in i.names}
    names |= {(i.module or ".").split(".")[0] for i in ast.walk(tree) if isinstance(i, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names) | {"cryptography"}


def written(folder: Path, entries: list[bytes], heads: list[Head]) -> Path:
    (folder / "log.jsonl").write_bytes(b"".join(one + b"\n" for one in entries))
    (folder / "heads.txt").write_text("".join(f"{h.line()}\n" for h in heads))
    (folder / "witness.txt").write_text("# kept elsewhere\n" + "".join(f"{h.line()}\n" for h in WITNESSED))
    return folder


def test_the_exported_file_runs_alone(tmp_path: Path) -> None:
    """In a bare interpreter that cannot see wangge."""
    assert main(["audit", "verifier", "--out", str(tmp_path / "verify.py")]) == 0
    written(tmp_path, LOG, HEADS)
    code = (
        "import importlib.abc, runpy, sys\n"
        "class No(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, *a):\n"
        "        if name.split('.')[0].startswith('wangge'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "sys.argv = ['verify.py', 'log.jsonl', 'heads.txt', '--witness', 'witness.txt']\n"
        "runpy.run_path('verify.py', run_name='__main__')\n"
    )
    good = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout.splitlines()[-1])["ok"] is True
    written(tmp_path, LOG[:-1], HEADS)
    bad = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and json.loads(bad.stdout.splitlines()[-1])["problems"] == [{"what": "short", "at": 50}]


def test_the_command_checks_an_exported_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["audit", "verify", "--folder", str(written(tmp_path, LOG, HEADS)), "--json"]
    words += ["--witness", str(tmp_path / "witness.txt"), "--key", verifier.key_text(KEY.public)]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["witnessed"] == 1
    written(tmp_path, [*LOG[:3], *LOG[4:]], HEADS)
    assert main(words) == 1
    assert "DOES NOT FIT" in capsys.readouterr().err
    (tmp_path / "witness.txt").write_text("no head\n")
    assert main(words) == 3 and "E8061" in capsys.readouterr().err
    assert main(["audit", "export"]) == 3 and "E8060" in capsys.readouterr().err
