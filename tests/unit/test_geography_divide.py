"""Division laws: every building in one grid, grids in one piece and in one community, order plays no part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.geography import anneal, divide, tessellate
from wangge.geography.divide import _rows, balance

GROUND = Path(__file__).resolve().parents[2] / "src" / "wangge" / "synth" / "ground"


def town(n: int, seed: int, communities: int = 2) -> pa.Table:
    """n buildings scattered over a square kilometre, communities as vertical stripes."""
    rng = np.random.default_rng(seed)
    lon, lat = 113.92 + rng.random(n) * 0.01, 22.5 + rng.random(n) * 0.009
    stripe = np.minimum(((lon - 113.92) / 0.01 * communities).astype(int), communities - 1)
    return pa.table(
        {
            "building_id": [f"b{i:04d}" for i in range(n)],
            "lon": lon,
            "lat": lat,
            "n_dwellings": rng.integers(0, 30, n),
            "community_code": [f"44030500100{s + 1}" for s in stripe],
        }
    )


def pieces(buildings: pa.Table, codes: list[str]) -> dict[str, int]:
    """In how many pieces each grid lies, by the borders of the tessellation."""
    ground = tessellate(shapely.points(buildings["lon"].to_numpy(), buildings["lat"].to_numpy()))
    names, label = np.unique(codes, return_inverse=True)
    start, to, _ = _rows(ground.left, ground.right, ground.length, len(codes))
    piece = anneal.components(start, to, label.ravel())
    return {str(name): len(set(piece[label.ravel() == k])) for k, name in enumerate(names)}


@settings(max_examples=8, deadline=None)
@given(n=st.integers(80, 250), seed=st.integers(0, 10_000), target=st.sampled_from([150, 300]))
def test_each_building_is_in_one_contiguous_grid_of_its_own_community(n: int, seed: int, target: int) -> None:
    buildings = town(n, seed)
    divided = divide(buildings, target, moves_a_building=50)
    codes = divided["grid_code"].to_pylist()
    assert divided["building_id"].to_pylist() == buildings["building_id"].to_pylist()
    assert all(len(c) == 15 and c.isdigit() for c in codes)
    assert [c[:12] for c in codes] == buildings["community_code"].to_pylist()
    whole = pieces(buildings, [c[:12] for c in codes])
    assert all(n == 1 for code, n in pieces(buildings, codes).items() if whole[code[:12]] == 1)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_rows_plays_no_part(seed: int) -> None:
    buildings = town(150, seed)
    shuffled = buildings.take(pa.array(np.random.default_rng(seed).permutation(150)))
    one, two = (divide(t, 200, moves_a_building=50).sort_by("building_id") for t in (buildings, shuffled))
    assert one.equals(two)


def test_numbers_run_from_one_without_a_gap_and_start_in_the_north_west() -> None:
    buildings = town(300, 3, communities=1)
    codes = np.array(divide(buildings, 300)["grid_code"].to_pylist())
    grids = np.unique(codes)
    assert [int(g[-3:]) for g in grids] == list(range(1, len(grids) + 1))
    centre = {g: buildings["lat"].to_numpy()[codes == g].mean() for g in grids}
    assert centre[grids[0]] > np.mean(list(centre.values()))
    assert centre[grids[-1]] < np.mean(list(centre.values()))


def test_a_community_in_two_pieces_is_still_divided() -> None:
    """A community may lie on both sides of another: its nearest buildings count as neighbours."""
    buildings = town(120, 5, communities=3)
    codes = ["440305001001" if c == "440305001003" else c for c in buildings["community_code"].to_pylist()]
    buildings = buildings.set_column(4, "community_code", pa.array(codes))
    assert divide(buildings, 200, moves_a_building=50).num_rows == 120


def test_the_kernel_never_leaves_a_cell_empty_or_in_two() -> None:
    """On a path of five nodes the middle node may not leave its cell."""
    start, to, _ = _rows(np.arange(4), np.arange(1, 5), np.ones(4), 5)
    label, stamp, stack = np.array([0, 0, 0, 1, 1]), np.zeros(5, np.int64), np.zeros(5, np.int64)
    asked = [anneal.stays_connected(v, start, to, label, stamp, v + 1, stack) for v in range(5)]
    assert asked == [True, False, True, True, True]
    assert not anneal.stays_connected(0, start, to, np.array([2, 0, 0, 1, 1]), stamp, 9, stack)


@pytest.fixture(scope="module")
def areas() -> dict[str, dict[str, object]]:
    rows = pq.read_table(GROUND / "nanshan_areas.parquet").to_pylist()
    return {r["code"]: r | {"shape": shapely.from_wkb(r["polygon"])} for r in rows}


def test_the_demo_ground_is_balanced() -> None:
    buildings = pq.read_table(GROUND / "nanshan_buildings.parquet")
    weight = buildings["n_dwellings"].to_numpy().astype(float)
    label = np.unique(buildings["grid_code"].to_pylist(), return_inverse=True)[1].ravel()
    assert (buildings.num_rows, weight.sum()) == (5438, 24_000)
    assert balance(weight, label, 0.2) == 1.0
    assert balance(weight, label, 0.1) >= 0.85
    assert 75 <= label.max() + 1 <= 90


def test_the_demo_areas_tile_the_ground(areas: dict[str, dict[str, object]]) -> None:
    def of(kind: str) -> list[object]:
        return [a["shape"] for a in areas.values() if a["kind"] == kind]

    whole = of("district")[0]
    for kind in ("street", "community", "grid"):
        shapes = of(kind)
        assert all(s.geom_type == "Polygon" and s.is_valid for s in shapes)
        assert sum(s.area for s in shapes) == pytest.approx(whole.area, rel=1e-9)
        assert shapely.coverage_is_valid(shapes)
    assert all(a["parent_code"] in areas for a in areas.values() if a["kind"] != "district")


def test_the_demo_buildings_stand_in_their_grids(areas: dict[str, dict[str, object]]) -> None:
    rows = pq.read_table(GROUND / "nanshan_buildings.parquet")
    shapes = np.array([areas[c]["shape"] for c in rows["grid_code"].to_pylist()], dtype=object)
    inside = shapely.contains_xy(shapes, rows["lon"].to_numpy(), rows["lat"].to_numpy())
    assert inside.mean() > 0.99  # the middle of an L-shaped house may lie in its neighbour's yard


def test_compounds_have_three_to_fifteen_buildings_with_numbers_of_their_own() -> None:
    rows = pq.read_table(GROUND / "nanshan_buildings.parquet").to_pylist()
    compounds: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        compounds.setdefault((row["grid_code"][:12], row["compound_no"]), []).append(row["building_no"])
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in compounds.values())
    assert all(3 <= len(numbers) <= 15 for numbers in compounds.values())
