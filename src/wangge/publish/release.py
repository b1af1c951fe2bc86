"""The gate: counts that may go out, or a refusal with reasons. A refusal is an answer, not a failure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

import pyarrow as pa

from wangge.base.shelf import members
from wangge.publish import checks as shelf
from wangge.publish.draft import Draft, draft, purposes
from wangge.tables.shapes import RELEASE

NO_SUCH_PURPOSE = {
    "zh-hans": "没有规定这一发布目的",
    "zh-hant": "沒有規定這一發布目的",
    "en": "nobody has laid down this purpose",
}
SHOWN_PLACES = 5


class Release(NamedTuple):
    """verdict "released" or "refused"; rows RELEASE (none when refused); reasons as `check:place`."""

    verdict: str
    rows: pa.Table
    reasons: tuple[str, ...]


def release(cells: pa.Table, purpose: str, earlier: Sequence[pa.Table] = ()) -> Release:
    """CELL -> what may be published for a purpose, attacked together with every `earlier` RELEASE table.

    Counts up to 7 are redacted, the rest rounded to 5, totals summed from the rounded counts; areas below the
    purpose's levels are left out. Refused (E8001 says so to a person) when any check of the shelf finds something.
    """
    if purpose not in purposes():
        return Release("refused", RELEASE.empty(), (f"no_such_purpose:{purpose}",))
    proposed = draft(cells, purpose, tuple(RELEASE.hand_over(t) for t in earlier))
    reasons = examine(proposed)
    if reasons:
        return Release("refused", RELEASE.empty(), reasons)
    return Release("released", RELEASE.hand_over(proposed.rows), ())


def examine(proposed: Draft) -> tuple[str, ...]:
    """What the checks of the shelf find, as `check:place`, sorted by check."""
    return tuple(f"{name}:{place}" for name, check in checks().items() for place in check.find(proposed))


@cache
def checks() -> dict[str, ModuleType]:
    """The shelf of checks by name."""
    return members(shelf, ("REASON", "find"))


def explain(reasons: Sequence[str], lang: str = "zh-hans") -> str:
    """Reasons in plain words, with the first places of each: the fact `reason` of E8001."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        name, _, place = reason.partition(":")
        found.setdefault(name, []).append(place)
    parts = []
    for name, places in found.items():
        words = NO_SUCH_PURPOSE if name == "no_such_purpose" else checks()[name].REASON
        more = "" if len(places) <= SHOWN_PLACES else f" +{len(places) - SHOWN_PLACES}"
        parts.append(f"{words[lang]} ({', '.join(places[:SHOWN_PLACES])}{more})")
    return "; ".join(parts)
