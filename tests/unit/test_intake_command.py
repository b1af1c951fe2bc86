"""`wangge read`: one file looked at, and read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from wangge.__main__ import main

MAPPING = '[lists.police]\nrequired = ["person.name"]\n[lists.police.columns]\n"姓名" = "person.name"\n"电话" = "person.phone"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_bytes(
        "某区登记表\n姓名,电话,民族,备注\n张晓明,1,甲,\n李四,2,乙,x,多\n".encode("gb18030")
    )
    (tmp_path / "m.toml").write_text(MAPPING, "utf-8")
    return tmp_path


def call(folder: Path, *more: str) -> int:
    return main(["read", str(folder / "a.csv"), "--out", str(folder / "out"), *more])


def test_without_a_mapping_the_file_is_only_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder) == 0
    seen = json.loads((folder / "out" / "preview.json").read_text("utf-8"))
    assert [(c["header"], c["suggested"]) for c in seen["columns"]][:2] == [
        ("姓名", "person.name"),
        ("电话", "person.phone"),
    ]
    assert "甲" not in json.dumps(seen["head"] + seen["columns"], ensure_ascii=False)
    assert [f.name for f in (folder / "out").iterdir()] == ["preview.json"]
    assert "header in line 2" in capsys.readouterr().out


def test_with_a_mapping_it_is_read_and_every_row_accounted_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(folder, "--mapping", str(folder / "m.toml"), "--list", "police", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((folder / "out" / "report.json").read_text("utf-8"))
    assert (report["n_rows"], report["rows"], report["held"], list(report["dropped"])) == (2, 1, 1, ["民族"])
    assert pq.read_table(folder / "out" / "rows.parquet").column("person.name").to_pylist() == ["张晓明"]
    with (folder / "out" / "held.csv").open(encoding="utf-8") as held:
        assert [(row["line"], row["code"]) for row in csv.DictReader(held)] == [("4", "E1012")]
    assert {file.stat().st_mode & 0o777 for file in (folder / "out").iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("more", "code"),
    [(["--list", "police"], "E1019"), (["--mapping", "m.toml"], "E1019"), (["--mapping", "m.toml", "--list", "x"], "E3003"),
     (["--mapping", "n.toml", "--list", "police"], "E9003")],
)  # fmt: skip
def test_wrong_use_is_numbered(folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str) -> None:
    assert call(folder, *[str(folder / m) if m.endswith(".toml") else m for m in more]) == 3
    assert code in capsys.readouterr().err


def test_a_file_that_is_not_there_or_no_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(folder / "none.xls"), "--out", str(folder / "out")]) == 3
    (folder / "a.csv").write_bytes(b"%PDF-1.4")
    assert call(folder) == 3
    told = capsys.readouterr().err
    assert "E9003" in told and "E1001" in told
    assert not (folder / "out").exists()
