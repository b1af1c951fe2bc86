"""Build the demo district's ground from OpenStreetMap buildings and the official division codes.

    .venv/bin/python tools/build_ground.py [--data ../shared/data] [--out src/wangge/synth/ground]

Run by hand; the output is committed. Real: footprints, heights, roads, names and codes of Nanshan (440305). Made up:
which building is lived in, how many dwellings it has, compounds, and which community's name stands on which ground.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from wangge.geography.divide import border_cost, divide, partition, reading_order
from wangge.geography.tessellate import Tessellation, join, tessellate
from wangge.tables.shapes import AREA

DISTRICT, DWELLINGS, LARGEST = "440305", 24_000, 90
ISSUED_ON = dt.date(2026, 1, 1)
# Where these communities lie, roughly (degrees, WGS84): only to hand out the real names in a sensible order.
SEATS = {
    "440305001": (113.918, 22.536),
    "440305002": (113.920, 22.515),
    "440305007": (113.936, 22.518),
    "440305001001": (113.918, 22.540),
    "440305001003": (113.913, 22.537),
    "440305001016": (113.925, 22.537),
    "440305001018": (113.913, 22.533),
    "440305002014": (113.916, 22.526),
    "440305002005": (113.914, 22.520),
    "440305002018": (113.922, 22.528),
    "440305002006": (113.922, 22.512),
    "440305007004": (113.933, 22.534),
    "440305007007": (113.931, 22.523),
    "440305007015": (113.938, 22.516),
    "440305007011": (113.937, 22.505),
}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, default=Path("../shared/data"))
    args.add_argument("--out", type=Path, default=Path("src/wangge/synth/ground"))
    given = args.parse_args()
    buildings, roads = (features(given.data / "osm_shenzhen_nanshan" / f"{n}.geojson") for n in ("buildings", "roads"))
    shapes, lines = geometry(buildings), main_roads(roads)
    dwellings = dwellings_in(buildings)
    ground = tessellate(shapes)
    place = Places(ground, dwellings, lines)
    given.out.mkdir(parents=True, exist_ok=True)
    codes = place.grid_codes(buildings, shapes)
    pq.write_table(building_table(buildings, shapes, dwellings, codes, place), given.out / "nanshan_buildings.parquet")
    areas = area_table(ground, codes, names(given.data / "cn_admin_nbs2023"))
    pq.write_table(areas, given.out / "nanshan_areas.parquet", compression="zstd")
    write_map(shapes, buildings, roads, given.out / "nanshan_map.geojson.gz")
    loads = np.bincount(np.unique(codes, return_inverse=True)[1].ravel(), dwellings)
    print(
        json.dumps(
            {
                "buildings": len(buildings),
                "dwellings": int(dwellings.sum()),
                "grids": len(loads),
                "within_10": round(float((abs(loads / 300 - 1) <= 0.1).mean()), 3),
                "within_20": round(float((abs(loads / 300 - 1) <= 0.2).mean()), 3),
                "least": int(loads.min()),
                "most": int(loads.max()),
            }
        )
    )


def must(true: bool, otherwise: str) -> None:
    if not true:
        raise SystemExit(otherwise)


def features(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["features"]


def geometry(rows: list[dict]) -> np.ndarray:
    return shapely.make_valid(shapely.from_geojson([json.dumps(r["geometry"]) for r in rows]))


def main_roads(rows: list[dict]) -> np.ndarray:
    kinds = ("trunk", "primary", "secondary")
    return geometry([r for r in rows if r["properties"]["highway"] in kinds])


def dwellings_in(rows: list[dict]) -> np.ndarray:
    """Dwellings by floor area, scaled to the total. No homes in sheds, halls and one building in six at random."""
    area = np.array([r["properties"]["area_m2"] for r in rows])
    levels = np.array([r["properties"]["levels_est"] for r in rows])
    draw = np.array([hashlib.sha256(r["properties"]["building_id"].encode()).digest()[0] for r in rows])
    lived_in = (area >= 80) & (area <= 2500) & (draw >= 43)
    floor = np.where(lived_in, area * levels, 0.0)
    low, high = 0.0, 1.0
    for _ in range(50):  # the scale at which whole, capped numbers add up to the total
        scale = (low + high) / 2
        counted = np.where(lived_in, np.clip(np.rint(floor * scale), 1, LARGEST), 0).astype(np.int64)
        low, high = (scale, high) if counted.sum() < DWELLINGS else (low, scale)
    return counted


class Places:
    """Communities and compounds of the demo, divided by the same code as grids."""

    def __init__(self, ground: Tessellation, dwellings: np.ndarray, roads: np.ndarray) -> None:
        self.ground, self.dwellings, self.roads = ground, dwellings, roads
        weight, cost = dwellings.astype(float), border_cost(ground, roads)
        street = self._divide_and_name(cost, np.full(len(dwellings), DISTRICT))
        self.community = self._divide_and_name(cost, street)
        zone = np.unique(self.community, return_inverse=True)[1].ravel()
        ones = np.ones(len(weight))
        compound = partition(ground, cost, ones, zone, 8.0, slack=0.3, balance=20.0)
        sizes = np.bincount(compound)
        must(sizes.min() >= 3 and sizes.max() <= 15, f"compounds of {sizes.min()} to {sizes.max()} buildings")
        self.compound = reading_order(compound, zone, ground.centres, ones)[compound]
        # Reading order inside a compound: every building is its own label.
        self.building = reading_order(np.arange(len(ones)), compound, ground.centres, ones)

    def _divide_and_name(self, cost: np.ndarray, parent: np.ndarray) -> np.ndarray:
        """Cut each parent area into as many equal parts as it has seats, and name the parts. -> code by building"""
        parts = len([c for c in SEATS if len(c) == len(parent[0]) + 3])
        zone = np.unique(parent, return_inverse=True)[1].ravel()
        label = partition(self.ground, cost, self.dwellings.astype(float), zone, self.dwellings.sum() / parts)
        named = parent.astype("U12")
        for code in np.unique(parent):
            here = np.flatnonzero(parent == code)
            cells, which = np.unique(label[here], return_inverse=True)
            named[here] = np.array(self._names_for(str(code), here, which.ravel(), len(cells)))[which.ravel()]
        return named

    def _names_for(self, parent: str, here: np.ndarray, which: np.ndarray, n: int) -> list[str]:
        """Real names to cells so that their seats lie near."""
        at = np.stack([np.bincount(which, self.ground.centres[here, i]) / np.bincount(which) for i in (0, 1)], axis=1)
        codes = sorted(c for c in SEATS if c.startswith(parent) and len(c) == len(parent) + 3)
        must(len(codes) == n, f"{n} parts of {parent} for {len(codes)} names")
        seat = self.ground.plane.flat(np.array([SEATS[c] for c in codes]))
        far = ((at[:, None, :] - seat[None, :, :]) ** 2).sum(axis=2)
        best = min(itertools.permutations(range(n)), key=lambda order: far[range(n), order].sum())
        return [codes[j] for j in best]

    def grid_codes(self, rows: list[dict], shapes: np.ndarray) -> np.ndarray:
        middle = shapely.get_coordinates(shapely.centroid(shapes))
        table = pa.table(
            {
                "building_id": [r["properties"]["building_id"] for r in rows],
                "lon": middle[:, 0],
                "lat": middle[:, 1],
                "n_dwellings": self.dwellings,
                "community_code": self.community,
                "footprint": shapely.to_wkb(shapes),
                "compound": [f"{c}-{n}" for c, n in zip(self.community, self.compound, strict=True)],
            }
        )
        return np.array(divide(table, roads=self.roads)["grid_code"].to_pylist())


def building_table(
    rows: list[dict], shapes: np.ndarray, dwellings: np.ndarray, codes: np.ndarray, place: Places
) -> pa.Table:
    middle = np.round(shapely.get_coordinates(shapely.centroid(shapes)), 6)
    properties = [r["properties"] for r in rows]
    return pa.table(
        {
            "building_id": [p["building_id"] for p in properties],
            "lon": middle[:, 0],
            "lat": middle[:, 1],
            "area_m2": pa.array([p["area_m2"] for p in properties], pa.float64()),
            "levels": pa.array([p["levels_est"] for p in properties], pa.int32()),
            "n_dwellings": pa.array(dwellings, pa.int32()),
            "grid_code": pa.array(codes.tolist()),
            "compound_no": pa.array(place.compound, pa.int32()),
            "building_no": pa.array(place.building, pa.int32()),
        }
    )


def names(folder: Path) -> dict[str, str]:
    """Names of the district, its streets and communities; communities without the office's suffix."""
    with (folder / "streets_9digit.csv").open(encoding="utf-8-sig") as file:
        found = {r["code"]: r["name"] for r in csv.DictReader(file) if r["code"].startswith(DISTRICT)}
    villages = pq.read_table(folder / "villages_12digit.parquet").to_pydict()
    for code, name in zip(villages["code"], villages["name"], strict=True):
        if code.startswith(DISTRICT):
            found[code] = name.removesuffix("居委会")
    return found | {DISTRICT: "南山区"}


def area_table(ground: Tessellation, grid: np.ndarray, name: dict[str, str]) -> pa.Table:
    rows: list[dict] = []
    grids, which = np.unique(grid, return_inverse=True)
    cells = ground.dissolve(which.ravel())
    for kind, places in (("district", 6), ("street", 9), ("community", 12), ("grid", 15)):
        codes, label = np.unique([g[:places] for g in grids], return_inverse=True)
        for code, shape in zip(codes.tolist(), join(cells, label.ravel()), strict=True):
            must(shape.geom_type == "Polygon" and shape.is_valid, f"{code} is {shape.geom_type}")
            rows.append(
                {
                    "code": code,
                    "kind": kind,
                    "polygon": shapely.to_wkb(shape),
                    "crs": "WGS84",
                    "name": name.get(code) or f"{name[code[:12]]}第{int(code[12:])}网格",
                    "parent_code": code[: {6: 4, 9: 6, 12: 9, 15: 12}[places]],
                    "valid_from": ISSUED_ON,
                    "valid_to": None,
                }
            )
    return AREA.hand_over(pa.Table.from_pylist(rows, schema=AREA.schema))


def write_map(shapes: np.ndarray, buildings: list[dict], roads: list[dict], path: Path) -> None:
    """Footprints and roads for the board's background: outlines simplified to about a metre, 5 decimals."""
    out = []
    for shape, row in zip(shapely.simplify(shapes, 1e-5), buildings, strict=True):
        out.append(_feature(shape, {"kind": "building", "levels": row["properties"]["levels_est"]}))
    for shape, row in zip(shapely.simplify(geometry(roads), 1e-5), roads, strict=True):
        out.append(_feature(shape, {"kind": "road", "class": row["properties"]["highway"]}))
    text = json.dumps(
        {"type": "FeatureCollection", "attribution": "© OpenStreetMap contributors, ODbL 1.0", "features": out},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.encode())


def _feature(shape: object, properties: dict) -> dict:
    rounded = json.loads(shapely.to_geojson(shape), parse_float=lambda v: round(float(v), 5))
    return {"type": "Feature", "properties": properties, "geometry": rounded}


if __name__ == "__main__":
    main()
