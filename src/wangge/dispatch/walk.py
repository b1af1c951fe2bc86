"""The walking order of a worker's list: red doors first, then yellow, then blue, each the short way round."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.dispatch.kernels import Numbers, walking_order

METRES_A_DEGREE = 111_195.0


def walk(tasks: pa.Table, doors_a_day: int) -> pa.Table:
    """Tasks with worker_id, strength (1 red), lon, lat -> the same tasks with `order` from 1 for each worker.

    Inside a grade the order is nearest-next and 2-opt, a day's doors at a time. Doors without coordinates come last
    inside their grade, by id. Tasks of nobody get no order. Straight lines, so walls are not seen.
    """
    placed = pc.is_valid(tasks.column("lon"))
    tasks = tasks.append_column("unplaced", pc.cast(pc.invert(placed), pa.int8()))
    keys = ("worker_id", "strength", "unplaced", "lon", "lat", "dwelling_id", "household_id", "task_id")
    tasks = tasks.sort_by([(k, "ascending") for k in keys])
    worker = tasks.column("worker_id").combine_chunks().dictionary_encode()
    who = np.asarray(pc.fill_null(worker.indices, -1)).astype(np.int64)
    strength, unplaced = (np.asarray(tasks.column(c)) for c in ("strength", "unplaced"))
    rows = np.flatnonzero((who >= 0) & (unplaced == 0))
    order = np.arange(who.size)
    order[rows] = rows[_route(tasks.take(pa.array(rows)), who[rows], strength[rows], doors_a_day)]
    tasks = tasks.take(pa.array(order))
    return tasks.append_column("order", _ranks(who))


def _route(tasks: pa.Table, who: Numbers, strength: Numbers, doors_a_day: int) -> Numbers:
    lon, lat = (np.asarray(tasks.column(c)) for c in ("lon", "lat"))
    x = lon * METRES_A_DEGREE * np.cos(np.radians(lat.mean() if lat.size else 0.0))
    y = lat * METRES_A_DEGREE
    changes = (who[1:] != who[:-1]) | (strength[1:] != strength[:-1])
    leg = np.concatenate([np.zeros(min(1, who.size), np.int64), np.cumsum(changes)]) if who.size else who
    first = np.flatnonzero(np.concatenate([[True], changes])) if who.size else who
    fresh = np.concatenate([[True], who[first][1:] != who[first][:-1]]) if who.size else np.zeros(0, np.bool_)
    return np.asarray(walking_order(x, y, leg.astype(np.int64), fresh, doors_a_day))


def _ranks(who: Numbers) -> pa.Array:
    """1, 2, 3 … inside each worker's run; null where there is no worker."""
    index = np.arange(who.size)
    starts = np.where(np.concatenate([[True], who[1:] != who[:-1]]), index, 0) if who.size else index
    return pa.array(index - np.maximum.accumulate(starts) + 1, pa.int32(), mask=who < 0)
