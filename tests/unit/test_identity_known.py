"""`wangge link --known` as stories: what a correction, a decision, its undoing and a killed run do to people and ids."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wangge.__main__ import main

MAPPING = """
[lists.a.columns]
"姓名" = "person.name"
"身份证" = "person.id_number"
"电话" = "person.phone"
[lists.b.columns]
"姓名" = "person.name"
"身份证" = "person.id_number"
"电话" = "person.phone"
"""
WANG, LI = "11010119900307109X", "110101199003070011"  # made up, check digits right
ONE, TWO = "13800000001", "13800000002"
Row = tuple[str, str, str]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command on rows by list, each time building on the run before. -> its report"""
    (tmp_path / "mapping.toml").write_text(MAPPING, "utf-8")
    ran: list[int] = []

    def call(*more: str, decisions: str = "", **lists: list[Row]) -> dict[str, Any]:
        ran.append(len(ran) + 1)
        given = []
        for name, rows in lists.items():
            file = tmp_path / f"{name}{len(ran)}.csv"
            with file.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([("姓名", "身份证", "电话"), *rows])
            given += ["--list", f"{name}={file}"]
        if decisions:
            (tmp_path / "decisions.csv").write_text("list_a,row_a,list_b,row_b,verdict\n" + decisions, "utf-8")
            given += ["--decisions", str(tmp_path / "decisions.csv")]
        known = ["--known", str(tmp_path / "out")] if len(ran) > 1 else []
        out = ["--mapping", str(tmp_path / "mapping.toml"), "--out", str(tmp_path / "out")]
        assert main(["link", *given, *out, *known, *more]) == 0
        report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
        return report

    return call


def read(folder: Path, name: str = "links.csv") -> list[dict[str, str]]:
    with (folder / "out" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def people(folder: Path) -> dict[str, str]:
    """a1 -> person_id"""
    return {row["list"] + row["row"]: row["person_id"] for row in read(folder)}


def merges(folder: Path) -> list[tuple[str, str, str, str]]:
    return [(m["old_person_id"], m["new_person_id"], m["kind"], m["evidence"]) for m in read(folder, "merges.csv")]


def test_a_batch_finds_known_people_and_new_ones(run: Run, tmp_path: Path) -> None:
    run(a=[("王晓明", WANG, ONE), ("李红", LI, TWO)])
    first = people(tmp_path)
    report = run(b=[("王小明", WANG, ""), ("赵一", "", "13800000003")])
    now = people(tmp_path)
    assert first.items() <= now.items() and now["b1"] == first["a1"]
    assert (report["new_people"], report["people_found_again"], report["merges"], report["splits"]) == (1, 1, 0, 0)
    assert merges(tmp_path) == [] and set(report["lists"]) == {"b"} and report["left_out"] == ["a"]


def test_two_known_people_become_one(run: Run, tmp_path: Path) -> None:
    """王晓明 without a number and 王晓明 with one are two, until a row ties phone and number."""
    run(a=[("王晓明", "", ONE)])
    run(b=[("王晓明", WANG, "")])
    before = people(tmp_path)
    assert before["a1"] != before["b1"]
    run("--edition", "more", b=[("王晓明", "", ""), ("王晓明", WANG, ONE)])
    now = people(tmp_path)
    assert now["b2"] == now["a1"] == before["a1"], "who was known first keeps the id"
    assert merges(tmp_path) == [(before["b1"], before["a1"], "merge", "id")]


def test_a_correction_upstream_splits_what_it_should(run: Run, tmp_path: Path) -> None:
    rows = [("王晓明", WANG, ONE), ("王小明", WANG, ""), ("李红", "", TWO), ("赵一", "", "13800000003")]
    run(a=rows)
    before = people(tmp_path)
    assert before["a1"] == before["a2"]
    report = run(a=[rows[0], ("王小明", LI, ""), *rows[2:]])
    assert (report["lists"]["a"]["edition"], report["lists"]["a"]["equal"]) == ("new", 0.75)
    now = people(tmp_path)
    assert now["a1"] == before["a1"] and now["a2"] != before["a2"]
    assert merges(tmp_path) == [(before["a1"], now["a2"], "split", "corrected")]
    assert len(now) == 4 and read(tmp_path, "earlier.csv") == [], "rows of the replaced file are gone"
    run(a=rows)
    assert people(tmp_path) == before, "the correction is taken back"
    assert (now["a2"], before["a1"], "merge") in {m[:3] for m in merges(tmp_path)}


def test_a_row_taken_away_takes_its_person_along(run: Run, tmp_path: Path) -> None:
    rows = [("王晓明", WANG, ONE), ("李红", LI, TWO)]
    run(a=rows)
    before = people(tmp_path)
    run(a=rows[:1])
    assert people(tmp_path) == {"a1": before["a1"]}
    assert merges(tmp_path) == [(before["a2"], "", "split", "removed")]


def test_a_decision_binds_and_undo_brings_back(run: Run, tmp_path: Path) -> None:
    run(a=[("王晓明", "", ONE)], b=[("赵一", "", TWO)])
    before = people(tmp_path)
    assert run(decisions="a,1,b,1,same\n")["decisions"]["hold"] == 1
    now = people(tmp_path)
    assert now["a1"] == now["b1"] and [m[2:] for m in merges(tmp_path)] == [("merge", "settled")]
    run(a=[("李红", LI, "")])
    assert people(tmp_path)["b1"] == now["b1"], "it binds later runs"
    assert run(decisions="b,1,a,1,undo\n")["decisions"]["undone"] == 1
    found = {
        row["list"]: row["person_id"]
        for row in [*read(tmp_path), *read(tmp_path, "earlier.csv")]
        if row["person_id"] in before.values()
    }
    assert set(found.values()) == set(before.values()), "both ids are back"
    assert [m[2:] for m in merges(tmp_path)] == [("split", "settled")]


def test_different_parts_what_a_key_joins(run: Run, tmp_path: Path) -> None:
    run(a=[("王晓明", "", ONE)], b=[("王晓明", "", ONE)])
    assert len(set(people(tmp_path).values())) == 1
    run(decisions="a,1,b,1,different\n")
    assert len(set(people(tmp_path).values())) == 2 and len(merges(tmp_path)) == 1
    run(decisions="a,1,b,1,undo\n")
    assert len(set(people(tmp_path).values())) == 1


def test_a_decision_waits_for_its_row(run: Run, tmp_path: Path) -> None:
    assert run(a=[("王晓明", "", ONE)], decisions="a,1,b,1,same\n")["decisions"]["waiting"] == 1
    assert run(b=[("赵一", "", TWO)])["decisions"] == {"given": 0, "hold": 1, "waiting": 0, "undone": 0}
    assert len(set(people(tmp_path).values())) == 1


def test_more_rows_of_a_list(run: Run, tmp_path: Path) -> None:
    """links.csv has one line for (list, row): the newest file's; the others are in earlier.csv."""
    run(a=[("王晓明", WANG, ONE), ("李红", LI, TWO)])
    before = people(tmp_path)
    report = run(a=[("赵一", "", "13800000003")])
    assert report["lists"]["a"]["edition"] == "more" and (report["links"], report["earlier"]) == (2, 1)
    assert people(tmp_path)["a2"] == before["a2"]
    assert [(r["list"], r["row"], r["person_id"]) for r in read(tmp_path, "earlier.csv")] == [("a", "1", before["a1"])]


def test_the_very_same_file_changes_nothing(run: Run, tmp_path: Path) -> None:
    rows = [("王晓明", WANG, ONE), ("李红", "", TWO)]
    run(a=rows)
    links = (tmp_path / "out" / "links.csv").read_bytes()
    report = run(a=rows)
    assert report["lists"]["a"]["edition"] == "same" and (report["rows"], report["new_people"]) == (0, 0)
    assert (tmp_path / "out" / "links.csv").read_bytes() == links


def test_asking_everything_anew_keeps_every_id(run: Run, tmp_path: Path) -> None:
    run(a=[("王晓明", WANG, ONE), ("李红", "", TWO)])
    run(b=[("王晓明", "", ONE)])
    before = (tmp_path / "out" / "links.csv").read_bytes()
    run("--relearn")
    assert (tmp_path / "out" / "links.csv").read_bytes() == before and merges(tmp_path) == []


def test_another_folder_leaves_the_old_state_whole(run: Run, tmp_path: Path) -> None:
    run(a=[("王晓明", WANG, ONE)])
    old = {file.name: file.read_bytes() for file in (tmp_path / "out" / "known").iterdir()}
    call = ["link", "--mapping", str(tmp_path / "mapping.toml"), "--known", str(tmp_path / "out")]
    (tmp_path / "b.csv").write_text(f"姓名,身份证,电话\n李红,{LI},\n", "utf-8")
    assert main([*call, "--list", f"b={tmp_path / 'b.csv'}", "--out", str(tmp_path / "other")]) == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "out" / "known").iterdir()} == old
    shutil.rmtree(tmp_path / "out")
    assert main([*call[:-1], str(tmp_path / "other"), "--out", str(tmp_path / "third")]) == 0, "it stands alone"
    assert len((tmp_path / "third" / "links.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda known: shutil.rmtree(known), "E3020"),
        (lambda known: (known / "state.json").write_text('{"form": 0}'), "E3021"),
        (lambda known: (known / "state.json").write_text((known / "state.json").read_text().replace('"method": "', '"method": "x')), "E3021"),
        (lambda known: (known / "state.json").write_text("{"), "E3022"),
        (lambda known: next(known.glob("*person")).write_bytes(b""), "E3022"),
        (lambda known: next(known.glob("*rows0")).unlink(), "E3022"),
        (lambda known: (known.parent.parent / "key").write_text("another key than before"), "E3023"),
    ],
)  # fmt: skip
def test_a_state_that_cannot_be_built_on(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], object], code: str
) -> None:
    run(a=[("王晓明", WANG, ONE)])
    harm(tmp_path / "out" / "known")
    capsys.readouterr()
    key = ["--key-file", str(tmp_path / "key")] if (tmp_path / "key").is_file() else []
    where = [
        "--mapping",
        str(tmp_path / "mapping.toml"),
        "--out",
        str(tmp_path / "other"),
        "--known",
        str(tmp_path / "out"),
    ]
    assert main(["link", "--json", *where, *key]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == code
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "text",
    ["", "list_a,row_a\n", "list_a,row_a,list_b,row_b,verdict\na,1,b,1,perhaps\n",
     "list_a,row_a,list_b,row_b,verdict\na,x,b,1,same\n", "list_a,row_a,list_b,row_b,verdict\na,1,a,1,same\n"],
)  # fmt: skip
def test_decisions_that_are_none(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    run(a=[("王晓明", WANG, ONE)])
    (tmp_path / "d.csv").write_text(text, "utf-8")
    capsys.readouterr()
    where = [
        "--mapping",
        str(tmp_path / "mapping.toml"),
        "--out",
        str(tmp_path / "out"),
        "--known",
        str(tmp_path / "out"),
    ]
    assert main(["link", "--json", *where, "--decisions", str(tmp_path / "d.csv")]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E3024"


KILLED = """
import os, signal, sys
from wangge.identity import known_files
from wangge.__main__ import main
real, left = known_files.Writer._new, [int(sys.argv[1])]
def dying(self, name, write):
    if left[0] == 0:
        (self.home / f"{self.number:06}-{name}").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return real(self, name, write)
known_files.Writer._new = dying
main(sys.argv[2:])
"""


@pytest.mark.parametrize("after", [0, 9])
def test_a_killed_run_leaves_the_old_state_whole(run: Run, tmp_path: Path, after: int) -> None:
    run(a=[("王晓明", WANG, ONE)])
    before = people(tmp_path)
    (tmp_path / "b.csv").write_text(f"姓名,身份证,电话\n李红,{LI},\n", "utf-8")
    call = ["link", "--mapping", str(tmp_path / "mapping.toml"), "--list", f"b={tmp_path / 'b.csv'}",
            "--known", str(tmp_path / "out"), "--out", str(tmp_path / "out")]  # fmt: skip
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(after), *call],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL
    assert people(tmp_path) == before
    assert main(call) == 0
    assert people(tmp_path).keys() == {"a1", "b1"} and people(tmp_path)["a1"] == before["a1"]
    left = {file.name for file in (tmp_path / "out" / "known").iterdir()}
    state = json.loads((tmp_path / "out" / "known" / "state.json").read_text())
    assert left == {*state["sizes"], "state.json"}, "what the dead run left is swept up"
