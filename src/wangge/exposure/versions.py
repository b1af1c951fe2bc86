"""Versions of a protocol that follow each other: each judges the days on which it is in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.exposure.protocol import SignedProtocol, protocols

DAY = dt.timedelta(days=1)
Between = tuple[dt.date, dt.date]


def versions_of(name: str, shelf: Sequence[SignedProtocol] | None = None) -> list[SignedProtocol]:
    """All signed versions of a disease ("covid"), oldest first; examples answer to their full name only. E5001: none."""
    found = [p for p in (protocols().values() if shelf is None else shelf) if p.name == name and not p.example]
    if not found:
        raise WanggeError("E5001", on=name)
    return sorted(found, key=lambda p: p.start)


def in_force(versions: Sequence[SignedProtocol], on: dt.date) -> SignedProtocol:
    """The one version that covers the day. Raises E5001 (none), E5013 (several)."""
    found = [p for p in versions if p.covers(on)]
    if not found:
        raise WanggeError("E5001", on=on)
    if len(found) > 1:
        raise WanggeError("E5013", on=on, found=", ".join(p.label for p in found))
    return found[0]


def must_join(versions: Sequence[SignedProtocol]) -> None:
    """Versions of one disease follow each other day by day. Raises E5026 for days between two, E5013 for a day of both."""
    ordered = sorted(versions, key=lambda v: v.start)
    for one, other in pairwise(ordered):
        if other.start <= one.end:
            raise WanggeError("E5013", on=other.start, found=f"{one.label}, {other.label}")
        if other.start > one.end + DAY:
            raise WanggeError("E5026", name=one.name, first=one.end + DAY, last=other.start - DAY)


def days_of(
    versions: Sequence[SignedProtocol], cases: pa.Table, as_of: dt.date
) -> list[tuple[SignedProtocol, Between]]:
    """Each version with the days it judges, from the first day that counts for any case to `as_of`.

    A version that stands alone judges all days: whoever names one means it. Raises E5026 for a day that no version
    covers, E5013 for one that two do.
    """
    longest = max([v.lookback_days for v in versions] + [d for v in versions for d in v.lookback_by_kind.values()])
    anchors = pc.min(cases.column("anchor_on")).as_py()
    first = min(anchors - longest * DAY, as_of) if anchors else as_of
    if len(versions) == 1:
        return [(versions[0], (first, as_of))]
    judged = [(v, (max(v.start, first), min(v.end, as_of))) for v in sorted(versions, key=lambda v: v.start)]
    judged = [(v, days) for v, days in judged if days[0] <= days[1]]
    wanted = first
    for version, (opens, closes) in judged:
        if opens > wanted:
            raise WanggeError("E5026", name=version.name, first=wanted, last=opens - DAY)
        if opens < wanted:
            raise WanggeError("E5013", on=opens, found=", ".join(v.label for v, _ in judged))
        wanted = closes + DAY
    if wanted <= as_of:
        raise WanggeError("E5026", name=versions[0].name, first=wanted, last=as_of)
    return judged
