"""A backup put back: into emptiness only, with its own keys only, and equal or said not to be. The drill of the end plays the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def wangge(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")}
    env = kept | {"WANGGE_DATA": str(data), "WANGGE_KEYS": str(data.parent / "keys")}
    return subprocess.run(
        [sys.executable, "-m", "wangge", *words, *(["--json"] if words[0] in ("backup", "restore") else [])],
        env=env,
        capture_output=True,
        text=True,
        timeout=200,
    )


def last_line(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert run.stdout.strip(), run.stderr[-2000:]
    return dict(json.loads(run.stdout.strip().splitlines()[-1]))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has its tables, two made-up files and nothing else."""
    data = tmp_path_factory.mktemp("house") / "data"
    data.mkdir(mode=0o700)
    made = wangge("manage", "migrate", "--verbosity", "0", data=data)
    assert made.returncode == 0, made.stderr[-2000:]
    (data / "uploads").mkdir()
    (data / "uploads" / "list.csv").write_text("姓名\n编造\n", "utf-8")
    (data / "mapping.toml").write_text("# made up\n", "utf-8")
    return data


@pytest.fixture(scope="module")
def backup(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("backups")
    made = last_line(wangge("backup", str(to), "--drill", data=house))
    assert made["drill"]["equal"] and made["drill"]["closed"] == [] and made["rows"] == made["drill"]["rows"] > 0
    assert made["drill"]["files"] == made["files"] and made["tables"] > 50
    return to / str(made["name"])


def refused(run: subprocess.CompletedProcess[str], code: str) -> None:
    assert run.returncode == 3 and code in run.stderr, run.stderr[-1000:]


def test_files_come_back_and_secrets_of_the_machine_do_not(house: Path, backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    done = last_line(wangge("restore", str(backup), "--data", str(new), data=house))
    assert done["equal"] and (new / "uploads" / "list.csv").read_text("utf-8") == "姓名\n编造\n"
    assert (new / "identity_key").read_text() == (house / "identity_key").read_text()
    assert (new / "secret_key").read_text() != (house / "secret_key").read_text()
    assert not (new / "keys").exists()
    assert "编造".encode() not in b"".join(file.read_bytes() for file in backup.iterdir())


def test_only_into_an_empty_folder(house: Path, backup: Path) -> None:
    refused(wangge("restore", str(backup), "--data", str(house), data=house), "E8622")


def test_without_the_keys_nothing_opens(house: Path, backup: Path, tmp_path: Path) -> None:
    words = ("restore", str(backup), "--data", str(tmp_path / "new"), "--keys", str(tmp_path))
    refused(wangge(*words, data=house), "E8604")


@pytest.mark.parametrize("what", ["figure", "missing"])
def test_a_manifest_that_was_altered_is_no_backup(house: Path, backup: Path, tmp_path: Path, what: str) -> None:
    copy = tmp_path / backup.name
    copy.mkdir()
    for file in backup.iterdir():
        if what == "figure" or file.name != "manifest.json":
            (copy / file.name).write_bytes(file.read_bytes().replace(b'"rows": ', b'"rows": 1', 1))
    refused(wangge("restore", str(copy), "--data", str(tmp_path / "new"), data=house), "E8621")


def test_only_the_newest_are_kept_and_a_killed_one_is_none(house: Path, tmp_path: Path) -> None:
    for day in ("20260101T000000Z", "20260102T000000Z"):
        (tmp_path / f"wangge-{day}").mkdir()
        (tmp_path / f"wangge-{day}" / "manifest.json").write_text("{}")
    (tmp_path / "wangge-20260103T000000Z.part").mkdir()
    made = last_line(wangge("backup", str(tmp_path), "--keep", "2", data=house))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wangge-20260102T000000Z", made["name"]]
    assert made["drill"] is None
