"""Coordinate laws: there and back within 0.1 m, identity outside China, shapes and order kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.geography.coordinates import EAST, NORTH, SOUTH, STEPS, WEST, convert, distance_m

INSIDE = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
# Outside by more than the largest shift: at the very edge two origins share one GCJ02 point.
OUTSIDE = st.tuples(st.floats(-179, 179), st.floats(-85, 85)).filter(
    lambda p: p[0] < WEST - 0.02 or p[0] > EAST + 0.02 or p[1] < SOUTH - 0.02 or p[1] > NORTH + 0.02
)
SYSTEM = st.sampled_from(sorted(STEPS))


@given(st.lists(INSIDE | OUTSIDE, max_size=20), SYSTEM, SYSTEM)
def test_from_wgs84_there_and_back_again(points: list[tuple[float, float]], one: str, two: str) -> None:
    lon, lat = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    there = convert(*convert(lon, lat, "WGS84", one), one, two)
    back = convert(*there, two, "WGS84")
    assert (distance_m(lon, lat, *back) < 0.1).all()


@given(OUTSIDE)
def test_gcj02_is_the_identity_outside_china(point: tuple[float, float]) -> None:
    assert convert(*point, "WGS84", "GCJ02") == point
    assert convert(*point, "GCJ02", "WGS84") == point


@given(INSIDE)
def test_gcj02_shifts_inside_china_by_less_than_a_kilometre(point: tuple[float, float]) -> None:
    shifted = convert(*point, "WGS84", "GCJ02")
    assert 1 < float(distance_m(*point, *shifted)) < 1000


@given(INSIDE)
def test_cgcs2000_equals_wgs84(point: tuple[float, float]) -> None:
    assert convert(*point, "WGS84", "CGCS2000") == point


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("WGS84", "GCJ02", (116.41024449916938, 39.91640428150164)),
        ("GCJ02", "BD09", (116.41036949371029, 39.92133699351021)),
    ],
)
def test_published_example(source: str, target: str, expected: tuple[float, float]) -> None:
    """The worked example of the open-source coordtransform, used across map libraries."""
    assert convert(116.404, 39.915, source, target) == pytest.approx(expected, abs=1e-9)


def test_one_point_and_a_grid_of_points_keep_their_shape() -> None:
    assert convert(113.9, 22.5, "WGS84", "BD09")[0].shape == ()
    assert convert(np.full((2, 3), 113.9), np.full((2, 3), 22.5), "BD09", "WGS84")[1].shape == (2, 3)


def test_no_coordinate_stays_no_coordinate() -> None:
    lon, lat = convert([113.9, math.nan], [22.5, math.nan], "GCJ02", "WGS84")
    assert np.isnan([lon[1], lat[1]]).all()
    assert float(distance_m(lon[0], lat[0], *convert(113.9, 22.5, "GCJ02", "WGS84"))) < 1e-6


@pytest.mark.parametrize("crs", ["", "wgs84", "EPSG:3857"])
def test_an_unknown_system_is_refused(crs: str) -> None:
    with pytest.raises(WanggeError, match="E4002"):
        convert(1.0, 2.0, crs, "WGS84")
