"""The command on two real outbreaks, replayed to a day in their midst; every row is accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest

from wangge.__main__ import main

MERS = ("outbreaks_recon/mers_korea_2015__linelist.csv", "outbreaks_recon/mers_korea_2015__contacts.csv")
TIANJIN = (
    "tianjin_clusters_2020/Tianjin135cases_revised.csv",
    "tianjin_clusters_2020/tianjin_edges_for_network_plot.csv",
)


def run(
    shared: Path,
    out: Path,
    files: tuple[str, str],
    columns: str,
    protocol: str,
    as_of: str,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, Any]:
    code = main(
        [
            "trace",
            "--cases",
            str(shared / files[0]),
            "--contacts",
            str(shared / files[1]),
            "--columns",
            columns,
            "--protocol",
            protocol,
            "--as-of",
            as_of,
            "--out",
            str(out),
            "--json",
        ]
    )
    assert code == 0
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("files", "columns", "protocol", "as_of", "cases", "contacts", "close"),
    [
        (MERS, "mers_korea_2015", "mers-2015", "2015-06-05", (162, 42), (98, 56), 56),
        (MERS, "mers_korea_2015", "mers-2015", "2015-06-16", (162, 162), (98, 0), 0),
        (TIANJIN, "tianjin_2020", "covid-2020", "2020-02-01", (135, 47), (72, 13), 13),
    ],
)
def test_real_outbreaks(
    shared_data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: tuple[str, str],
    columns: str,
    protocol: str,
    as_of: str,
    cases: tuple[int, int],
    contacts: tuple[int, int],
    close: int,
) -> None:
    report = run(shared_data, tmp_path, files, columns, protocol, as_of, capsys)
    for name, (rows, used) in (("cases", cases), ("contacts", contacts)):
        counts = report["inputs"][name]
        assert (counts["rows"], counts["used"]) == (rows, used)
        assert counts["rows"] == counts["used"] + sum(n for code, n in counts.items() if code.startswith("E"))
    assert report["exposures"].get("close", 0) == close
    assert report["values_unread"] == {}
    grades, tasks = pq.read_table(tmp_path / "grades.parquet"), pv.read_csv(tmp_path / "tasks.csv")
    assert grades.num_rows == report["leads"] == tasks.num_rows > 0
    leads = pq.read_table(tmp_path / "leads.parquet")
    assert set(leads.column("person_id").to_pylist()) == set(grades.column("person_id").to_pylist())
    assert all((tmp_path / f).stat().st_mode & 0o077 == 0 for f in ("contacts.parquet", "tasks.csv", "report.json"))


@pytest.mark.shared
def test_a_contact_of_an_unknown_kind_is_set_aside(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Korean words under the 2020 protocol: nothing is guessed."""
    text = (shared_data / MERS[0]).read_text("utf-8").replace("2015-", "2020-")
    (tmp_path / "cases.csv").write_text(text, "utf-8")
    report = run(
        tmp_path,
        tmp_path / "out",
        ("cases.csv", str(shared_data / MERS[1])),
        "mers_korea_2015",
        "covid-2020",
        "2020-06-05",
        capsys,
    )
    assert report["inputs"]["contacts"]["used"] == 0
    assert report["inputs"]["contacts"]["E5008"] == 56
