"""Coordinates: WGS84, CGCS2000, GCJ02 and BD09, all in degrees; arrays in, arrays out.

CGCS2000 (EPSG:4490) and WGS84 (EPSG:4326) differ by centimetres (ellipsoid by 0.1 mm in the pole, frame by the epoch);
they are treated as one. GCJ02 shifts WGS84 by up to about 700 m inside a rectangle around China and leaves the rest as
it is; BD09 shifts GCJ02 once more. The forward formulas are the published ones; the inverse is found by iteration, so
that there and back differs by less than 0.1 m. At the rectangle's edge the two systems overlap by the shift: a GCJ02
point within 1 km of the edge may have two origins, and the one inside is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wangge.base.errors import WanggeError

Floats: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[Floats, Floats]
Shift: TypeAlias = Callable[[Floats, Floats], Pair]

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # where GCJ02 shifts at all
AXIS, ECCENTRICITY2 = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ02 uses it
BD_TURN = np.pi * 3000.0 / 180.0
ROUNDS, CLOSE = 12, 1e-10  # iterations; degrees, about a hundredth of a millimetre

# steps from WGS84: how many shifts a system stands away from it
STEPS = {"WGS84": 0, "CGCS2000": 0, "GCJ02": 1, "BD09": 2}


def convert(lon: ArrayLike, lat: ArrayLike, source: str, target: str) -> Pair:
    """Longitudes and latitudes (degrees) from one system to another. -> two float arrays of the same shape.

    Systems: WGS84, CGCS2000, GCJ02, BD09 (E4002 for others). NaN stays NaN.
    """
    for crs in (source, target):
        if crs not in STEPS:
            raise WanggeError("E4002", crs=crs)
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    for step in range(STEPS[source], STEPS[target]):
        x, y = (_gcj_from_wgs, _bd_from_gcj)[step](x, y)
    for step in range(STEPS[source] - 1, STEPS[target] - 1, -1):
        x, y = (_wgs_from_gcj, _gcj_from_bd)[step](x, y)
    return np.asarray(x), np.asarray(y)


def distance_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Metres between points of one system, on a sphere (haversine, radius 6,371,008.8 m)."""
    a, b, c, d = (np.radians(np.asarray(v, dtype=np.float64)) for v in (lon1, lat1, lon2, lat2))
    h = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return np.asarray(2 * 6_371_008.8 * np.arcsin(np.sqrt(h)), np.float64)


def _inside(lon: Floats, lat: Floats, edge: float = 0.0) -> NDArray[np.bool_]:
    return (lon >= WEST - edge) & (lon <= EAST + edge) & (lat >= SOUTH - edge) & (lat <= NORTH + edge)


def _gcj_from_wgs(lon: Floats, lat: Floats) -> Pair:
    return _where(_inside(lon, lat), _gcj_shift(lon, lat), (lon, lat))


def _wgs_from_gcj(lon: Floats, lat: Floats) -> Pair:
    x, y = _inverse(_gcj_shift, lon, lat)
    return _where(_inside(x, y, edge=CLOSE * 10), (x, y), (lon, lat))  # the inverse may miss the edge by a hair


def _where(true: NDArray[np.bool_], then: Pair, otherwise: Pair) -> Pair:
    return np.where(true, then[0], otherwise[0]), np.where(true, then[1], otherwise[1])


def _gcj_shift(lon: Floats, lat: Floats) -> Pair:
    """GCJ02 without its rectangle: polynomials and sines around 105 E, 35 N, then metres to degrees."""
    east, north = _bend(lon - 105.0, lat - 35.0)
    sine = np.sin(np.radians(lat))
    magic = 1.0 - ECCENTRICITY2 * sine * sine
    root = np.sqrt(magic)
    dlon = np.degrees(east / (AXIS / root * np.cos(np.radians(lat))))
    dlat = np.degrees(north / (AXIS * (1.0 - ECCENTRICITY2) / (magic * root)))
    return lon + dlon, lat + dlat


def _bend(x: Floats, y: Floats) -> Pair:
    """Metres east and north."""
    s, pi = np.sin, np.pi
    root = np.sqrt(np.abs(x))
    waves = 20.0 * s(6.0 * x * pi) + 20.0 * s(2.0 * x * pi)
    along = 20.0 * s(x * pi) + 40.0 * s(x / 3.0 * pi) + 150.0 * s(x / 12.0 * pi) + 300.0 * s(x / 30.0 * pi)
    across = 20.0 * s(y * pi) + 40.0 * s(y / 3.0 * pi) + 160.0 * s(y / 12.0 * pi) + 320.0 * s(y * pi / 30.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (waves + along) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (waves + across) * 2.0 / 3.0
    return east, north


def _bd_from_gcj(lon: Floats, lat: Floats) -> Pair:
    """The shift of BD09, everywhere."""
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def _gcj_from_bd(lon: Floats, lat: Floats) -> Pair:
    return _inverse(_bd_from_gcj, lon, lat)


def _inverse(shift: Shift, lon: Floats, lat: Floats) -> Pair:
    """The point whose shift lands here. The shift hardly changes over its own length, so iterating converges."""
    x, y = lon.copy(), lat.copy()
    for _ in range(ROUNDS):
        there_x, there_y = shift(x, y)
        off_x, off_y = there_x - lon, there_y - lat
        x, y = x - off_x, y - off_y
        if np.nanmax(np.abs(np.concatenate([off_x.ravel(), off_y.ravel(), [0.0]]))) < CLOSE:
            break
    return x, y
