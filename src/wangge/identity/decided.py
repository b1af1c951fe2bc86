"""What people settled, kept from run to run: two rows are one person, are two, or the word is taken back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array
from wangge.identity.known import DECIDED, NO_ROWS, Known

VERDICTS = ("same", "different", "undo")
Named = tuple[str, str, int]  # list, batch, row; an empty batch is the newest that holds the row


class Decided(NamedTuple):
    """`table` (known.DECIDED): all that hold; those of rows that are not there (yet) have -1 and wait. `asked`: rows
    whose decisions changed. `waiting` and `undone` count."""

    table: pa.Table
    asked: Array
    waiting: int
    undone: int


class Places:
    """Where a row stands among all rows, by its name."""

    def __init__(self, batches: list[tuple[str, str]], place: Array, row: Array, live: Array) -> None:
        self.batches, self.place, self.row, self.live = batches, place, row, live
        self.cache: dict[int, Array] = {}

    def of(self, name: Named) -> tuple[int, str]:
        """-> (place of the row or -1, its batch)"""
        for i in range(len(self.batches) - 1, -1, -1):
            one, batch = self.batches[i]
            if one == name[0] and name[1] in ("", batch):
                at = self._rows(i)
                if name[2] < at.size and at[name[2]] >= 0:
                    return int(at[name[2]]), batch
        return -1, name[1]

    def _rows(self, i: int) -> Array:
        if i not in self.cache:
            at = np.flatnonzero((self.place == i) & self.live)
            out = np.full(int(self.row[at].max(initial=0)) + 1, -1, np.int64)
            out[self.row[at]] = at
            self.cache[i] = out
        return self.cache[i]


def decide(known: Known, given: list[dict[str, Any]], places: Places, heir: dict[int, int]) -> Decided:
    """Decisions of before and those `given` (DECISION rows, the later one counts). `heir` names the rows that took the
    place of others."""
    held: dict[tuple[Any, Any], dict[str, Any]] = {}
    asked: set[int] = set()
    for one in known.decisions.to_pylist():
        new = _placed(one, places, heir)
        held[_pair(new)] = new
        if (new["a"], new["b"]) != (one["a"], one["b"]):
            asked |= {new["a"], new["b"]}
    undone = 0
    for one in given:
        if one["verdict"] == "undo":
            for pair in [pair for pair in held if _is_meant(pair, one)]:
                gone = held.pop(pair)
                undone, asked = undone + 1, asked | {gone["a"], gone["b"]}
            continue
        new = _placed(one | {"a": -1, "b": -1}, places, heir)
        before = held.pop(_pair(new), None)
        held[_pair(new)] = new
        if before is None or before["verdict"] != new["verdict"]:
            asked |= {new["a"], new["b"]}
    table = pa.Table.from_pylist(list(held.values()), schema=DECIDED)
    rows = np.array(sorted(asked - {-1}), np.int64) if asked else NO_ROWS
    waiting = sum(one["a"] < 0 or one["b"] < 0 for one in held.values())
    return Decided(table, rows, waiting, undone)


def _placed(one: dict[str, Any], places: Places, heir: dict[int, int]) -> dict[str, Any]:
    """The decision with the places of its rows today; a row that was corrected hands it on."""
    new = dict(one)
    for end in "ab":
        at = heir.get(one[end], -1) if one[end] in heir else -1
        if at >= 0:
            new[end], new[f"batch_{end}"] = at, places.batches[int(places.place[at])][1]
        else:
            name = (one[f"list_{end}"], one[f"batch_{end}"] or "", int(one[f"row_{end}"]))
            new[end], new[f"batch_{end}"] = places.of(name)
    return new


def _is_meant(pair: tuple[Any, Any], one: dict[str, Any]) -> bool:
    """Whether an undoing means the decision of this pair; where it names no file, whichever file."""
    ends = [(one[f"list_{e}"], one[f"batch_{e}"] or "", int(one[f"row_{e}"])) for e in "ab"]

    def fits(end: tuple[Any, ...], named: tuple[Any, ...]) -> bool:
        return end[0] == named[0] and end[2] == named[2] and named[1] in ("", end[1])

    return any(fits(pair[0], ends[i]) and fits(pair[1], ends[1 - i]) for i in (0, 1))


def _pair(one: dict[str, Any]) -> tuple[Any, Any]:
    """Two rows, whichever is named first."""
    ends = [(one[f"list_{e}"], one[f"batch_{e}"], one[f"row_{e}"]) for e in "ab"]
    return (min(ends), max(ends))
