"""Made-up districts: exact sizes, the same bytes for the same seed, and a truth behind every row."""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from wangge import synth
from wangge.base.errors import WanggeError
from wangge.dictionary import elements
from wangge.frame import query
from wangge.synth.data import settings, stream
from wangge.synth.numbers import PREFIXES, is_valid
from wangge.synth.people import household_kinds, n_households
from wangge.synth.presets import preset
from wangge.tables.shapes import AREA, DWELLING, VISIT, WORKER

LISTS = ("police", "health", "civil", "transport", "census", "visitors", "cases")

AGREE = {  # least share of a list's values that are the truth
    ("police", "person.id_number"): 0.99,
    ("health", "person.id_number"): 0.94,
    ("census", "person.id_number"): 0.93,
    ("civil", "person.id_number"): 0.93,
    ("visitors", "person.id_number"): 0.98,
    ("police", "person.name"): 0.98,
    ("visitors", "person.name"): 0.97,
    ("cases", "person.name"): 0.7,
}


class District:
    """A folder that synth wrote, read with other means than those that wrote it."""

    def __init__(self, folder: Path, summary: dict[str, Any]) -> None:
        self.folder, self.summary = folder, summary
        self.read: dict[str, list[list[str]]] = {}
        self.mapping = tomllib.loads((folder / "mapping.toml").read_text("utf-8"))["lists"]

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet")

    def cells(self, name: str) -> list[list[str]]:
        """Header and data rows of a list as its mapping says, read once."""
        if name not in self.read:
            self.read[name] = self._cells(name)
        return self.read[name]

    def _cells(self, name: str) -> list[list[str]]:
        entry = self.mapping[name]
        path = self.folder / entry["file"]
        if path.suffix == ".xlsx":
            sheet = fastexcel.read_excel(path).load_sheet(entry["sheet"], header_row=None, dtypes="string")
            rows = [[cell or "" for cell in row.values()] for row in sheet.to_arrow().to_pylist()]
        else:
            lines = path.read_bytes().decode(entry["encoding"]).splitlines()
            rows = [[cell.strip('"') for cell in line.split(",")] for line in lines]
        return rows[entry["header_row"] - 1 :]

    def column(self, name: str, element: str) -> list[str]:
        """The values of a data element in a list."""
        header, *rows = self.cells(name)
        place = header.index({e: h for h, e in self.mapping[name]["columns"].items()}[element])
        return [row[place] for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, District]:
    """The three smaller presets."""
    out = {}
    for name in ("tiny", "community", "district"):
        folder = tmp_path_factory.mktemp(name)
        out[name] = District(folder, synth.make(name, 7, folder))
    return out


@pytest.fixture(scope="module", params=["tiny", "community"])
def small(made: dict[str, District], request: pytest.FixtureRequest) -> District:
    """Those whose every cell can be read in Python."""
    return made[request.param]


@pytest.fixture(scope="module", params=["tiny", "community", "district"])
def one(made: dict[str, District], request: pytest.FixtureRequest) -> District:
    return made[request.param]


@pytest.mark.parametrize(
    ("name", "people", "households"), [("tiny", 3000, None), ("community", 7856, 2726), ("district", 60000, None)]
)
def test_sizes_are_exact(made: dict[str, District], name: str, people: int, households: int | None) -> None:
    truth = made[name].table("truth/people")
    assert truth.num_rows == people
    found = pc.count_distinct(truth["household_id"]).as_py()
    assert found == made[name].summary["households"]
    assert households is None or found == households


def test_dongli_has_its_710_000_people() -> None:
    """Exact before anything is written; the whole preset is measured by `just bench`, not here."""
    wanted = preset("dongli").people
    kinds = household_kinds(stream(1, "dongli"), wanted, n_households(wanted))
    size = np.array([len(kind["roles"]) for kind in settings("people")["kinds"].values()])
    assert size[kinds].sum() == wanted == 710_000


def test_same_seed_same_bytes_other_seed_other_people(tmp_path: Path) -> None:
    def digests(folder: Path) -> dict[str, str]:
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        synth.make("tiny", seed, tmp_path / folder)
    a, b, c = (digests(tmp_path / folder) for folder in "abc")
    assert a == b
    assert len(a) == 17
    same = {name for name in a if a[name] == c[name]}  # the ground does not depend on the seed
    assert same == {"areas.parquet", "workers.parquet", "mapping.toml"}


def test_preset_json_says_what_was_written(small: District) -> None:
    summary = json.loads((small.folder / "preset.json").read_text("utf-8"))
    assert summary == small.summary
    assert summary["as_of"] == "2026-11-20"
    assert summary["visits"] == small.table("visits").num_rows
    assert (
        summary["cases"] == small.table("truth/infections").num_rows == settings("presets")[summary["preset"]]["cases"]
    )
    assert summary["dwellings"] == small.table("dwellings").num_rows
    assert summary["rows"] == {name: len(small.cells(name)) - 1 for name in LISTS}


def test_tables_keep_their_shape(one: District) -> None:
    for name, shape in (("areas", AREA), ("dwellings", DWELLING), ("workers", WORKER), ("visits", VISIT)):
        assert shape.hand_over(one.table(name)).num_rows > 0


def test_every_row_has_its_truth_or_is_a_planted_nobody(one: District) -> None:
    links, people = one.table("truth/links"), one.table("truth/people")
    for name in LISTS:
        mine = links.filter(pc.equal(links["list"], name))
        assert mine["row"].to_pylist() == list(range(1, one.summary["rows"][name] + 1))
    kinds = {row["kind"]: row["n"] for row in query("SELECT kind, count(*) n FROM l GROUP BY 1", l=links).to_pylist()}
    assert kinds["totals"] == 1
    assert links.filter(pc.is_null(links["person_id"]))["kind"].to_pylist() == ["totals"]
    known = query("SELECT count(*) n FROM l ANTI JOIN p USING (person_id) WHERE kind = 'person'", l=links, p=people)
    assert known["n"].to_pylist() == [0]


def test_rows_are_about_the_person_the_truth_names(small: District) -> None:
    """The link is no mere claim: nearly all numbers and birthdays of a row equal those of the person behind it."""
    people = {p["person_id"]: p for p in small.table("truth/people").to_pylist()}
    links = small.table("truth/links")
    for (name, element), least in AGREE.items():
        ids = links.filter(pc.equal(links["list"], name))["person_id"].to_pylist()
        key = element.removeprefix("person.")
        wide = str.maketrans("０１２３４５６７８９", "0123456789")
        values = zip(small.column(name, element), ids, strict=True)
        same = [v.translate(wide).upper() == people[i][key] for v, i in values if v and i]
        assert np.mean(same) >= least, (name, element)


def test_coverage_is_what_the_mix_says(made: dict[str, District]) -> None:
    district = made["district"]
    links, people = district.table("truth/links"), district.table("truth/people")
    seen = query(
        "SELECT list, count(DISTINCT person_id) n FROM l WHERE kind = 'person' GROUP BY 1", l=links
    ).to_pylist()
    share = {row["list"]: row["n"] / people.num_rows for row in seen}
    for name, wanted in (("police", 0.95), ("health", 0.75), ("civil", 0.60), ("transport", 0.30), ("census", 0.69)):
        assert share[name] == pytest.approx(wanted, abs=0.012), name
    old = query(
        "SELECT avg((birth_date < DATE '1966-11-20')::INT) a FROM p SEMI JOIN "
        "(SELECT * FROM l WHERE list = 'civil') USING (person_id)", l=links, p=people,
    )["a"][0].as_py()  # fmt: skip
    all_old = np.mean([b.year < 1966 for b in people["birth_date"].to_pylist()])
    assert old > 1.25 * all_old  # the old are over-represented


def test_untidiness_stays_within_bounds(made: dict[str, District]) -> None:
    district = made["district"]
    for name in ("police", "health", "civil", "transport", "census"):
        mix = settings("mix")[name]
        numbers, names = district.column(name, "person.id_number"), district.column(name, "person.name")
        assert np.mean([not n for n in numbers]) == pytest.approx(mix["id_missing"], rel=0.35)
        assert 0 < np.mean([not n for n in names]) < 0.006
    addresses = district.column("civil", "person.address")
    assert sum(a.startswith("南山区") for a in addresses) > 10_000  # at least three styles
    assert sum("栋" in a for a in addresses) > 10_000
    assert sum("一单元" in a for a in addresses) > 500
    assert any("０" in a for a in district.column("census", "person.phone"))
    short = [n for n in district.column("health", "person.id_number") if len(n) == 15]
    assert short and all(n[6:8] < "66" for n in short)


def test_unusable_rows_are_about_one_in_a_hundred(made: dict[str, District]) -> None:
    district = made["district"]
    for name in ("police", "health", "civil", "census"):
        names, births = district.column(name, "person.name"), district.column(name, "person.birth_date")
        bad = [not n or (b != "" and not b.replace("-", "").replace("/", "").replace(".", "").isdigit())
               for n, b in zip(names, births, strict=True)]  # fmt: skip
        assert 0.0005 < np.mean(bad) < 0.015, name


def test_encodings_are_what_the_mapping_says(made: dict[str, District]) -> None:
    folder = made["tiny"].folder / "lists"
    police, health, transport = ((folder / f"{name}.csv").read_bytes() for name in ("police", "health", "transport"))
    with pytest.raises(UnicodeDecodeError):
        police.decode("utf-8")
    assert police.decode("gb18030").startswith("南山区常住人口登记表")
    assert health.startswith("\ufeff档案编号".encode())
    assert not transport.startswith(b"\xef\xbb\xbf")
    assert transport.decode("utf-8").startswith("订单号")
    assert all("\r\n" in text for text in (police.decode("gb18030"), health.decode()))


def test_workbooks_open_and_carry_no_clock(made: dict[str, District]) -> None:
    folder = made["tiny"].folder / "lists"
    book = fastexcel.read_excel(folder / "civil.xlsx")
    assert book.sheet_names == ["花名册"]
    cells = book.load_sheet("花名册", header_row=None, dtypes="string").to_arrow().to_pylist()
    first, last = list(cells[0].values()), list(cells[-1].values())
    assert first[0] == "南山区民政对象花名册"
    assert list(cells[2].values())[1] == "姓名"
    assert (last[0], last[-1]) == ("合计", f"{len(cells) - 4}人")
    with zipfile.ZipFile(folder / "civil.xlsx") as parts:
        assert {info.date_time[0] for info in parts.infolist()} == {2026}
        assert b"2026-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_no_banned_value_and_no_banned_column_but_the_planted_one(small: District) -> None:
    known = elements()
    banned = {word for e in known.values() if e.banned for word in (e.zh, *e.synonyms)}
    for name in LISTS:
        header, *rows = small.cells(name)
        if name == "police":
            assert {row[header.index("民族")] for row in rows} == {"—"}
        assert set(header) & banned == ({"民族"} if name == "police" else set())
        for column, element in small.mapping[name]["columns"].items():
            assert column in header
            assert not known[element].banned
        assert set(header) > set(small.mapping[name]["columns"])  # every list has columns that stay unread


def test_true_numbers_are_right_and_nobodys(one: District) -> None:
    people = one.table("truth/people")
    text = people["id_number"].to_pylist()
    letters = np.frombuffer("".join(text).encode(), np.uint8).reshape(-1, 18)
    assert is_valid(letters).all()
    assert len(set(text)) == len(text)
    birth = np.array([b.strftime("%Y%m%d") for b in people["birth_date"].to_pylist()])
    assert (np.array([n[6:14] for n in text]) == birth).all()
    assert ([("1" if int(n[16]) % 2 else "2") for n in text]) == people["sex"].to_pylist()
    assert {int(p[:3]) for p in people["phone"].to_pylist()} <= set(PREFIXES.tolist())
    assert not {130, 138, 139, 150, 186, 189} & set(PREFIXES.tolist())


def test_families_are_possible(made: dict[str, District]) -> None:
    wrong = query(
        """WITH h AS (SELECT household_id, birth_date, sex FROM p WHERE role = 'head')
           SELECT count(*) FILTER (role = 'child' AND p.birth_date < h.birth_date + INTERVAL 15 YEAR) young_parents,
                  count(*) FILTER (role = 'parent' AND p.birth_date > h.birth_date - INTERVAL 15 YEAR) old_children,
                  count(*) FILTER (role = 'spouse' AND p.sex = h.sex) same_sex,
                  count(*) FILTER (p.birth_date > DATE '2026-11-20' OR p.birth_date < DATE '1920-01-01') impossible
           FROM p JOIN h USING (household_id)""",
        p=made["district"].table("truth/people"),
    )
    assert wrong.to_pylist() == [{"young_parents": 0, "old_children": 0, "same_sex": 0, "impossible": 0}]


def test_twins_share_birthday_and_area_but_not_the_number(made: dict[str, District]) -> None:
    pairs = query(
        """SELECT a.id_number x, b.id_number y FROM p a JOIN p b USING (household_id, birth_date)
           WHERE a.is_twin AND b.is_twin AND a.person_id < b.person_id""", p=made["district"].table("truth/people"),
    ).to_pylist()  # fmt: skip
    assert len(pairs) > 20
    assert all(p["x"][:14] == p["y"][:14] and p["x"] != p["y"] for p in pairs)


def test_one_household_a_dwelling_and_some_stand_empty(one: District) -> None:
    people, dwellings = one.table("truth/people"), one.table("dwellings")
    lived = query("SELECT dwelling_id, count(DISTINCT household_id) n FROM p GROUP BY 1", p=people)
    assert set(lived["n"].to_pylist()) == {1}
    assert pc.count_distinct(dwellings["dwelling_id"]).as_py() == dwellings.num_rows
    kinds = query("SELECT kind, count(*) n FROM d ANTI JOIN l USING (dwelling_id) GROUP BY 1", d=dwellings, l=lived)
    empty = {row["kind"]: row["n"] for row in kinds.to_pylist()}
    assert set(empty) == {"home", "non_residential"}
    assert 0.02 < empty["home"] / dwellings.num_rows < 0.35
    doors = dwellings.group_by(["compound", "building", "unit", "room"]).aggregate([("dwelling_id", "count")])
    assert set(doors["dwelling_id_count"].to_pylist()) == {1}  # an address names one door in the whole district
    assert one.summary["grids"] == pc.count_distinct(dwellings["grid_code"]).as_py()


def test_renqiu_stands_in_its_real_community(made: dict[str, District]) -> None:
    areas = made["community"].table("areas").to_pylist()
    grids = [a["code"] for a in areas if a["kind"] == "grid"]
    assert grids == [f"130982001015{k:03d}" for k in range(1, 10)]
    assert [a["name"] for a in areas if a["kind"] == "community"] == ["金台园社区居民委员会"]


def test_workers_hold_one_grid_each_and_a_few_grids_wait(one: District) -> None:
    workers = one.table("workers")
    codes = workers["grid_code"].to_pylist()
    assert len(set(codes)) == len(codes)
    assert workers["worker_id"].to_pylist() == ["w" + code for code in codes]
    lacking = one.summary["grids"] - len(codes)
    assert lacking == 0 if one.summary["grids"] < 10 else 0 < lacking < 6


def test_an_unknown_preset_is_a_numbered_error(tmp_path: Path) -> None:
    with pytest.raises(WanggeError) as error:
        synth.make("atlantis", 1, tmp_path / "x")
    assert error.value.code == "E9101"
    assert not (tmp_path / "x").exists()
