"""`wangge link`: real lists of a made-up district, small messy files, and every error it can meet."""

from __future__ import annotations

import csv
import datetime as dt
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from wangge import way
from wangge.__main__ import main
from wangge.identity import score
from wangge.intake.report import BESIDE

WRITTEN = {
    "links.csv", "earlier.csv", "people.parquet", "households.parquet", "review.csv", "merges.csv", "held.csv",
    "faults.csv", "report.json",
}  # fmt: skip
LINKS = ["list", "row", "person_id", "household_id", "evidence"]
KEY = "made up for a test only"
MAPPING = """
[lists.police.columns]
"姓名" = "person.name"
"身份证" = "person.id_number"
"住址" = "person.address"
"登记日期" = "person.collected_on"
"政治面貌" = "person.political_status"
[lists.census]
date_style = "ymd"
door = true
[lists.census.columns]
"姓名" = "person.name"
"电话" = "person.phone"
"出生" = "person.birth_date"
"小区" = "address.street"
"楼" = "address.building"
"单元" = "address.unit"
"室" = "address.room"
"采集" = "person.collected_on"
"""
POLICE = """东丽区人口登记表,,,,,,
,,,,,,
姓名,身份证,住址,登记日期,民族,政治面貌,备注
王晓明,11010119900307109X,东丽区金钟花园12栋3门501,2026-11-01,汉,群众,a
王　晓明,'11010119900307109X,,2026-11-02,汉,群众,b
李红,110101198501010019,东丽区银钟花园1号楼2单元301室,2062-01-01,汉,群众,c
赵一,1.1E+17,某里,2026-11-01,汉,群众,d
合计,,4,,,,
李红,,某里,2026-11-01,汉,群众,e,f
"""
CENSUS = """姓名,电话,出生,小区,楼,单元,室,采集
王小明,13800000001,1990年3月7日,金钟花园,12,3,501,2026-10-01
王小美,13800000001,2015/1/1,金钟花园,12,3,501,
,13800000009,,金钟花园,12,3,501,
"""

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes a mapping and the two lists into a folder of its own."""

    def make(mapping: str = MAPPING, police: str = POLICE, census: str = CENSUS) -> Path:
        (tmp_path / "mapping.toml").write_text(mapping, "utf-8")
        (tmp_path / "police.csv").write_bytes(police.encode("gb18030"))
        (tmp_path / "census.csv").write_bytes(census.encode("utf-8-sig"))
        return tmp_path

    return make


def call(folder: Path, *more: str, lists: tuple[str, ...] = ("police", "census"), out: str = "out") -> list[str]:
    given = [f"--list={name}={folder / name}.csv" for name in lists]
    return ["link", *given, "--mapping", str(folder / "mapping.toml"), "--out", str(folder / out), *more]


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def written(folder: Path) -> set[str]:
    """The files in a folder; what the next run needs lies in a folder of its own."""
    return {file.name for file in folder.iterdir() if file.is_file()}


def report_of(folder: Path, out: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / out / "report.json").read_text("utf-8"))
    return found


def groups(file: Path) -> set[frozenset[tuple[str, str]]]:
    """Which rows belong together, whatever the person is called."""
    by_person: dict[str, set[tuple[str, str]]] = {}
    for row in table(file):
        by_person.setdefault(row["person_id"], set()).add((row["list"], row["row"]))
    return {frozenset(rows) for rows in by_person.values()}


# ---- the lists of a made-up district -------------------------------------------------------------------


@pytest.fixture(scope="module")
def district(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the link of tiny's lists was written, read by their mapping alone."""
    out = tmp_path_factory.mktemp("district")
    assert main(["link", "--mapping", str(tiny / "mapping.toml"), "--out", str(out)]) == 0
    return out


def test_a_district_is_linked_and_every_row_accounted_for(district: Path, tiny: Path) -> None:
    report, truth = report_of(district, "."), way.truth_of(tiny)
    assert truth is not None
    assert written(district) == WRITTEN
    assert {stat.S_IMODE(file.stat().st_mode) for file in district.rglob("*") if file.is_file()} == {0o600}
    assert stat.S_IMODE((district / "known").stat().st_mode) == 0o700
    links = pa_csv.read_csv(
        district / "links.csv", convert_options=pa_csv.ConvertOptions(column_types={"row": "int32"})
    )
    assert links.column_names == LINKS
    assert score(links.select(LINKS[:3]), truth)["pair_f1"] > 0.98
    held = table(district / "held.csv")
    assert list(held[0]) == ["list", "batch", "file", "sheet", "row", "line", "element", "code"]
    assert report["rows"] == truth.num_rows == links.num_rows + len(held)
    for name, one in report["lists"].items():
        assert one["rows"] == one["good"] + sum(one["held"].values()), name
        assert one["good"] == links.column("list").to_pylist().count(name)
    assert report["lists"]["police"]["columns"]["dropped"] == {"民族": "R1: no ethnicity in an emergency register"}
    assert report["lists"]["civil"]["columns"]["ignored"] == ["序号", "享受待遇"]
    assert set(BESIDE) <= report["lists"]["police"].keys()


def test_people_households_and_links_agree(district: Path) -> None:
    people = pq.read_table(district / "people.parquet").to_pylist()
    households = {h["household_id"] for h in pq.read_table(district / "households.parquet").to_pylist()}
    home = {one["person_id"]: one["household_id"] for one in people}
    links = table(district / "links.csv")
    assert {(row["person_id"], row["household_id"]) for row in links} == set(home.items())
    assert set(home.values()) == households
    report = report_of(district, ".")
    assert (report["people"], report["households"]) == (len(people), len(households))
    assert report["review_groups"] == len({row["group_id"] for row in table(district / "review.csv")})
    assert set(report["seconds"]) == {"read", "check", "link", "write"} and report["peak_rss_mb"] > 0


def test_the_order_of_the_lists_and_where_they_are_named_mean_nothing(
    district: Path, tiny: Path, tmp_path: Path
) -> None:
    mapping, given = way.lists_of(tiny)
    lists = [f"{name}={given[name]}" for name in reversed(list(mapping.lists))]
    assert main(["link", "--list", *lists, "--mapping", str(tiny / "mapping.toml"), "--out", str(tmp_path)]) == 0
    for name in WRITTEN - {"report.json"}:
        assert (tmp_path / name).read_bytes() == (district / name).read_bytes(), name


# ---- small messy files ---------------------------------------------------------------------------------


def test_two_messy_lists(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files()
    assert main(call(folder, "--as-of", "2026-11-23", "--json")) == 0
    told, report = capsys.readouterr(), report_of(folder)
    assert json.loads(told.out) == report
    assert [(h["list"], h["row"], h["line"], h["element"], h["code"]) for h in table(folder / "out" / "held.csv")] == [
        ("police", "6", "9", "", "E1012"),
        ("police", "5", "8", "person.name", "E2005"),
        ("census", "3", "4", "person.name", "E2001"),
    ]
    police = report["lists"]["police"]
    assert (police["rows"], police["good"], police["held"]) == (6, 4, {"E1012": 1, "E2005": 1})
    assert police["columns"]["ignored"] == ["备注"] and set(police["columns"]["dropped"]) == {"民族", "政治面貌"}
    assert (report["as_of"], report["demo_key"]) == ("2026-11-23", True)
    # The census writes 王小明 for 王晓明 of the same birthday; the child shares door and phone, not the person.
    assert groups(folder / "out" / "links.csv") == {
        frozenset({("police", "1"), ("police", "2"), ("census", "1")}),
        frozenset({("census", "2")}),
        frozenset({("police", "3")}),  # a day of 2062 is set aside, the row is not
        frozenset({("police", "4")}),  # so is 1.1E+17
    }
    assert (report["people"], report["households"]) == (4, 3), "12栋3门501 and 12, 3, 501 in parts are one door"
    assert (police["accepted"], police["needs_a_person"], police["refused"]) == (2, 2, 2)
    assert "police: 6 rows = 2 accepted + 2 to look at + 2 refused (E1012 1, E2005 1, E2004 1" in told.err
    assert {("3", "person.collected_on"), ("4", "person.id_number")} <= {
        (f["row"], f["element"]) for f in table(folder / "out" / "faults.csv")
    }
    assert table(folder / "out" / "merges.csv") == table(folder / "out" / "earlier.csv") == []
    assert "demo key" in told.err
    seen = {p["name"]: p["confirmed_on"] for p in pq.read_table(folder / "out" / "people.parquet").to_pylist()}
    assert set(seen.values()) == {dt.date(2026, 10, 1), None}, "only the census asked at the door, and once with a date"


def test_lists_without_a_file_are_left_out_where_another_is_given(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = files()
    assert main(call(folder, lists=("police",))) == 0
    assert "census: left out, no file given" in capsys.readouterr().out
    report = report_of(folder)
    assert report["left_out"] == ["census"] and set(report["lists"]) == {"police"}
    assert {row["list"] for row in table(folder / "out" / "links.csv")} == {"police"}


def test_one_list_is_freed_of_its_duplicates(files: Files) -> None:
    folder = files(MAPPING.partition("[lists.census]")[0])
    assert main(call(folder, lists=("police",))) == 0
    assert groups(folder / "out" / "links.csv") == {
        frozenset({("police", "1"), ("police", "2")}),
        frozenset({("police", "3")}),
        frozenset({("police", "4")}),
    }
    evidence = [row["evidence"] for row in table(folder / "out" / "links.csv")]
    assert evidence == ["id", "id", "alone", "alone"]


def test_without_a_day_no_date_lies_in_the_future(files: Files) -> None:
    folder = files()
    assert main(call(folder)) == 0
    assert report_of(folder)["lists"]["police"]["held"] == {"E1012": 1, "E2005": 1}
    assert report_of(folder)["as_of"] is None


def valid(body: str) -> str:
    """A body of 17 digits with its check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def test_a_doubt_goes_to_a_person(files: Files) -> None:
    one, two = valid("11010119900307109"), valid("11010119900307231")
    rows = f"姓名,身份证,住址,登记日期\n王晓明,{one},,\n王晓明,{two},,\n"
    folder = files(police=rows, census=CENSUS.splitlines()[0] + "\n王晓明,,1990-03-07,,,,,\n")
    assert main(call(folder)) == 0
    assert len(groups(folder / "out" / "links.csv")) == 3, "nobody is joined by guess"
    review = table(folder / "out" / "review.csv")
    assert list(review[0]) == ["group_id", "list", "batch", "row", "person_id", "reason"]
    by_group = {
        r["group_id"]: {(o["list"], o["row"]) for o in review if o["group_id"] == r["group_id"]} for r in review
    }
    assert set(map(frozenset, by_group.values())) == {frozenset({("census", "1"), ("police", "1"), ("police", "2")})}
    assert all("name+birth" in r["reason"] for r in review)
    assert report_of(folder)["review_groups"] == len(by_group)


def test_a_key_changes_the_ids_not_the_grouping(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files()
    (folder / "key").write_text(f"{KEY}\n", "utf-8")
    assert main(call(folder)) == 0
    capsys.readouterr()
    assert main(call(folder, "--key-file", str(folder / "key"), "--json", out="own")) == 0
    assert groups(folder / "own" / "links.csv") == groups(folder / "out" / "links.csv")
    ids = [{row["person_id"] for row in table(folder / out / "links.csv")} for out in ("out", "own")]
    assert not ids[0] & ids[1]
    told = capsys.readouterr()
    assert "demo key" not in told.err and report_of(folder, "own")["demo_key"] is False
    written = b"".join(file.read_bytes() for file in (folder / "own").rglob("*") if file.is_file())
    assert KEY.encode() not in written and KEY not in told.out + told.err


def test_a_second_run_takes_the_place_of_the_first(files: Files) -> None:
    folder = files()
    assert main(call(folder)) == 0
    files(census=CENSUS.splitlines()[0] + "\n")
    assert main(call(folder)) == 0
    assert written(folder / "out") == WRITTEN
    assert report_of(folder)["lists"]["census"]["rows"] == 0
    assert {row["list"] for row in table(folder / "out" / "links.csv")} == {"police"}


def test_lists_without_a_good_row_give_empty_files(files: Files) -> None:
    folder = files(police="姓名,身份证,住址,登记日期\n", census=CENSUS.splitlines()[0] + "\n,,,,,,,\n")
    assert main(call(folder)) == 0
    assert table(folder / "out" / "links.csv") == table(folder / "out" / "review.csv") == []
    assert pq.read_table(folder / "out" / "people.parquet").num_rows == 0
    assert (report_of(folder)["rows"], report_of(folder)["held"]) == (1, 1)


# ---- errors --------------------------------------------------------------------------------------------

NO_CENSUS = ("police",)


@pytest.mark.parametrize(
    ("code", "lists", "more", "mapping", "place"),
    [
        ("E1010", (), [], MAPPING, "mapping.toml / lists.police"),
        ("E9003", NO_CENSUS, ["--list=census=nowhere.csv"], MAPPING, "nowhere.csv"),
        ("E9003", NO_CENSUS, [], MAPPING.replace('date_style = "ymd"', 'file = "lost.csv"'), "lost.csv"),
        ("E9003", NO_CENSUS, ["--list=census=c.csv", "--mapping=none.toml"], MAPPING, "none.toml"),
        ("E9003", ("police", "census"), ["--key-file=none"], MAPPING, "none"),
        ("E1004", ("police", "census"), [], MAPPING.replace("person.phone", "person.fone"), "mapping.toml / lists.census"),
        ("E1007", ("police", "census"), [], "[lists.police", "mapping.toml"),
        ("E1007", ("police", "census"), [], "", "mapping.toml"),
        ("E1003", ("police", "census"), [], MAPPING.replace('date_style = "ymd"', 'required = ["person.sex"]'),
         "census.csv / row 1"),
        ("E3001", ("police", "census"), ["--list=census"], MAPPING, ""),
        ("E3001", ("police", "census"), ["--list==c.csv"], MAPPING, ""),
        ("E3001", ("police", "census"), ["--list=census="], MAPPING, ""),
        ("E3002", ("police", "census"), ["--list=census=other.csv"], MAPPING, ""),
        ("E3003", ("police", "census"), ["--list=health=health.csv"], MAPPING, "mapping.toml"),
    ],
)  # fmt: skip
def test_errors(
    files: Files, capsys: pytest.CaptureFixture[str], code: str, lists: tuple[str, ...], more: list[str],
    mapping: str, place: str,
) -> None:  # fmt: skip
    folder = files(mapping)
    assert main(call(folder, *more, "--json", lists=lists)) == 3
    told = capsys.readouterr()
    error = json.loads(told.out)
    assert (error["error"], error["where"]) == (code, place)
    assert "{" not in error["text"] and f"{code} " in told.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize("text", [b"", b"  \n", b"short", b"\xff\xfe\x00 no text at all, whatever its length"])
def test_a_key_that_is_none(files: Files, capsys: pytest.CaptureFixture[str], text: bytes) -> None:
    folder = files()
    (folder / "key").write_bytes(text)
    assert main(call(folder, "--key-file", str(folder / "key"), "--json")) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E3004"


@pytest.mark.parametrize(("content", "code"), [(b"", "E1002"), (b"%PDF-1.7 x", "E1001"), (b"a,b\n1,2\n", "E1003")])
def test_a_file_that_is_no_list(files: Files, capsys: pytest.CaptureFixture[str], content: bytes, code: str) -> None:
    folder = files()
    (folder / "census.csv").write_bytes(content)
    assert main(call(folder, "--json")) == 3
    assert json.loads(capsys.readouterr().out)["error"] == code
    assert not (folder / "out").exists()


def test_a_folder_that_cannot_be_written(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files()
    assert main(call(folder, "--json", out="police.csv")) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E3005"
    (folder / "out" / "links.csv").mkdir(parents=True)
    assert main(call(folder, "--json")) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E3005"
    left = {file.name for file in (folder / "out").iterdir()}
    assert "report.json" not in left and not {name for name in left if name.startswith(".")}


def test_rows_that_do_not_add_up_stop_everything(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from wangge import quality

    real = quality.check

    def forgetful(rows: pa.Table, as_of: Any) -> quality.Checked:
        whole = real(rows, as_of)
        return quality.Checked(whole.good.slice(1), whole.held)

    monkeypatch.setattr(quality, "check", forgetful)
    folder = files()
    assert main(call(folder, "--json")) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "E2009" and not (folder / "out").exists()


def test_the_mapping_of_the_how_to_links(root: Path, tmp_path: Path) -> None:
    text = (root / "docs" / "how-to" / "link-lists.md").read_text("utf-8")
    (tmp_path / "mapping.toml").write_text(text.partition("```toml\n")[2].partition("```")[0], "utf-8")
    (tmp_path / "register.csv").write_text(
        "姓名,身份证号,出生日期,现住址\n王晓明,,1990-03-07,金钟花园12-3-501\n", "utf-8"
    )
    owners = "surname,given name,date of birth,小区,楼号,单元,室\n王,晓明,07/03/1990,金钟花园,12,3,501\n"
    (tmp_path / "owners.csv").write_text(owners, "utf-8")
    assert main(call(tmp_path, lists=("owners",))) == 0
    assert groups(tmp_path / "out" / "links.csv") == {frozenset({("register", "1"), ("owners", "1")})}
