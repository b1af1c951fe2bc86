"""Laws of `wangge link`: rows in = links + held, and the order in which lists are given means nothing."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.__main__ import main

NAMES = ("a", "b", "c")
HEADERS = {
    "姓名": "person.name", "身份证号": "person.id_number", "出生日期": "person.birth_date", "电话": "person.phone",
    "户号": "household.number", "小区": "address.street", "楼": "address.building", "室": "address.room",
}  # fmt: skip
WANG, LI = "11010119900307109X", "110101199003070011"  # made up, check digits right
ROW = st.tuples(
    st.sampled_from(["王晓明", "王小明", "李红", "合计", ""]),
    st.sampled_from([WANG, LI, WANG[:6] + WANG[8:17], "1101011990", "E1234567", "", ""]),
    st.sampled_from(["1990-03-07", "19900307", "2062-01-01", "昨天", ""]),
    st.sampled_from(["13800000001", "13800000002", "无", ""]),
    st.sampled_from(["1", "2", ""]),
    st.sampled_from(["金钟花园", "银钟花园", ""]),
    st.sampled_from(["12", "12号楼", ""]),
    st.sampled_from(["501", "５０１室", ""]),
)
WORLD = st.tuples(*(st.lists(ROW, max_size=6) for _ in NAMES))


def written(folder: Path, world: tuple[list[tuple[str, ...]], ...]) -> Path:
    columns = "".join(f'"{header}" = "{element}"\n' for header, element in HEADERS.items())
    text = "".join(f'[lists.{name}]\ndate_style = "ymd"\n[lists.{name}.columns]\n{columns}' for name in NAMES)
    (folder / "mapping.toml").write_text(text, "utf-8")
    for name, rows in zip(NAMES, world, strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([tuple(HEADERS), *rows])
    return folder


def linked(folder: Path, order: list[str], out: str) -> dict[str, bytes]:
    lists = [f"{name}={folder / name}.csv" for name in order]
    call = ["link", "--list", *lists, "--mapping", str(folder / "mapping.toml"), "--out", str(folder / out)]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert main([*call, "--as-of", "2026-11-23"]) == 0
    return {file.name: file.read_bytes() for file in (folder / out).iterdir() if file.is_file()}


def places(text: bytes) -> list[tuple[str, int]]:
    return [(row["list"], int(row["row"])) for row in csv.DictReader(io.StringIO(text.decode()))]


@settings(deadline=None, max_examples=12)
@given(WORLD, st.permutations(NAMES))
def test_rows_in_are_links_and_held_rows_in_any_order_of_lists(
    world: tuple[list[tuple[str, ...]], ...], order: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = written(Path(name), world)
        one, other = linked(folder, list(NAMES), "one"), linked(folder, order, "other")
    report = json.loads(one.pop("report.json"))
    again = json.loads(other.pop("report.json"))
    assert one == other, "the same files, byte for byte"
    assert report["lists"] == again["lists"]
    found = places(one["links.csv"]) + places(one["held.csv"])
    lines = [
        (name, i) for name, rows in zip(NAMES, world, strict=True) for i in range(1, report["lists"][name]["rows"] + 1)
    ]
    assert sorted(found) == lines
    assert report["rows"] == sum(map(len, world)) == report["good"] + report["held"]
    assert len(places(one["links.csv"])) == report["good"]
