"""Lattice ground: communities as squares side by side by street, grids as rectangles in them, buildings in those.

Codes and names of streets and communities are real (National Bureau of Statistics, see ground/README.md); every
shape and every building is made up. Areas are WKB polygons in WGS84.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import shapely

from wangge.synth.data import Array, Ints, rows, stream
from wangge.synth.presets import Preset
from wangge.synth.text import digits, join, take
from wangge.tables.shapes import AREA

CENTRES = {"renqiu": (116.10, 38.71), "dongli": (117.31, 39.09)}
DISTRICTS = {"renqiu": "130982", "dongli": "120110"}
SIDE = 0.0066  # degrees of latitude: about 730 m
OCCUPIED = 0.90  # share of dwellings that the households will fill
LEVELS = np.array([6, 11, 18])
PER_BUILDING = np.array([36, 44, 72])
SINCE = dt.date(2026, 1, 1)


def lattice(preset: Preset, households: int) -> tuple[pa.Table, pa.Table]:
    """AREA table, and buildings with the same columns as the Nanshan file. The same for every seed."""
    places = [r for r in rows("ground/divisions.csv") if r["district_code"] == DISTRICTS[preset.ground]]
    rng = stream(0, preset.name, "lattice")
    n_grids = _share_out(preset.grids, np.exp(rng.normal(0, 0.45, len(places))))
    centre = CENTRES[preset.ground]
    wide = SIDE / math.cos(math.radians(centre[1]))
    cells = _cells(*_corners(places, centre, wide), wide, n_grids)
    codes = [f"{r['community_code']}{k:03d}" for r, n in zip(places, n_grids, strict=True) for k in range(1, n + 1)]
    return _areas(places, n_grids, cells, codes), _buildings(rng, cells, codes, households)


def _share_out(total: int, weight: Array) -> Ints:
    """`total` grids among communities by weight, at least one each, exactly `total` in all."""
    exact = weight / weight.sum() * (total - len(weight))
    whole = np.floor(exact).astype(np.int64)
    short = total - len(weight) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return np.asarray(whole + 1)


def _corners(places: list[dict[str, str]], centre: tuple[float, float], wide: float) -> tuple[Array, Array]:
    """North-west corner of each community's square: streets are blocks, set in rows like words on a page."""
    streets: dict[str, int] = {}
    for r in places:
        streets[r["street_code"]] = streets.get(r["street_code"], 0) + 1
    widest = math.ceil(math.sqrt(len(places) * 1.3))
    x = y = height = 0
    at: dict[str, tuple[int, int, int]] = {}
    for code, n in streets.items():
        columns = math.ceil(math.sqrt(n))
        if x and x + columns > widest:
            x, y, height = 0, y + height, 0
        at[code] = (x, y, columns)
        x, height = x + columns, max(height, math.ceil(n / columns))
    seen: dict[str, int] = {}
    spots = []
    for r in places:
        k = seen.get(r["street_code"], 0)
        seen[r["street_code"]] = k + 1
        left, top, columns = at[r["street_code"]]
        spots.append((left + k % columns, top + k // columns))
    column, row = np.array(spots, dtype=float).T
    return centre[0] + (column - column.max() / 2) * wide, centre[1] - (row - row.max() / 2) * SIDE


def _cells(west: Array, north: Array, wide: float, n_grids: Ints) -> Array:
    """West, south, east, north of every grid: rows of rectangles that fill the square, numbered west to east."""
    out = []
    for left, top, n in zip(west, north, n_grids, strict=True):
        lines = max(1, round(math.sqrt(n)))
        for line in range(lines):
            count = n * (line + 1) // lines - n * line // lines
            upper, lower = top - SIDE * line / lines, top - SIDE * (line + 1) / lines
            edges = np.linspace(left, left + wide, count + 1)
            out += [(edges[k], lower, edges[k + 1], upper) for k in range(count)]
    return np.array(out)


def _areas(places: list[dict[str, str]], n_grids: Ints, cells: Array, codes: list[str]) -> pa.Table:
    """District, streets, communities and grids, the larger ones as unions of the smaller."""
    shape = dict(zip(codes, shapely.box(*cells.T), strict=True))
    name = {r["community_code"]: r["community"] for r in places}
    listed = [(c, "grid", f"{name[c[:12]]}第{int(c[12:])}网格", c[:12]) for c in codes]
    known: dict[str, tuple[str, str]] = {}
    for r in places:
        known[r["district_code"]] = ("district", r["district"])
        known[r["street_code"]] = ("street", r["street"])
        known[r["community_code"]] = ("community", r["community"])
    for code, (kind, title) in known.items():
        shape[code] = shapely.union_all([shape[c] for c in codes if c.startswith(code)])
        parent = {6: code[:4], 9: code[:6], 12: code[:9]}[len(code)]
        listed.append((code, kind, title, parent))
    listed.sort(key=lambda row: (len(row[0]), row[0]))
    all_codes, kinds, titles, parents = (list(part) for part in zip(*listed, strict=True))
    n = len(listed)
    return AREA.hand_over(
        pa.table(
            {
                "code": all_codes,
                "kind": kinds,
                "name": titles,
                "parent_code": parents,
                "valid_from": [SINCE] * n,
                "valid_to": pa.nulls(n, pa.date32()),
                "crs": ["WGS84"] * n,
                "polygon": [shapely.to_wkb(shape[c]) for c in all_codes],
            }
        )
    )


def _buildings(rng: np.random.Generator, cells: Array, codes: list[str], households: int) -> pa.Table:
    """Buildings of three heights in rows inside each grid; their dwellings add up to what the households need."""
    weight = np.exp(rng.normal(0, 0.18, len(codes)))
    need = _share_out(math.ceil(households / OCCUPIED), weight)
    kind = rng.choice(3, len(codes), p=[0.55, 0.3, 0.15])
    count = np.maximum(1, np.rint(need / PER_BUILDING[kind])).astype(np.int64)
    grid = np.repeat(np.arange(len(codes)), count)
    nth = np.arange(grid.size) - np.repeat(np.cumsum(count) - count, count)
    size = need[grid] // count[grid] + (nth < need[grid] % count[grid])
    lines = np.maximum(1, np.rint(np.sqrt(count))).astype(np.int64)[grid]
    across = -(-count[grid] // lines)
    west, south, east, north = cells[grid].T
    lon = west + (east - west) * (nth % across + 0.5) / across
    lat = north - (north - south) * (nth // across + 0.5) / np.maximum(lines, -(-count[grid] // across))
    compound, building_no = _compounds(codes, grid, nth)
    return pa.table(
        {
            "building_id": join("b", digits(np.arange(grid.size), 6)),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "area_m2": np.round(size / LEVELS[kind[grid]] * 95.0, 1),
            "levels": LEVELS[kind[grid]].astype(np.int32),
            "n_dwellings": size.astype(np.int32),
            "grid_code": take(codes, grid),
            "compound_no": compound.astype(np.int32),
            "building_no": building_no.astype(np.int32),
        }
    )


def _compounds(codes: list[str], grid: Ints, nth: Ints) -> tuple[Ints, Ints]:
    """Compounds of up to six neighbouring buildings, counted from 1 in each community; buildings from 1 in each."""
    community = np.array([int(c[:12]) for c in codes])[grid]
    key = grid * 1000 + nth // 6
    order = np.unique(key, return_inverse=True)[1]
    first = np.r_[True, community[1:] != community[:-1]]
    base = np.maximum.accumulate(np.where(first, order, 0))
    return order - base + 1, nth % 6 + 1
