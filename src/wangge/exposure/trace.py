"""Tracing: visits, cases, contact lists and risk areas -> who was exposed, where, when, how near.

The machine proposes; the CDC confirms. Source: workflows 1.11 and 1.12; all numbers come from the protocol.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.exposure import clean
from wangge.exposure.days import DAY_SECONDS, EPOCH, day_start
from wangge.exposure.lists import case_rows, contact_rows, zone_rows
from wangge.exposure.overlap import by_overlap
from wangge.tables import Protocol
from wangge.tables.shapes import EXPOSURE, VISIT

FLAGGED = pa.array(["close", "secondary", "general"])


class Traced(NamedTuple):
    """Exposures, and how many rows were set aside under which number."""

    exposures: pa.Table
    set_aside: dict[str, int]


class Accounted(NamedTuple):
    """Exposures, and for each input its rows, the used ones, and the rest by number: they add up."""

    exposures: pa.Table
    inputs: dict[str, dict[str, int]]

    @property
    def set_aside(self) -> dict[str, int]:
        """All inputs together. -> {"E5003": 12}"""
        total: dict[str, int] = {}
        for counts in self.inputs.values():
            for code, n in counts.items():
                if code.startswith("E"):
                    total[code] = total.get(code, 0) + n
        return dict(sorted(total.items()))


def trace(visits: pa.Table | None, cases: pa.Table, protocol: Protocol, **given: Any) -> Traced:
    """As `trace_with_account`, for those who need no account of each input. -> Traced"""
    found = trace_with_account(visits, cases, protocol, **given)
    return Traced(found.exposures, found.set_aside)


def trace_with_account(
    visits: pa.Table | None,
    cases: pa.Table,
    protocol: Protocol,
    *,
    contacts: pa.Table | None = None,
    zones: pa.Table | None = None,
    residents: pa.Table | None = None,
    isolated: pa.Table | None = None,
    as_of: dt.date,
    n_people: int | None = None,
) -> Accounted:
    """Who shared a place and a time with a case, up to the end of `as_of`. -> Accounted(EXPOSURE, …)

    visits VISIT, cases CASE, zones ZONE; contacts: case_id, person_id, type, and first, last (days) where known;
    residents: person_id, community_code12, and from_on, to_on where known; isolated: person_id, isolated_on of
    contacts. A case infects from lookback_days before onset (before sampling, of the asymptomatic) to isolation.
    Raises E5004 when more than protocol.share_cap of `n_people` would be proposed; without `n_people` nobody checks.
    """
    good_visits, aside_v = clean.usable_visits(VISIT.empty() if visits is None else visits, protocol)
    good_cases, aside_c = clean.usable_cases(cases, protocol, as_of)
    inputs = {"visits": _account(visits, aside_v), "cases": _account(cases, aside_c)}
    parts = [case_rows(good_cases, protocol)]
    if contacts is not None:
        good, aside = clean.usable_contacts(contacts, good_cases, protocol, as_of)
        inputs["contacts"] = _account(contacts, aside)
        parts.append(contact_rows(good, protocol))
    parts += by_overlap(good_visits, good_cases, parts, protocol, as_of, isolated)
    _check_cap(pa.concat_tables(parts), protocol, n_people)
    if zones is not None:
        good, aside = clean.usable_zones(zones, _instant(as_of, 1))
        inputs["zones"] = _account(zones, aside)
        parts.append(zone_rows(good, residents, protocol, as_of))
    exposures = EXPOSURE.hand_over(pa.concat_tables(parts)).sort_by(
        [(c, "ascending") for c in ("person_id", "degree", "case_id", "place_id", "first_at", "evidence")]
    )
    return Accounted(exposures, inputs)


def _check_cap(proposed: pa.Table, protocol: Protocol, n_people: int | None) -> None:
    """Areas announced by the authority are no proposal of the machine, so they do not count against the cap."""
    if n_people is None:
        return
    flagged = proposed.filter(pc.is_in(proposed.column("category"), value_set=FLAGGED)).column("person_id")
    n = pc.count_distinct(flagged).as_py()
    if n > protocol.share_cap * n_people:
        raise WanggeError("E5004", share=f"{n / max(n_people, 1):.1%}", cap=f"{protocol.share_cap:.1%}")


def _account(table: pa.Table | None, aside: dict[str, int]) -> dict[str, int]:
    rows = 0 if table is None else table.num_rows
    return {"rows": rows, "used": rows - sum(aside.values()), **aside}


def _instant(on: dt.date, shift: int) -> dt.datetime:
    seconds = day_start(on) + shift * DAY_SECONDS
    return dt.datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
