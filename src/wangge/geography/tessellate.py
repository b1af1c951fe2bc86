"""Cut the built ground into one cell a building, without gaps and without a cut through a building.

The cells are Voronoi cells of points set along every outline, joined by building and clipped to the hull of all
buildings, so that cells, and whatever is joined from them, tile the ground (无缝拼接). Lengths are metres in a plane
that touches the earth at the middle of the buildings; good to 0.01 % over a district.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[np.object_]
METRES_A_DEGREE = 111_319.49  # of the equator of WGS84
GRAIN = 0.01  # metres: corners are kept on this raster, so that neighbours share them exactly


@dataclass(frozen=True)
class Plane:
    """Degrees <-> metres around one point."""

    lon: float
    lat: float

    def flat(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """n x 2 lon, lat -> n x 2 metres east and north of the point."""
        return (degrees - (self.lon, self.lat)) * self._scale

    def round_earth(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """n x 2 metres -> n x 2 lon, lat."""
        return metres / self._scale + (self.lon, self.lat)

    @property
    def _scale(self) -> NDArray[np.float64]:
        return np.array([METRES_A_DEGREE * np.cos(np.radians(self.lat)), METRES_A_DEGREE])


@dataclass(frozen=True)
class Tessellation:
    """Cells and who borders whom. `left`, `right` are building indices, `length` the metres of common border.

    `points` lie along the outlines of their `owner`: ground belongs to the owner of the nearest point. `sides` are the
    border lines between different owners, `side_of` (n x 2) those owners.
    """

    plane: Plane
    centres: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    length: NDArray[np.float64]
    points: NDArray[np.float64]
    owner: NDArray[np.int64]
    sides: Geometries
    side_of: NDArray[np.int64]
    hull: Any

    def dissolve(self, label: NDArray[np.int64], smooth: float = 2.0) -> Geometries:
        """One polygon a label (0..k-1), in degrees; they tile the hull; borders are smoothed by `smooth` metres."""
        kept = self.sides[label[self.side_of[:, 0]] != label[self.side_of[:, 1]]]
        lines = shapely.union_all(np.r_[kept, self.hull.exterior], grid_size=GRAIN)
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        faces = faces[shapely.covers(self.hull.buffer(GRAIN * 2), faces)]
        nearest = shapely.STRtree(shapely.points(self.points)).nearest(shapely.point_on_surface(faces))
        whole = _one_piece(join(faces, label[self.owner[nearest]]))
        smoothed = shapely.coverage_simplify(whole, smooth) if smooth else whole
        return np.asarray(shapely.transform(smoothed, lambda xy: np.round(self.plane.round_earth(xy), 7)))


def join(shapes: Geometries, label: NDArray[np.int64]) -> Geometries:
    """Join shapes of a tiling by label (0..k-1). -> one shape a label"""
    return np.array([shapely.coverage_union_all(shapes[label == k]) for k in range(int(label.max()) + 1)], dtype=object)


def tessellate(footprints: Geometries, margin: float = 40.0, step: float = 10.0) -> Tessellation:
    """Footprints (polygons or points, degrees) -> their cells; `margin` metres of ground around the outermost ones.

    `step` is the distance of the points along the outlines: smaller follows the walls more closely.
    """
    middle = shapely.get_coordinates(shapely.centroid(footprints))
    plane = Plane(*(float(v) for v in np.round(middle.mean(axis=0), 4)))
    flat = shapely.transform(footprints, plane.flat)
    points, owner = _outline_points(flat, step)
    hull = shapely.concave_hull(shapely.MultiPoint(points), ratio=0.15).buffer(margin).simplify(margin / 8)
    sides, side_of = _sides(points, owner, hull)
    left, right, length = _sum_by_pair(side_of, shapely.length(shapely.intersection(sides, hull)))
    return Tessellation(plane, plane.flat(middle), left, right, length, points, owner, sides, side_of, hull)


def _outline_points(flat: Geometries, step: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points along the outlines drawn 0.2 m inwards, so that walls that touch still part; no point twice."""
    inner = shapely.buffer(flat, -0.2)
    inner = np.where(shapely.is_empty(inner), shapely.centroid(flat), inner)
    points, owner = shapely.get_coordinates(shapely.segmentize(inner, step), return_index=True)
    _, first = np.unique(np.round(points, 2), axis=0, return_index=True)
    first.sort()
    return points[first], owner[first].astype(np.int64)


def _sides(points: NDArray[np.float64], owner: NDArray[np.int64], hull: Any) -> tuple[Geometries, NDArray[np.int64]]:
    """Voronoi sides between points of different owners, with those two owners: a side two cells share appears twice."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=hull.envelope))
    inside = shapely.STRtree(shapely.points(points)).query(cells, predicate="contains")
    owners = np.zeros(len(cells), np.int64)
    owners[inside[0]] = owner[inside[1]]
    xy, index = shapely.get_coordinates(shapely.get_exterior_ring(cells), return_index=True)
    same = index[:-1] == index[1:]
    a, b, cell = xy[:-1][same], xy[1:][same], index[:-1][same]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    a[swap], b[swap] = b[swap], a[swap].copy()
    _, side = np.unique(np.round(np.hstack([a, b]), 4), axis=0, return_inverse=True)
    order = np.argsort(side.ravel(), kind="stable")
    pair = np.flatnonzero(np.diff(side.ravel()[order]) == 0)
    one, two = order[pair], order[pair + 1]
    both = np.stack([owners[cell[one]], owners[cell[two]]], axis=1)
    other = both[:, 0] != both[:, 1]
    lines = shapely.linestrings(np.stack([a[one[other]], b[one[other]]], axis=1))
    return np.asarray(lines), both[other]


def _sum_by_pair(
    side_of: NDArray[np.int64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Borders under one metre do not count: nobody walks through a point."""
    pairs, which = np.unique(np.sort(side_of, axis=1), axis=0, return_inverse=True)
    total = np.bincount(which.ravel(), metres, len(pairs))
    keep = total >= 1.0
    return pairs[keep, 0], pairs[keep, 1], np.asarray(total[keep], np.float64)


def _one_piece(shapes: Geometries) -> Geometries:
    """Give stray pieces (where mapped buildings overlap) to the neighbour with the longest common border."""
    shapes = shapes.copy()
    for index in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        pieces = shapely.get_parts(shapes[index])
        pieces = pieces[np.argsort(-shapely.area(pieces))]
        kept = [pieces[0]]
        for piece in pieces[1:]:
            near = shapely.length(shapely.intersection(shapely.boundary(shapes), shapely.boundary(piece)))
            near[index] = 0.0
            if near.max() > 0:
                to = int(near.argmax())
                shapes[to] = shapely.union(shapes[to], piece)
            elif shapely.area(piece) > 1.0:
                kept.append(piece)
        shapes[index] = shapely.union_all(np.array(kept, dtype=object))
    return shapes
