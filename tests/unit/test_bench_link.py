"""`just bench link` on a small district: our side alone, the JSON that others read, the rows it starts from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from bench import link
from bench.linking.judge import judge


@pytest.fixture(scope="module")
def measured(tiny: Path, tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, object]:
    """What the command prints last, run as `just` runs it but in a folder of its own."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "out" / "bench").mkdir(parents=True)
    (folder / "out" / "bench" / "tiny-1").symlink_to(tiny, target_is_directory=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.link", "--", "tiny", "--no-peer", "--no-sets", "--runs", "1"],
        cwd=folder, env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def test_last_line_holds_the_agreed_figures(measured: dict[str, object]) -> None:
    agreed = "rows seconds cpu_seconds splink_seconds splink_cpu_seconds pair_f1 cluster_f1 splink_pair_f1 peak_rss_mb"
    assert set(agreed.split()) <= set(measured)
    assert measured["splink_seconds"] is None  # not measured is not zero


def test_only_lists_of_people_are_linked(measured: dict[str, object], tiny: Path) -> None:
    rows = json.loads((tiny / "preset.json").read_text("utf-8"))["rows"]
    people = sum(n for name, n in rows.items() if name not in ("cases", "visitors"))
    assert 0.99 * people < measured["rows"] <= people
    assert measured["pair_f1"] > 0.995


def test_a_held_row_costs_recall() -> None:
    truth = pa.table({"list": ["a"] * 3, "row": pa.array([1, 2, 3], pa.int32()), "person": ["x"] * 3})
    links = pa.table({"list": ["a"] * 2, "row": pa.array([1, 2], pa.int32()), "person_id": ["p", "p"]})
    found = judge(links, truth)
    assert found["pair_recall"] == pytest.approx(1 / 3)
    assert found["pair_precision"] == 1.0


def test_without_a_peer_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link.sys, "executable", "/bin/false")
    monkeypatch.setenv("WANGGE_PEERS", "/nowhere/python")
    monkeypatch.setenv("PATH", "")
    assert link.find_peer() is None


def test_rows_are_made_again_when_checking_changed(tmp_path: Path) -> None:
    made = tmp_path / "about.json"
    assert not link.fresh(made)
    made.write_text("{}")
    os.utime(made, (0, 0))
    assert not link.fresh(made)
    os.utime(made, (4e9, 4e9))
    assert link.fresh(made)
