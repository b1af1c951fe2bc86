"""The second generator: same seed, same bytes; its truth fits its lists; every kind of error happens about as often as told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from bench.held_out import people as made_people
from bench.held_out.rows import KINDS
from bench.held_out.words import mix
from bench.held_out.write import make

N = 4_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("held-out")
    make(out, N, 7)
    return out


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    make(tmp_path, N, 7)
    for file in sorted(p.relative_to(folder) for p in folder.rglob("*.*")):
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes(), file


def test_every_row_has_its_truth(folder: Path) -> None:
    truth = pq.read_table(folder / "truth" / "links.parquet")
    for name, n in json.loads((folder / "preset.json").read_text("utf-8"))["rows"].items():
        spec = mix()["lists"][name]
        skip = 1 if "title" in spec else 0
        read = pa_csv.read_csv(
            folder / "lists" / spec["file"],
            pa_csv.ReadOptions(encoding=spec["encoding"].removesuffix("-sig"), skip_rows=skip),
        )
        assert read.num_rows == n
        rows = np.asarray(truth.filter(np.asarray(truth["list"]) == name)["row"])
        assert np.array_equal(rows, np.arange(1, n + 1))


def test_nobody_shares_a_number_or_a_telephone() -> None:
    everybody = made_people.people(N, np.random.default_rng(3))
    for column in (everybody.number.view("S18"), everybody.phone.view("S11")):
        assert np.unique(column).size == everybody.size


def test_resident_numbers_have_their_check_digit_and_birthday() -> None:
    everybody = made_people.people(N, np.random.default_rng(3))
    resident = everybody.document == made_people.RESIDENT
    number = everybody.number[resident].astype(int) - ord("0")
    check = np.where(number[:, 17] == ord("X") - ord("0"), 10, number[:, 17])
    assert np.all((number[:, :17] @ made_people.WEIGHTS + check) % 11 == 1)
    ymd = number[:, 6:14] @ 10 ** np.arange(7, -1, -1)
    assert np.array_equal(ymd, made_people._ymd(everybody.born[resident]))


def test_every_kind_happens(folder: Path) -> None:
    errors = np.asarray(pq.read_table(folder / "truth" / "links.parquet")["errors"])
    found = {kind for bit, kind in enumerate(KINDS) if np.any(errors >> bit & 1)}
    assert set(KINDS) - found <= {"id_science", "id_second_valid"}  # too rare for so few people


def test_missing_numbers_are_as_many_as_told(folder: Path) -> None:
    truth = pq.read_table(folder / "truth" / "links.parquet")
    for name, spec in mix()["lists"].items():
        errors = np.asarray(truth.filter(np.asarray(truth["list"]) == name)["errors"])
        share = np.mean(errors >> KINDS.index("id_missing") & 1)
        assert abs(share - spec["rates"]["id_missing"]) < 0.05, name


def test_twins_and_namesakes_are_among_them() -> None:
    everybody = made_people.people(20_000, np.random.default_rng(3))
    twins = np.flatnonzero(everybody.twin_of >= 0)
    assert twins.size > 20
    assert np.array_equal(everybody.household[twins], everybody.household[everybody.twin_of[twins]])
    doubles = np.flatnonzero(everybody.namesake_of >= 0)
    of = everybody.namesake_of[doubles]
    assert np.array_equal(everybody.name[doubles], everybody.name[of])
    assert np.array_equal(everybody.born[doubles], everybody.born[of])
    assert np.all(everybody.number[doubles] != everybody.number[of], axis=1).sum() < doubles.size
    assert np.any(everybody.number[doubles] != everybody.number[of], axis=1).all()
