"""Coordinates -> places: square cells of equal size, with the accuracy of the fix and the cell's border taken into account.

A fix with an accuracy of r metres surely stands in a cell when its whole circle does; otherwise it possibly stands in
every cell that the circle touches. To lose nobody who stood just across a border, the circle is made wider by half the
distance that counts as near: whoever was within that distance shares at least one cell, as a possibility.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.exposure.days import Ints

CELL = "cell:"  # marks places that are cells; cell:SIDE:ROW:COLUMN
METRES_A_DEGREE = 111_195.08  # of latitude, on a sphere of radius 6,371,008.8 m
FARTHEST_FIX = 500  # metres; a fix less accurate than this tells no place
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def cell_visits(visits: pa.Table, side: int = 50, near: int = 2) -> tuple[pa.Table, Ints]:
    """Visits with lon, lat (WGS84, degrees) and accuracy (metres; null: 10) -> the same with place_id, row by row and cell.

    Each visit gives one row a cell in which it may have been; where that is not certain, start_by and end_from say that
    no moment is. `side` is the cell's in metres, `near` the distance that counts as near.
    -> (visits with place_id, the row each came from). Rows whose place nobody can tell (no fix, one outside the globe,
    one less accurate than 500 m) keep one row with an empty place_id. Raises E5029 where `near` is more than `side`.
    """
    if near > side or side <= 0:
        raise WanggeError("E5029", side=side, near=near)
    lon, lat, radius = (
        np.asarray(pc.cast(visits.column(n), pa.float64()).fill_null(np.nan)) for n in ("lon", "lat", "accuracy")
    )
    radius = np.where(np.isnan(radius), 10.0, radius)
    told = (np.abs(lat) <= 85) & (np.abs(lon) <= 180) & (radius >= 0) & (radius <= FARTHEST_FIX)
    home = told & _one_cell(lon, lat, radius, side)
    at, row, column = _touched(np.where(told, lon, 0.0), np.where(told, lat, 0.0), radius + near / 2, told, side)
    own = _home(lon[at], lat[at], side)
    sure = home[at] & (row == own[0]) & (column == own[1])
    rows = np.concatenate([at, np.flatnonzero(~told)])
    made = visits.take(pa.array(rows))
    text = [pa.array(v).cast(pa.string()) for v in (row, column)]
    place = pc.binary_join_element_wise(f"{CELL}{side}", text[0], text[1], ":")
    place = pa.concat_arrays([place, pa.nulls(rows.size - at.size, pa.string())])
    doubt = pa.array(np.concatenate([~sure, np.zeros(rows.size - at.size, bool)]))
    return _placed(made, place, doubt), rows


def _placed(visits: pa.Table, place: pa.Array, doubt: pa.Array) -> pa.Table:
    """With place_id, and no certain moment where the cell is doubtful."""
    made = visits.drop_columns([n for n in ("place_id",) if n in visits.column_names]).append_column("place_id", place)
    for name, never in (("start_by", "end_at"), ("end_from", "start_at")):
        told = made.column(name) if name in made.column_names else pa.nulls(made.num_rows, pa.timestamp("s", tz="UTC"))
        shown = pc.if_else(doubt, made.column(never), told)
        made = made.drop_columns([name]) if name in made.column_names else made
        made = made.append_column(name, shown)
    return made


def _home(lon: Floats, lat: Floats, side: int) -> tuple[Ints, Ints]:
    """Row and column of the cell of each point. Columns of a row are as wide as its southern edge makes them."""
    row = np.floor(lat * METRES_A_DEGREE / side)
    return row.astype(np.int64), np.floor(lon * _metres_east(row, side) / side).astype(np.int64)


def _metres_east(row: Floats | Ints, side: int) -> Floats:
    """Metres of a degree of longitude in this row of cells."""
    return np.asarray(METRES_A_DEGREE * np.cos(np.radians(row * side / METRES_A_DEGREE)))


def _one_cell(lon: Floats, lat: Floats, radius: Floats, side: int) -> Ints:
    """Whether the whole circle lies in the point's own cell."""
    y = lat * METRES_A_DEGREE
    row = np.floor(y / side)
    x = lon * _metres_east(row, side)
    return np.asarray(
        (np.minimum(y % side, side - y % side) >= radius) & (np.minimum(x % side, side - x % side) >= radius)
    )


def _touched(lon: Floats, lat: Floats, radius: Floats, told: Ints, side: int) -> tuple[Ints, Ints, Ints]:
    """Every cell that the box around each circle touches. -> point, row, column"""
    y = lat * METRES_A_DEGREE
    low, high = (np.floor((y + sign * radius) / side).astype(np.int64) for sign in (-1, 1))
    at = np.repeat(np.flatnonzero(told), (high - low + 1)[told])
    row = low[at] + _counted((high - low + 1)[told])
    x = lon[at] * _metres_east(row, side)
    left, right = (np.floor((x + sign * radius[at]) / side).astype(np.int64) for sign in (-1, 1))
    wide = right - left + 1
    again = np.repeat(np.arange(at.size), wide)
    return at[again], row[again], left[again] + _counted(wide)


def _counted(sizes: Ints) -> Ints:
    """0, 1, … in each group of these sizes."""
    return np.asarray(np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes))
