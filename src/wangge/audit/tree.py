"""Proofs about a log: that an entry stands in it, that a later log begins with an earlier one. RFC 6962, 2.1.1 and 2.1.2.

The tree is never held whole. Whoever keeps the complete subtrees (PostgreSQL, a list in a test) hands over `read`, which
brings those asked for: a proof needs about two for each doubling of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wangge.audit.verifier import EMPTY, node_hash

Spot = tuple[int, int]  # (level, index): the subtree over leaves index << level up to (index + 1) << level
Read = Callable[[Iterable[Spot]], Mapping[Spot, bytes]]


def edge_spots(size: int) -> list[Spot]:
    """The complete subtrees a log of `size` falls into, largest first: all that appending needs to know."""
    spots, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            spots.append((level, start >> level))
            start += 1 << level
    return spots


def inclusion_path(index: int, size: int, read: Read) -> list[bytes]:
    """Hashes that lead from leaf `index` to the root at `size`, lowest first. Raises IndexError outside the log."""
    if not 0 <= index < size:
        raise IndexError(index)
    return _roots(_inclusion(index, 0, size), read)


def consistency_path(first: int, second: int, read: Read) -> list[bytes]:
    """Hashes that show the log of `second` to begin with that of `first`. Raises IndexError unless 0 < first <= second."""
    if not 0 < first <= second:
        raise IndexError(first)
    return _roots(_consistency(first, 0, second, whole=True), read)


def root_at(size: int, read: Read) -> bytes:
    """The root of the first `size` entries."""
    return _roots([(0, size)], read)[0] if size else EMPTY


def _split(start: int, end: int) -> int:
    """Where a tree over leaves start..end parts: after the largest power of two smaller than its size."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _inclusion(index: int, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of leaves whose roots make the path. `index` counts from the log's begin."""
    if end - start == 1:
        return []
    middle = _split(start, end)
    if index < middle:
        return [*_inclusion(index, start, middle), (middle, end)]
    return [*_inclusion(index, middle, end), (start, middle)]


def _consistency(first: int, start: int, end: int, *, whole: bool) -> list[tuple[int, int]]:
    """The same for two sizes; `whole`: the earlier tree's root is known to whoever checks."""
    if first == end:
        return [] if whole else [(start, end)]
    middle = _split(start, end)
    if first <= middle:
        return [*_consistency(first, start, middle, whole=whole), (middle, end)]
    return [*_consistency(first, middle, end, whole=False), (start, middle)]


def _roots(ranges: list[tuple[int, int]], read: Read) -> list[bytes]:
    """Roots over ranges of leaves, read at once."""
    spots = [_cover(start, end) for start, end in ranges]
    known = read({spot for some in spots for spot in some})
    return [_joined([known[spot] for spot in some]) for some in spots]


def _cover(start: int, end: int) -> list[Spot]:
    """Complete subtrees that make up a range, left to right. The ranges of a proof always begin at a subtree's edge."""
    return [(level, (start >> level) + index) for level, index in edge_spots(end - start)]


def _joined(hashes: list[bytes]) -> bytes:
    top = hashes[-1]
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top
