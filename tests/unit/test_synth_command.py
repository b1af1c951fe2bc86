"""`wangge synth`: one JSON object last on standard output, numbered errors, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wangge.__main__ import main


def test_json_comes_last_and_agrees_with_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "--preset", "tiny", "--seed", "5", "--out", str(tmp_path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    written = json.loads((tmp_path / "preset.json").read_text("utf-8"))
    assert {key: shown[key] for key in written} == written
    assert set(shown["seconds"]) == {"people", "movements", "outbreak", "lists"}
    assert shown["peak_rss_mb"] > 0


def test_an_unknown_preset_ends_with_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synth", "--preset", "atlantis", "--out", str(tmp_path / "x"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E9101"
