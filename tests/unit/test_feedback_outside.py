"""A forgotten building: dropped from the frame of a made-up district, found by the way itself."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from wangge import feedback, way
from wangge.tables.shapes import HOUSEHOLD, LOCATED


def rows(addresses: list[str], reason: str = "no_such_building") -> tuple[pa.Table, pa.Table]:
    ids = [str(i) for i in range(len(addresses))]
    households = [
        {"household_id": i, "address": a, "n_people": 2, "head_person_id": None}
        for i, a in zip(ids, addresses, strict=True)
    ]
    located = [
        {"household_id": i, "dwelling_id": None, "grid_code": None, "how": "compound", "reason": reason} for i in ids
    ]
    return HOUSEHOLD.hand_over(pa.Table.from_pylist(households)), LOCATED.hand_over(
        pa.Table.from_pylist(located, schema=LOCATED.schema)
    )


@pytest.mark.parametrize(
    "writings", [["东苑2号楼1单元101室", "东苑2栋1单元102"], ["东苑2-1-101", "东苑2号楼"], ["东苑２栋", "东苑２-1-3"]]
)
def test_however_the_number_is_written_it_is_one_building(writings: list[str]) -> None:
    found = feedback.outside(*rows(writings)).to_pylist()
    assert [(r["n_households"], r["n_people"]) for r in found] == [(2, 4)] and found[0]["building"].startswith("东苑")


def test_other_reasons_are_no_building() -> None:
    assert feedback.outside(*rows(["东苑2号楼101"], "no_such_room")).num_rows == 0
    assert feedback.outside(*rows(["东苑"])).num_rows == 0


@pytest.fixture(scope="module")
def forgotten(tiny: Path) -> tuple[dict[str, str], pa.Table]:
    """The way over a district whose frame lacks the building with most units. -> (its compound and number, what is outside)"""
    source = way.open_folder(tiny)
    sized = (
        source.dwellings.group_by(["compound", "building"])
        .aggregate([("room", "count")])
        .sort_by([("room_count", "descending")])
    )
    # A compound of one building would be forgotten whole; take one whose neighbours stay known.
    several = {r["compound"] for r in source.dwellings.group_by("compound").aggregate([("building", "count_distinct")]).to_pylist()
               if r["building_count_distinct"] > 1}  # fmt: skip
    gone = next(r for r in sized.to_pylist() if r["compound"] in several)
    keep = pc.or_(
        pc.not_equal(source.dwellings["compound"], gone["compound"]),
        pc.not_equal(source.dwellings["building"], gone["building"]),
    )
    done = way.run(way.open_folder(tiny, dwellings=source.dwellings.filter(keep)))
    return gone, feedback.outside(done.households, done.located)


def test_the_forgotten_building_is_found_first(forgotten: tuple[dict[str, str], pa.Table]) -> None:
    gone, found = forgotten
    first = found.to_pylist()[0]
    assert gone["compound"] in first["building"] and gone["building"] in first["building"]
    assert first["n_households"] >= 3


def test_a_whole_frame_has_no_such_building(tiny: Path, forgotten: tuple[dict[str, str], pa.Table]) -> None:
    done = way.run(way.open_folder(tiny))
    most = max((r["n_households"] for r in feedback.outside(done.households, done.located).to_pylist()), default=0)
    assert most < forgotten[1].to_pylist()[0]["n_households"]
    assert pq.read_metadata(tiny / "dwellings.parquet").num_rows
