"""Writes about the ground."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import shapely

from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.geography.models import Area, Dwelling

# About one metre: finer than a screen shows, and a sixth of the bytes.
SCREEN_TOLERANCE, SCREEN_DIGITS = 0.00001, 6


@action("install.make")
def load_ground(*, areas: pa.Table, dwellings: pa.Table, by: Any, purpose: str) -> dict[str, int]:
    """Load areas (AREA) and the frame of dwellings (DWELLING). Codes are identities: known ones are brought up to date."""
    shapes = pa.array([screen_shape(wkb) for wkb in areas.column("polygon").to_pylist()], pa.string())
    flat = areas.drop_columns(["polygon"]).append_column("shape", shapes)
    loaded = {"areas": upsert(Area, flat), "dwellings": upsert(Dwelling, dwellings)}
    note(**loaded)  # type: ignore[arg-type]
    return loaded


def screen_shape(wkb: bytes | None) -> str | None:
    """A polygon for the screen: simplified GeoJSON geometry as text, or None."""
    if wkb is None:
        return None
    shape = shapely.from_wkb(wkb).simplify(SCREEN_TOLERANCE)
    return json.dumps(json.loads(shapely.to_geojson(shapely.set_precision(shape, 10**-SCREEN_DIGITS))))
