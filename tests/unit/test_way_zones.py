"""Public risk zones as free text become dated exposures of those who lived there, and nothing else."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from wangge.__main__ import main
from wangge.frame import query

HEAD = ("zone_id", "level", "province", "city", "county", "zone_text", "first_seen", "first_absent", "closed")


def zones(tiny: Path, file: Path, *, opened: str = "2026-11-12 08:00", level: str = "high") -> str:
    """One zone that names a community of the district, one that names only a street, one nobody can place."""
    areas = pq.read_table(tiny / "areas.parquet")
    row = query(
        "SELECT c.code, c.name, s.name AS street FROM a c JOIN a s ON s.code = c.parent_code "
        "WHERE c.kind = 'community' ORDER BY c.code LIMIT 1",
        a=areas,
    ).to_pylist()[0]
    place = ("广东省", "深圳市", "南山区")
    rows = [
        ("z1", level, *place, f"{row['street']}{row['name']}全域", opened, "", "False"),
        ("z2", "high", *place, f"{row['street']}某某花园3栋", opened, "", "False"),
        ("z3", "high", *place, "某不知名小区", opened, "", "False"),
    ]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, *rows])
    return str(row["code"])


def walked(tiny: Path, file: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["way", str(tiny), "--zones", str(file), "--out", str(out), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


def test_a_named_community_exposes_its_residents(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = zones(tiny, tmp_path / "zones.csv")
    summary = walked(tiny, tmp_path / "zones.csv", tmp_path / "out", capsys)
    assert summary["zones"] == {"rows": 3, "located": 2, "unknown": 1, "refused": 0}
    exposed = query(
        """SELECT DISTINCT left(grid_code, 12) AS code FROM e JOIN p USING (person_id) JOIN l USING (household_id)
           WHERE category = 'zone'""",
        e=pq.read_table(tmp_path / "out" / "exposures.parquet"),
        p=pq.read_table(tmp_path / "out" / "people.parquet"),
        l=pq.read_table(tmp_path / "out" / "located.parquet"),
    ).to_pylist()
    assert exposed == [{"code": code}]
    grades = pq.read_table(tmp_path / "out" / "grades.parquet")
    by_zone = query("SELECT DISTINCT grade FROM g WHERE rules = ['lived_in_open_zone']", g=grades).to_pylist()
    assert by_zone == [{"grade": "blue"}], "a place alone never gives more than a visit"


def test_a_zone_that_opens_later_exposes_nobody(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zones(tiny, tmp_path / "zones.csv", opened="2026-11-29 08:00")
    walked(tiny, tmp_path / "zones.csv", tmp_path / "out", capsys)
    exposures = pq.read_table(tmp_path / "out" / "exposures.parquet")
    assert query("SELECT count(*) AS n FROM e WHERE category = 'zone'", e=exposures).to_pylist() == [{"n": 0}]
