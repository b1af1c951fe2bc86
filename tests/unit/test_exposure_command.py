"""`wangge trace` on small files of every kind: what is read, what is proposed, what is set aside under which number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from wangge.__main__ import main
from wangge.exposure.cells import METRES_A_DEGREE, _metres_east

CASES = "person_id,kind,onset,sampled,isolated\nC,confirmed,2026-11-08,2026-11-08,\n"
HEAD = "person_id,place_id,place_kind,start,end"
DINNER = "C,inn,meal,2026-11-08T18:00+08:00,2026-11-08T20:00+08:00"


def run(folder: Path, capsys: pytest.CaptureFixture[str], *more: str, code: int = 0, **files: str) -> dict[str, Any]:
    """Write the files, trace, -> the report (or the error) that is printed last."""
    words = ["trace", "--as-of", "2026-11-10", "--out", str(folder / "out"), "--people", "1000", "--json", *more]
    for name, text in {"cases": CASES, **files}.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
        words += [f"--{name}", str(folder / f"{name}.csv")]
    assert main(words) == code
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


def contacts(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    rows = pq.read_table(folder / "out/contacts.parquet").to_pylist()
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        if row["degree"]:
            found.setdefault(row["person_id"], []).append((row["category"], row["overlap_minutes"], row["evidence"]))
    return found


def held(folder: Path) -> list[tuple[str, int, str]]:
    with (folder / "out/set_aside.csv").open(encoding="utf-8-sig") as file:
        return [(row["input"], int(row["row"]), row["code"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("stay", "expected"),
    [
        ("2026-11-08T19:00+08:00,2026-11-08T21:00+08:00", ("close", 60, "overlap:meal:60min")),
        ("2026-11-08T11:00Z,2026-11-08T13:00Z", ("close", 60, "overlap:meal:60min")),  # another offset
        ("2026-11-08 19:00,2026-11-08 21:00", ("close", 60, "overlap:meal:60min")),  # Beijing where none is told
        ("2026-11-08 下午,2026-11-08 下午", ("companion", None, "possible:meal:120min")),
        ("2026-11-08,2026-11-08", ("companion", None, "possible:meal:120min")),
        ("2026-11-08 上午,2026-11-08 上午", None),  # gone before the case came
        ("2026年11月7日,2026年11月9日", ("close", 120, "overlap:meal:120min")),  # all of the 8th for certain
        ("2026-11-08 19:00,", ("companion", None, "possible:meal:60min")),  # an end that nobody knows
        ("2026-11-07 19:00,", None),  # it may not have lasted so long
    ],
)
def test_possible_and_certain_are_two_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stay: str, expected: Any
) -> None:
    report = run(tmp_path, capsys, visits=f"{HEAD}\n{DINNER}\nA,inn,meal,{stay}\n")
    assert contacts(tmp_path).get("A") == ([expected] if expected else None)
    assert report["inputs"]["visits"] == {"rows": 2, "used": 2}


def test_a_place_in_another_zone_and_the_hour_that_comes_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Berlin, 25 October 2026: 02:30 comes twice. Berlin, 29 March: 02:30 does not come at all."""
    autumn = CASES.replace("2026-11-08,2026-11-08", "2026-10-26,2026-10-26")
    visits = f"""{HEAD},zone
C,bar,meal,2026-10-25T00:00Z,2026-10-25T01:00Z,
A,bar,meal,2026-10-25 02:15,2026-10-25 02:45,Europe/Berlin
B,bar,meal,2026-10-25 02:15,2026-10-25 03:45,Europe/Berlin
D,bar,meal,2026-03-29 02:30,2026-03-29 04:00,Europe/Berlin
"""
    report = run(tmp_path, capsys, visits=visits, cases=autumn)
    assert contacts(tmp_path)["A"] == [("companion", None, "possible:meal:45min")]
    assert contacts(tmp_path)["B"] == [("companion", None, "possible:meal:45min")]
    assert report["values_unread"] == {"visits": {"E5025": 1}}
    assert held(tmp_path) == [("visits", 4, "E5005")]
    assert "E5024" in str(
        run(tmp_path, capsys, "--zone", "Mars/Base", code=3, visits=f"{HEAD}\nA,x,meal,2026-11-08,\n")
    )


def test_two_cities_at_once_are_no_longer_certain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    visits = f"""{HEAD},city
{DINNER},3702
A,inn,meal,2026-11-08 19:00,2026-11-08 21:00,3702
A,mall,venue,2026-11-08 18:30,2026-11-08 19:30,1101
B,inn,meal,2026-11-08 19:00,2026-11-08 21:00,3702
B,mall,venue,2026-11-08 21:00,2026-11-08 22:00,1101
"""
    report = run(tmp_path, capsys, visits=visits)
    assert contacts(tmp_path) == {
        "A": [("companion", None, "possible:meal:60min")], "B": [("close", 60, "overlap:meal:60min")],
    }  # fmt: skip
    assert report["doubts"] == {"E5021": 2}
    assert report["contacts_per_case"] == 1  # a companion is no contact
    assert report["inputs"]["visits"] == {"rows": 5, "used": 5}


def test_every_row_of_a_bad_file_is_told_by_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    visits = f"""{HEAD}
{DINNER}
A,inn,meal,2026-11-08 19:00,2026-11-08 18:00
,inn,meal,2026-11-08 19:00,2026-11-08 20:00
A,inn,submarine,2026-11-08 19:00,2026-11-08 20:00
A,inn,meal,2026-11-08 19:00,2026-11-08 20:00,one,cell,more
A,inn,meal,1815-06-18,1815-06-18
A,inn,meal,soon,2026-11-08 20:00
"""
    cases = CASES + "S,confirmed,,2026-11-09,\nN,confirmed,,,\n"
    report = run(tmp_path, capsys, visits=visits, cases=cases)
    assert held(tmp_path) == [
        ("cases", 3, "E5002"), ("visits", 2, "E5003"), ("visits", 3, "E5005"), ("visits", 4, "E5016"),
        ("visits", 5, "E1012"), ("visits", 6, "E5028"), ("visits", 7, "E5005"),
    ]  # fmt: skip
    assert report["inputs"]["visits"]["used"] == 1
    assert report["inputs"]["cases"] == {"rows": 3, "used": 2, "E5002": 1}
    assert report["values_unread"] == {"visits": {"E5020": 1}}
    assert report["doubts"] == {"E5023": 1}  # a case with symptoms but without their first day


def test_a_workbook_is_read_as_text_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "visits.xlsx")) as book:
        sheet = book.add_worksheet()
        lines = [HEAD, DINNER, "A,inn,meal,2026-11-08 19:00:00,2026-11-08 21:00:00"]
        for i, line in enumerate(lines):
            sheet.write_row(i, 0, line.split(","))
    run(tmp_path, capsys, "--visits", str(tmp_path / "visits.xlsx"))
    assert contacts(tmp_path) == {"A": [("close", 60, "overlap:meal:60min")]}


@pytest.mark.parametrize(
    ("east", "accuracy", "expected"),
    [(0, 2, "close"), (0, 60, "companion"), (40, 30, "companion"), (400, 5, None)],
)
def test_coordinates_meet_in_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], east: float, accuracy: int, expected: str | None
) -> None:
    """The case stands in the middle of a cell of 50 m near Qingdao; A so many metres to the east, so accurate."""
    row = 80_000
    lat, east_metres = (row + 0.5) * 50 / METRES_A_DEGREE, float(_metres_east(np.array([row]), 50)[0])
    lon = (int(120.38 * east_metres / 50) + 0.5) * 50 / east_metres
    there = lon + east / east_metres
    visits = f"""person_id,lon,lat,crs,accuracy,place_kind,start,end
C,{lon},{lat},WGS84,2,meal,2026-11-08 18:00,2026-11-08 20:00
A,{there},{lat},WGS84,{accuracy},meal,2026-11-08 19:00,2026-11-08 21:00
Z,,,WGS84,,meal,2026-11-08 19:00,2026-11-08 21:00
"""
    report = run(tmp_path, capsys, visits=visits)
    found = contacts(tmp_path).get("A")
    assert ([row[0] for row in found] if found else None) == ([expected] if expected else None)
    assert report["inputs"]["visits"] == {"rows": 3, "used": 2, "E5032": 1}
    assert held(tmp_path) == [("visits", 3, "E5032")]


# ---- protocols ---------------------------------------------------------------------------------------


def version(root: Path, folder: Path, name: str, start: str, end: str, lookback: int, minutes: int) -> str:
    text = (root / "src/wangge/exposure/protocols/covid-2026-10.toml").read_text("utf-8")
    for old, new in (
        ('version = "2026-10"', f'version = "{name}"'), ("start = 2026-10-01", f"start = {start}"),
        ("end = 2027-12-31", f"end = {end}"), ("lookback_days = 4", f"lookback_days = {lookback}"), ("meal = 10", f"meal = {minutes}"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new, 1)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return str(folder / f"{name}.toml")


def test_two_protocols_in_one_month_judge_their_own_days(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until the 6th an hour of a meal counts, from the 7th on twenty minutes."""
    old = version(root, tmp_path, "a", "2026-11-01", "2026-11-06", 4, 60)
    new = version(root, tmp_path, "b", "2026-11-07", "2026-11-30", 4, 20)
    visits = HEAD + "".join(
        f"\n{who},inn{day},meal,2026-11-0{day} 18:00,2026-11-0{day} 18:30" for day in (6, 8) for who in ("C", f"A{day}")
    )
    report = run(tmp_path, capsys, "--protocol", old, "--protocol", new, visits=visits + "\n")
    assert set(contacts(tmp_path)) == {"A8"}
    assert report["protocols"] == ["covid-b"]
    run(tmp_path, capsys, "--protocol", new, visits=visits + "\n")
    assert set(contacts(tmp_path)) == {"A6", "A8"}  # a version that stands alone judges all days
    gap = version(root, tmp_path, "c", "2026-11-08", "2026-11-30", 4, 20)
    assert run(tmp_path, capsys, "--protocol", old, "--protocol", gap, code=3, visits=visits)["error"] == "E5026"
    twice = version(root, tmp_path, "d", "2026-11-06", "2026-11-30", 4, 20)
    assert run(tmp_path, capsys, "--protocol", old, "--protocol", twice, code=3, visits=visits)["error"] == "E5013"


def test_a_run_that_would_flag_too_many_asks_and_can_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visits = f"{HEAD}\n{DINNER}\nA,inn,meal,2026-11-08 18:00,2026-11-08 20:00\n"
    assert run(tmp_path, capsys, "--people", "19", code=3, visits=visits)["error"] == "E5004"
    assert not (tmp_path / "out").exists()
    assert run(tmp_path, capsys, "--people", "19", "--share-cap", "0.1", visits=visits)["share_cap"] == 0.1


def test_without_a_day_or_people_the_lists_say_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last visit is later than the case's days; a slip in the year is no day; two guests are no area."""
    visits = f"{HEAD}\n" + "".join(f"{who},inn,meal,2026-11-12 18:00,2026-11-12 20:00\n" for who in "CA")
    (tmp_path / "v.csv").write_text(visits + "B,inn,meal,2062-11-12 18:00,2062-11-12 20:00\n", "utf-8")
    (tmp_path / "c.csv").write_text(CASES, "utf-8")
    files = ["--visits", str(tmp_path / "v.csv"), "--cases", str(tmp_path / "c.csv")]
    assert main(["trace", *files, "--out", str(tmp_path / "out"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (report["as_of"], report["cap_checked"]) == ("2026-11-12", False)
    assert contacts(tmp_path) == {"A": [("close", 120, "overlap:meal:120min")]}


# ---- tickets -----------------------------------------------------------------------------------------


def test_co_travellers_by_rows_carriage_and_vehicle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tickets = """person_id,mode,vehicle,on,carriage,seat
C,train,G1,2026-11-08,05,10A
A,train,G1,2026-11-08,05,13F
B,train,G1,2026-11-08,05,14F
D,train,G1,2026-11-08,06,10A
E,train,G1,2026-11-08,05,站票
F,train,G1,2026-11-02,05,10A
C,flight,CA1,2026-11-07,,20C
G,flight,CA1,2026-11-07,,17A
H,flight,CA1,2026-11-07,,30A
C,coach,京A1,2026-11-06,,
I,coach,京A1,2026-11-06,,
J,balloon,X,2026-11-06,,
K,train,,2026-11-06,,
"""
    report = run(tmp_path, capsys, "--received", "2026-11-10T08:00", tickets=tickets)
    assert {who: rows[0][::2] for who, rows in contacts(tmp_path).items()} == {
        "A": ("close", "seat_rows:train:3"), "B": ("general", "same_vehicle:train"),
        "E": ("general", "same_vehicle:train:seat_unknown"), "G": ("close", "seat_rows:flight:3"),
        "H": ("general", "same_vehicle:flight"), "I": ("close", "same_vehicle:coach"),
    }  # fmt: skip
    assert report["inputs"]["tickets"] == {"rows": 13, "used": 11, "E5030": 1, "E5031": 1}
    assert report["lag"]["received_at"].startswith("2026-11-10T08:00")
    assert isinstance(report["lag"]["minutes"], float)
