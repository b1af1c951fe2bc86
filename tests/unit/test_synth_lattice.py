"""Lattice ground: the codes of Dongli, squares that tile, buildings that stand in their grids."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from wangge.synth.homes import compound_names
from wangge.synth.lattice import lattice
from wangge.synth.presets import preset


@pytest.fixture(scope="module")
def dongli() -> tuple[pa.Table, pa.Table]:
    return lattice(preset("dongli"), 254_000)


def test_dongli_has_its_streets_communities_and_grids(dongli: tuple[pa.Table, pa.Table]) -> None:
    areas = dongli[0]
    counts = {k: pc.sum(pc.equal(areas["kind"], k)).as_py() for k in ("district", "street", "community", "grid")}
    assert counts == {"district": 1, "street": 19, "community": 151, "grid": 1147}
    name = dict(zip(areas["code"].to_pylist(), areas["name"].to_pylist(), strict=True))
    assert name["120110003032"] == "海颂园社区居委会"
    assert all(code[: {15: 12, 12: 9, 9: 6}[len(code)]] in name for code in name if len(code) > 6)


def test_grids_tile_their_communities(dongli: tuple[pa.Table, pa.Table]) -> None:
    shape = {a["code"]: shapely.from_wkb(a["polygon"]) for a in dongli[0].to_pylist()}
    for code in (c for c in shape if len(c) == 12):
        grids = [s for c, s in shape.items() if len(c) == 15 and c.startswith(code)]
        assert sum(g.area for g in grids) == pytest.approx(shape[code].area, rel=1e-6)
        assert shapely.union_all(grids).area == pytest.approx(shape[code].area, rel=1e-6)
    communities = [s for c, s in shape.items() if len(c) == 12]
    assert sum(c.area for c in communities) == pytest.approx(shape["120110"].area, rel=1e-6)  # none over another
    assert all(s.is_valid for s in shape.values())
    assert shape["120110"].contains(shapely.Point(117.31, 39.09)) or shape["120110"].distance(
        shapely.Point(117.31, 39.09)) < 0.05  # fmt: skip


def test_grids_are_numbered_west_to_east_then_north_to_south(dongli: tuple[pa.Table, pa.Table]) -> None:
    grids = [(a["code"], shapely.from_wkb(a["polygon"]).centroid) for a in dongli[0].to_pylist() if a["kind"] == "grid"]
    for (code, a), (after, b) in pairwise(grids):
        if code[:12] == after[:12]:
            assert b.x > a.x or b.y < a.y


def test_buildings_stand_in_their_grids_and_hold_the_households(dongli: tuple[pa.Table, pa.Table]) -> None:
    areas, buildings = dongli
    shape = {a["code"]: shapely.from_wkb(a["polygon"]) for a in areas.to_pylist()}
    points = shapely.points(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    grids = [shape[c] for c in buildings["grid_code"].to_pylist()]
    assert shapely.intersects(points, grids).all()
    assert len({p.wkb for p in points}) == len(points)
    homes = pc.sum(buildings["n_dwellings"]).as_py()
    assert homes == pytest.approx(254_000 / 0.9, abs=2)


def test_compound_names_differ() -> None:
    names = compound_names(4000, "dongli")
    assert len(set(names)) == 4000
    assert any(name.endswith("二苑") for name in names)
