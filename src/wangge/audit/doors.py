"""The coverage ledger as a tree: what a row of a dwelling unit is sworn on, and the root of a grid's rows.

Rows are never changed: a correction is a new row that names the hash of the one before. The root of a grid on a day is over
the newest row of each of its units, in the order of their ids; it stands in an entry of the audit log. verifier.py checks
both without anything of wangge. Changing `door_entry` changes every hash; then DOOR_FORM must change too.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence

from wangge.audit.tree import Spot, inclusion_path
from wangge.audit.verifier import Growing

DOOR_FORM = 1


def door_entry(
    *, unit: str, grid: str, area_version: str, on: dt.date, state: str, roster_n: int | None,
    roster_closed_on: dt.date | None, confirmed_on: dt.date | None, method: str | None, by: int | None,
    evidence: str, prev: bytes | None,
) -> bytes:  # fmt: skip
    """One row as one line of JSON: keys sorted, no spaces. `unit` is a place and `by` an account's number: no personal value.

    evidence: the hash of the answer it rests on, or empty; prev: the hash of the unit's row before this one.
    """
    body = {
        "form": DOOR_FORM, "unit": unit, "grid": grid, "area_version": area_version, "on": on.isoformat(), "state": state,
        "roster_n": roster_n, "roster_closed_on": _day(roster_closed_on), "confirmed_on": _day(confirmed_on),
        "method": method, "by": by, "evidence": evidence, "prev": prev.hex() if prev else None,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def grid_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in their order."""
    tree = Growing()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def grid_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Hashes that lead from one leaf to the root over all of them. Raises IndexError outside."""
    tree = Growing()
    known: dict[Spot, bytes] = {(0, i): leaf for i, leaf in enumerate(leaves)}
    for leaf in leaves:
        known |= {(level, at): made for level, at, made in tree.append(leaf)}

    def read(spots: Iterable[Spot]) -> Mapping[Spot, bytes]:
        return {spot: known[spot] for spot in spots}

    return inclusion_path(index, len(leaves), read)
