"""A small map without a network: the grids around a case as paths of an SVG, by how many of its contacts live there."""

from __future__ import annotations

import json
from typing import Any

from wangge_server.geography.queries import shapes

WIDTH = 640
MOST_GRIDS = 400  # more than that nobody can read; the table below the map has them all


def drawn(homes: dict[str, int], own: str) -> dict[str, Any] | None:
    """{grid_code: people} and the grid of the case -> width, height and grids with path, middle, n; None where nothing has a shape."""
    codes = sorted({*homes, *([own] if own else [])})
    streets = sorted({code[:9] for code in codes})
    areas = [one for street in streets for one in shapes("grid", street)]
    if len(areas) > MOST_GRIDS:
        areas = [one for one in areas if one["code"] in codes]
    rings = [(one, _rings(one["shape"])) for one in areas]
    points = [point for _one, found in rings for ring in found for point in ring]
    if not points:
        return None
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    scale = WIDTH / max(right - left, (high - low), 1e-9)

    def put(point: Any) -> tuple[float, float]:
        return round((point[0] - left) * scale, 1), round((high - point[1]) * scale, 1)

    grids = [_grid(one, [[put(p) for p in ring] for ring in found], homes, own) for one, found in rings if found]
    return {"width": round((right - left) * scale) or 1, "height": round((high - low) * scale) or 1, "grids": grids}


def _rings(shape: Any) -> list[Any]:
    """Outer rings of a GeoJSON polygon or multipolygon."""
    shape = json.loads(shape) if isinstance(shape, str) else shape
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [part[0] for part in parts if part]


def _grid(one: Any, rings: list[list[tuple[float, float]]], homes: dict[str, int], own: str) -> dict[str, Any]:
    path = " ".join("M" + " L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
    xs, ys = [x for x, _ in rings[0]], [y for _, y in rings[0]]
    return {"path": path, "name": one["name"], "n": homes.get(one["code"], 0), "home": one["code"] == own,
            "x": f"{(min(xs) + max(xs)) / 2:.1f}", "y": f"{(min(ys) + max(ys)) / 2 + 5:.1f}"}  # fmt: skip
