"""What a file of a known list is: the same file again, a corrected edition of an earlier one, or more rows.

Nobody says so on the file; its rows do. Where at least half of them stand, word for word, in the same rows of one
earlier file, it is that file corrected and takes its place. Its rows inherit from those they replace, so that people
keep their ids: the same words in the same row, then the same words anywhere, then the same row with name or number equal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array
from wangge.identity.content import digests
from wangge.identity.known import NO_ROWS, Known, rows_of

SAME, NEW, MORE, FIRST = "same", "new", "more", "first"
SHARE = 0.5


class Edition(NamedTuple):
    """`kind`: first, same, new or more. A new edition replaces the batch at `place`: its rows `gone`, of which each new
    row inherits from `heir_of` (or -1). `share` of the rows are as they were."""

    kind: str
    place: int = -1
    gone: Array = NO_ROWS
    heir_of: Array = NO_ROWS
    share: float = 0.0


def live_batches(known: Known, name: str) -> list[int]:
    """Places of the files of a list that nothing has replaced, oldest first."""
    return [i for i, b in enumerate(known.batches) if b.list == name and not b.by]


def is_same_file(known: Known, name: str, batch: str) -> bool:
    """Whether this very file is known."""
    return any(known.batches[i].batch == batch for i in live_batches(known, name))


def edition_of(known: Known, name: str, good: pa.Table, by_hand: str = "") -> Edition:
    """The good rows of a file of list `name`, seen against what is known. `by_hand` ("new" or "more") decides."""
    places = live_batches(known, name)
    nothing = np.full(good.num_rows, -1, np.int64)
    if not places:
        return Edition(FIRST, heir_of=nothing)
    if by_hand == MORE:
        return Edition(MORE, heir_of=nothing)
    said, row = digests(good), good.column("row").to_numpy()
    place_of, row_of = known.column("place"), known.column("row")
    rows = [np.flatnonzero((place_of == place) & (known.person >= 0)) for place in places]
    shares = [_share(known, at, row_of, said, row) for at in rows]
    best = max(range(len(places)), key=lambda i: (shares[i], places[i]))
    if shares[best] < SHARE and by_hand != NEW:
        return Edition(MORE, heir_of=nothing, share=shares[best])
    theirs = digests(rows_of(known, rows[best]))
    heirs = _heirs(known, good, said, row, rows[best], theirs)
    return Edition(NEW, places[best], rows[best], heirs, shares[best])


def _share(known: Known, at: Array, row_of: Array, said: Array, row: Array) -> float:
    """The share of the new rows that stand word for word in the same row among `at`."""
    across = _at_row(row_of[at], row)
    there = np.flatnonzero(across >= 0)
    places, back = np.unique(at[across[there]], return_inverse=True)
    same = digests(rows_of(known, places))[back] == said[there]
    return float(same.sum() / max(row.size, 1))


def _at_row(held: Array, row: Array) -> Array:
    """For each row number the place among `held` that holds it, or -1."""
    if not held.size:
        return np.full(row.size, -1, np.int64)
    order = np.argsort(held, kind="stable")
    at = order[np.minimum(np.searchsorted(held[order], row), held.size - 1)]
    return np.where(held[at] == row, at, -1)


def _heirs(known: Known, good: pa.Table, said: Array, row: Array, gone: Array, theirs: Array) -> Array:
    """The replaced row of each new row, or -1; none is replaced twice."""
    heir = np.full(row.size, -1, np.int64)
    if not gone.size or not row.size:
        return heir
    across = _at_row(known.column("row")[gone], row)
    same = (across >= 0) & (theirs[across] == said)
    heir[same] = across[same]
    _match_elsewhere(heir, said, theirs)
    left = np.flatnonzero((heir < 0) & (across >= 0) & ~np.isin(across, heir))
    alike = np.zeros(left.size, np.bool_)
    for name in ("name", "id_number"):
        old = rows_of(known, gone, [name])[name].take(pa.array(across[left]))
        alike |= pc.fill_null(pc.equal(old, good[name].take(pa.array(left))), False).to_numpy().astype(np.bool_)
    heir[left[alike]] = across[left[alike]]
    return np.where(heir >= 0, gone[heir], -1)


def _match_elsewhere(heir: Array, said: Array, theirs: Array) -> None:
    """Rows that moved: the same words in another row, copies in their order."""
    new = np.flatnonzero(heir < 0)
    old = np.setdiff1d(np.arange(theirs.size), heir[heir >= 0])
    new, old = new[np.argsort(said[new], kind="stable")], old[np.argsort(theirs[old], kind="stable")]
    i = np.searchsorted(theirs[old], said[new]) + _nth(said[new])
    ok = i < old.size
    ok[ok] = theirs[old[i[ok]]] == said[new[ok]]
    heir[new[ok]] = old[i[ok]]


def _nth(ordered: Array) -> Array:
    """How many equal values stand before each, in sorted values."""
    place = np.arange(ordered.size)
    begins = np.r_[True, ordered[1:] != ordered[:-1]][: ordered.size]
    counted: Array = place - np.maximum.accumulate(np.where(begins, place, 0)) if place.size else place
    return counted
