"""Divide a district into grids (网格) of about 300 dwellings.

What holds of every division: each building lies in exactly one grid, a grid never leaves its community, a grid is one
contiguous piece, and the codes do not depend on the order of the rows. A code is community (12 digits) + number
(3 digits), numbered row by row from north to south, each row from west to east, at first issue; later divisions must
keep codes and are not this function. Source: algorithms 1; Beijing's rule for codes of unit cells (6 + 3 + 3 + 3).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from wangge.geography import anneal
from wangge.geography.tessellate import Geometries, Tessellation, tessellate

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def divide(
    buildings: pa.Table,
    target: int = 300,
    *,
    roads: Geometries | None = None,
    moves_a_building: int = 400,
    seed: int = 1,
) -> pa.Table:
    """Grid codes for buildings. -> table building_id, grid_code (15 digits), in the order given.

    buildings: building_id, lon, lat (degrees, any one CRS), n_dwellings, community_code (12 digits); optional
    `footprint` (WKB) and `compound` (a grid avoids cutting compounds). roads: lines that grids had better not cross.
    """
    order = np.argsort(np.array(buildings["building_id"].to_pylist(), dtype=object), kind="stable")
    rows = buildings.take(pa.array(order))
    ground = tessellate(_footprints(rows))
    cost = border_cost(ground, roads, _codes(rows, "compound"))
    zone = _codes(rows, "community_code")
    weight = rows["n_dwellings"].to_numpy().astype(np.float64)
    label = partition(ground, cost, weight, zone, target, moves_a_building=moves_a_building, seed=seed)
    number = reading_order(label, zone, ground.centres, weight)
    codes = pc.binary_join_element_wise(
        rows["community_code"].cast(pa.string()), pa.array([f"{n:03d}" for n in number[label]]), ""
    )
    back = pa.array(np.argsort(order))
    return pa.table({"building_id": buildings["building_id"], "grid_code": codes.take(back)})


def _footprints(rows: pa.Table) -> Geometries:
    if "footprint" in rows.column_names:
        return np.asarray(shapely.from_wkb(rows["footprint"].to_pylist()))
    return np.asarray(shapely.points(rows["lon"].to_numpy(), rows["lat"].to_numpy()))


def _codes(rows: pa.Table, column: str) -> Ints:
    """Text column -> 0.. in order of the text; all different where the column is absent."""
    if column not in rows.column_names:
        return np.arange(rows.num_rows)
    return np.unique(np.array(rows[column].to_pylist(), dtype=str), return_inverse=True)[1].ravel().astype(np.int64)


def border_cost(ground: Tessellation, roads: Geometries | None = None, compound: Ints | None = None) -> Floats:
    """What it costs to draw a boundary along each border: metres, little along a road, much through a compound."""
    cost = ground.length.copy()
    if roads is not None and len(roads):
        ends = np.stack([ground.centres[ground.left], ground.centres[ground.right]], axis=1)
        tree = shapely.STRtree(shapely.transform(roads, ground.plane.flat))
        cost[np.unique(tree.query(shapely.linestrings(ends), predicate="crosses")[0])] *= 0.15
    if compound is not None:
        cost[compound[ground.left] == compound[ground.right]] *= 4.0
    return cost


def partition(
    ground: Tessellation,
    cost: Floats,
    weight: Floats,
    zone: Ints,
    target: float,
    *,
    slack: float = 0.1,
    balance: float = 150.0,
    moves_a_building: int = 400,
    seed: int = 1,
) -> Ints:
    """Contiguous cells of about `target` weight inside each zone. -> label by building, 0.. over all zones."""
    inside = zone[ground.left] == zone[ground.right]
    left, right = ground.left[inside], ground.right[inside]
    left, right, cost = _bridge(left, right, cost[inside], zone, ground.centres)
    label, wished = _first_cut(ground.centres, weight, zone, target)
    side = np.sqrt(ground.hull.area / len(wished))
    start, to, price = _rows(left, right, cost / side * 2.0, len(weight))
    label = _mend(start, to, price, label)
    return np.asarray(
        anneal.anneal(start, to, price, weight, label, wished, moves_a_building * len(weight), slack, balance, seed)
    )


def _rows(left: Ints, right: Ints, cost: Floats, n: int) -> tuple[Ints, Ints, Floats]:
    """Edges -> compressed rows, both ways."""
    a, b, c = np.r_[left, right], np.r_[right, left], np.r_[cost, cost]
    order = np.lexsort((b, a))
    return np.searchsorted(a[order], np.arange(n + 1)).astype(np.int64), b[order], c[order]


def _bridge(left: Ints, right: Ints, cost: Floats, zone: Ints, at: Floats) -> tuple[Ints, Ints, Floats]:
    """Join the pieces of a zone that is not contiguous itself by their nearest pairs, so that it can be divided."""
    while True:
        start, to, _ = _rows(left, right, cost, len(zone))
        piece = anneal.components(start, to, zone)
        first = np.unique(piece, return_index=True)[1]
        zones, counts = np.unique(zone[first], return_counts=True)
        if (counts == 1).all():
            return left, right, cost
        for z in zones[counts > 1]:
            members = np.flatnonzero(zone == z)
            here = piece[members] == piece[members[0]]
            mine, rest = members[here], members[~here]
            gap = np.hypot(*(at[mine][:, None, :] - at[rest][None, :, :]).transpose(2, 0, 1))
            i, j = np.unravel_index(int(gap.argmin()), gap.shape)
            left, right, cost = np.r_[left, mine[i]], np.r_[right, rest[j]], np.r_[cost, 1.0]


def _first_cut(at: Floats, weight: Floats, zone: Ints, target: float) -> tuple[Ints, Floats]:
    """Halve each zone across its longer side until the parts are as many as its weight asks for."""
    label = np.zeros(len(weight), np.int64)
    wished: list[float] = []
    for z in np.unique(zone):
        members = np.flatnonzero(zone == z)
        k = min(max(1, round(weight[members].sum() / target)), len(members))
        todo = [(members, k)]
        while todo:
            part, n = todo.pop()
            if n == 1:
                label[part] = len(wished)
                wished.append(max(weight[members].sum() / k, 1.0))
            else:
                todo += _halve(at, weight, part, n)
    return label, np.array(wished)


def _halve(at: Floats, weight: Floats, part: Ints, n: int) -> list[tuple[Ints, int]]:
    axis = int(np.argmax(np.ptp(at[part], axis=0)))
    part = part[np.lexsort((part, at[part][:, axis]))]
    total = np.cumsum(weight[part] + 1e-6)
    cut = int(np.searchsorted(total, total[-1] * (n // 2) / n))
    cut = min(max(cut, n // 2), len(part) - (n - n // 2))
    return [(part[:cut], n // 2), (part[cut:], n - n // 2)]


def _mend(start: Ints, to: Ints, price: Floats, label: Ints) -> Ints:
    """Give every stray piece of a cell to the neighbour it borders most, until each cell is one piece."""
    while True:
        piece = anneal.components(start, to, label)
        size = np.bincount(piece)
        owner = label[np.unique(piece, return_index=True)[1]]
        main = np.full(int(label.max()) + 1, -1)
        for p in np.argsort(size, kind="stable"):
            main[owner[p]] = p
        stray = np.flatnonzero(main[owner] != np.arange(len(size)))
        if not len(stray):
            return label
        nodes = np.flatnonzero(piece == stray[0])
        edges = np.concatenate([np.arange(start[v], start[v + 1]) for v in nodes])
        out = edges[piece[to[edges]] != stray[0]]
        label = label.copy()
        label[nodes] = np.bincount(label[to[out]], price[out]).argmax()


def reading_order(label: Ints, zone: Ints, at: Floats, weight: Floats) -> Ints:
    """Number of each label inside its zone, from 1: rows from north to south, each from west to east."""
    mass = weight + 1e-6
    total = np.bincount(label, mass)
    x, y = (np.bincount(label, mass * at[:, i]) / total for i in (0, 1))
    zone_of = zone[np.unique(label, return_index=True)[1]]
    number = np.zeros(len(total), np.int64)
    for z in np.unique(zone_of):
        cells = np.flatnonzero(zone_of == z)
        north = cells[np.lexsort((cells, -y[cells]))]
        bands = np.array_split(north, max(1, round(np.sqrt(len(cells)))))
        read = np.concatenate([band[np.argsort(x[band], kind="stable")] for band in bands])
        number[read] = np.arange(1, len(read) + 1)
    return number


def balance(weight: Floats, label: Ints, tolerance: float = 0.2, target: float = 300.0) -> float:
    """Share of the cells whose weight is within `tolerance` of the target."""
    load = np.bincount(label, weight)
    return float((np.abs(load / target - 1) <= tolerance).mean())
