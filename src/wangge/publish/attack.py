"""The reader who adds and subtracts: how narrowly can every count be known from what is shown?

Interval propagation: what is shown bounds each count of the finest areas; sums over areas and sums inside an area
(frame = confirmed + unconfirmed, leads = outcomes + open) tighten the bounds until nothing moves. Earlier tables are
held to be about the same counts (the careful assumption); where that contradicts itself the counts have changed and
the earlier word is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.publish.draft import BASE, REDACTED, SMALLEST, Draft

Ints = np.ndarray[Any, np.dtype[Any]]
PARTS = {"frame": ("confirmed", "unconfirmed"), "leads": ("outcomes", "open")}
MOST = 2**40
HALF = BASE // 2
ROUNDS = 50


@dataclass
class Bounds:
    """Lowest and highest possible count of every (area, measure), and which of them the draft redacts."""

    areas: list[str]
    measures: list[str]
    low: Ints
    high: Ints
    redacted: Ints

    def recovered(self) -> list[str]:
        """Redacted counts that are known exactly, as `area:measure`."""
        rows, columns = np.nonzero(self.redacted & (self.low == self.high))
        return [f"{self.areas[i]}:{self.measures[j]}" for i, j in zip(rows, columns, strict=True)]


def known_from(draft: Draft, earlier: tuple[pa.Table, ...] = ()) -> Bounds:
    """What a reader knows who has the draft and these earlier tables (RELEASE rows)."""
    shown = draft.rows.to_pylist()
    old = [row for table in earlier for row in table.to_pylist()]
    areas = sorted({str(r["area_code"]) for r in shown + old}, key=lambda a: (len(a), a))
    measures = sorted({str(r["measure"]) for r in shown + old} | {m for k, v in PARTS.items() for m in (k, *v)})
    shape = (len(areas), len(measures))
    bounds = Bounds(areas, measures, np.zeros(shape, np.int64), np.full(shape, MOST), np.zeros(shape, np.bool_))
    where = ({a: i for i, a in enumerate(areas)}, {m: j for j, m in enumerate(measures)})
    for row in shown:
        if len(row["area_code"]) == draft.finest:
            _learn(bounds, where, row, HALF)
            bounds.redacted[where[0][row["area_code"]], where[1][row["measure"]]] = row["shown"] == REDACTED
    for table in earlier:
        _learn_earlier(bounds, where, table)
    _propagate(bounds)
    return bounds


def _learn_earlier(bounds: Bounds, where: tuple[dict[str, int], dict[str, int]], table: pa.Table) -> None:
    """A table that shows any number not rounded to the base is exact; in a rounded one only its finest areas say
    something of their own, and totals that are not the sum of what it shows."""
    rows = table.to_pylist()
    exact = any(r["value"] is not None and (r["value"] % BASE or 0 < r["value"] < SMALLEST) for r in rows)
    finest = max((len(r["area_code"]) for r in rows), default=0)
    sums: dict[tuple[str, str], int] = {}
    for r in rows:
        if len(r["area_code"]) == finest:
            for digits in {len(a) for a in where[0]} - {finest}:
                key = (r["area_code"][:digits], r["measure"])
                sums[key] = sums.get(key, 0) + (r["value"] or 0)
    for r in rows:
        own = (
            len(r["area_code"]) == finest
            or sums.get((r["area_code"], r["measure"])) not in (r["value"], None)
            or ((r["area_code"], r["measure"]) not in sums)
        )
        if exact or (own and r["value"] is not None) or len(r["area_code"]) == finest:
            _learn(bounds, where, r, 0 if exact else HALF)


def _learn(bounds: Bounds, where: tuple[dict[str, int], dict[str, int]], row: dict[str, Any], off: int) -> None:
    i, j = where[0][row["area_code"]], where[1][row["measure"]]
    if row["value"] is not None:
        low, high = row["value"] - off, row["value"] + off
    elif row["shown"] == REDACTED:
        low, high = 0, SMALLEST - 1
    else:
        return
    low, high = max(low, bounds.low[i, j]), min(high, bounds.high[i, j])
    if low <= high:  # else the count has changed since: the earlier word is dropped
        bounds.low[i, j], bounds.high[i, j] = low, high


def _propagate(bounds: Bounds) -> None:
    parents = _parents(bounds.areas)
    for _ in range(ROUNDS):
        before = (bounds.low.copy(), bounds.high.copy())
        for parent in sorted(set(parents[parents >= 0].tolist()), reverse=True):
            _sum_rule(bounds, parent, np.flatnonzero(parents == parent))
        for whole, parts in PARTS.items():
            columns = [bounds.measures.index(m) for m in (whole, *parts)]
            low, high = bounds.low[:, columns].T.copy(), bounds.high[:, columns].T.copy()
            _tighten(low, high)
            bounds.low[:, columns], bounds.high[:, columns] = low.T, high.T
        if (before[0] == bounds.low).all() and (before[1] == bounds.high).all():
            return


def _parents(areas: list[str]) -> Ints:
    """Row of the nearest area above that is in the table; -1 for the topmost."""
    at = {a: i for i, a in enumerate(areas)}
    digits = sorted({len(a) for a in areas}, reverse=True)
    above = [next((at[a[:d]] for d in digits if d < len(a) and a[:d] in at), -1) for a in areas]
    return np.array(above, np.int64)


def _sum_rule(bounds: Bounds, parent: int, children: Ints) -> None:
    rows = np.concatenate([[parent], children])
    low, high = bounds.low[rows], bounds.high[rows]
    _tighten(low, high)
    bounds.low[rows], bounds.high[rows] = low, high


def _tighten(low: Ints, high: Ints) -> None:
    """Row 0 is the sum of the others, column by column; contradictions leave a column as it was."""
    new_low, new_high = low.copy(), high.copy()
    sum_low, sum_high = low[1:].sum(axis=0), high[1:].sum(axis=0)
    new_low[0], new_high[0] = np.maximum(low[0], sum_low), np.minimum(high[0], sum_high)
    new_low[1:] = np.maximum(low[1:], new_low[0] - (sum_high - high[1:]))
    new_high[1:] = np.minimum(high[1:], new_high[0] - (sum_low - low[1:]))
    sound = (new_low <= new_high).all(axis=0)
    low[:, sound], high[:, sound] = new_low[:, sound], new_high[:, sound]
