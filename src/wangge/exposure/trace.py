"""Tracing: visits, cases, contact lists and risk areas -> who was exposed, where, when, how near.

The machine proposes; the CDC confirms. Source: workflows 1.11 and 1.12; all numbers come from the protocol.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.exposure import clean
from wangge.exposure.clean import tally
from wangge.exposure.days import DAY_SECONDS, EPOCH, day_start
from wangge.exposure.index import Index
from wangge.exposure.lists import case_rows, contact_rows, zone_rows
from wangge.exposure.overlap import by_overlap
from wangge.exposure.protocol import SignedProtocol, signed
from wangge.exposure.travel import co_travellers, usable_tickets
from wangge.exposure.versions import days_of, in_force
from wangge.tables import Protocol
from wangge.tables.shapes import EXPOSURE, VISIT

FLAGGED = pa.array(["close", "secondary", "general"])
ORDER = [(c, "ascending") for c in ("person_id", "degree", "case_id", "place_id", "first_at", "evidence")]


class Traced(NamedTuple):
    """Exposures, and how many rows were set aside under which number."""

    exposures: pa.Table
    set_aside: dict[str, int]


class Accounted(NamedTuple):
    """Exposures; for each input its rows, the used ones, and the rest by number: they add up; and what is doubted.

    `held`: input, row (from 1), code of every row set aside. `doubts`: rows that are used with a doubt, places and
    contacts that list nobody, by number. `n_met`: people who shared any time with a case, however short.
    """

    exposures: pa.Table
    inputs: dict[str, dict[str, int]]
    held: pa.Table
    doubts: dict[str, int]
    n_met: int
    crowded: list[str]

    @property
    def set_aside(self) -> dict[str, int]:
        """All inputs together. -> {"E5003": 12}"""
        return tally(self.held.column("code"))


@dataclass
class _Run:
    """What comes together in one run."""

    parts: list[pa.Table] = field(default_factory=list)
    inputs: dict[str, dict[str, int]] = field(default_factory=dict)
    held: list[pa.Table] = field(default_factory=list)
    doubts: dict[str, int] = field(default_factory=dict)
    met: list[pa.Array] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)

    def accounted(self) -> Accounted:
        if self.crowded:
            self.doubt({"E5022": len(self.crowded)})
        exposures = EXPOSURE.hand_over(pa.concat_tables(self.parts)).sort_by(ORDER)
        n_met = pc.count_distinct(pa.chunked_array(self.met, pa.string())).as_py()
        doubts = dict(sorted(self.doubts.items()))
        return Accounted(exposures, self.inputs, pa.concat_tables(self.held), doubts, n_met, self.crowded)

    def sort_out(self, name: str, table: pa.Table | Index | None, found: clean.Sorted) -> pa.Table:
        """Account for one input. -> its usable rows"""
        rows = table.num_rows if isinstance(table, pa.Table) else 0
        self.inputs[name] = {"rows": rows, "used": rows - found.held.num_rows, **found.aside}
        self.held.append(
            found.held.add_column(0, "input", pa.repeat(pa.scalar(name, pa.string()), found.held.num_rows))
        )
        self.doubt(found.doubts)
        return found.good

    def doubt(self, counts: dict[str, int]) -> None:
        for code, n in counts.items():
            self.doubts[code] = self.doubts.get(code, 0) + n


def trace(visits: pa.Table | Index | None, cases: pa.Table, protocol: Protocol, **given: Any) -> Traced:
    """As `trace_with_account`, for those who need no account of each input. -> Traced"""
    found = trace_with_account(visits, cases, protocol, **given)
    return Traced(found.exposures, found.set_aside)


def trace_with_account(
    visits: pa.Table | Index | None,
    cases: pa.Table,
    protocol: Protocol | Sequence[Protocol],
    *,
    contacts: pa.Table | None = None,
    zones: pa.Table | None = None,
    residents: pa.Table | None = None,
    isolated: pa.Table | None = None,
    tickets: pa.Table | None = None,
    as_of: dt.date,
    n_people: int | None = None,
    share_cap: float | None = None,
) -> Accounted:
    """Who shared a place and a time with a case, up to the end of `as_of`. -> Accounted(EXPOSURE, …)

    visits VISIT, or an Index of usable ones; cases CASE, zones ZONE; contacts: case_id, person_id, type, and first,
    last (days) where known; residents: person_id, community_code12, and from_on, to_on where known; isolated:
    person_id, isolated_on of contacts; tickets as in `travel.py`. A case infects from lookback_days before onset
    (before sampling, of the asymptomatic) to isolation. Several protocols: each judges its own days, which must leave
    no gap (E5026) and not meet twice (E5013). Raises E5004 when more than protocol.share_cap of `n_people` would be
    proposed, unless `share_cap` says by name how many may be; without `n_people` nobody checks.
    """
    versions = [signed(p) for p in (protocol if isinstance(protocol, Sequence) else [protocol])]
    newest = in_force(versions, as_of) if len(versions) > 1 else versions[-1]
    run = _Run()
    if not isinstance(visits, Index):
        given = VISIT.empty() if visits is None else visits
        visits = run.sort_out("visits", given, clean.usable_visits(given, newest))
    good_cases = run.sort_out("cases", cases, clean.usable_cases(cases, newest, as_of))
    run.parts.append(case_rows(good_cases, newest))
    spans = days_of(versions, good_cases, as_of)
    usable = {v.label: good_cases if v is newest else clean.usable_cases(cases, v, as_of).good for v, _ in spans}
    if contacts is not None:
        good = run.sort_out("contacts", contacts, clean.usable_contacts(contacts, good_cases, newest, as_of))
        run.parts.append(contact_rows(good, newest))
    if tickets is not None:
        good = run.sort_out("tickets", tickets, usable_tickets(tickets))
        run.parts += [co_travellers(good, usable[v.label], v, days) for v, days in spans]
    for version, days in spans:
        found = by_overlap(visits, usable[version.label], run.parts, version, days, isolated)
        run.parts += _capped(found.rows, version, run)
        run.met.append(found.met)
        run.crowded = sorted({*run.crowded, *found.crowded})
    _check_cap(pa.concat_tables(run.parts), share_cap or newest.share_cap, n_people)
    if zones is not None:
        good = run.sort_out("zones", zones, clean.usable_zones(zones, _instant(as_of, 1)))
        run.parts.append(zone_rows(good, residents, newest, as_of))
    return run.accounted()


def _capped(rows: list[pa.Table], protocol: SignedProtocol, run: _Run) -> list[pa.Table]:
    """Second-degree rows without those of a contact who would propose more people than the cap: a person must look."""
    first, second = rows
    by = second.group_by("case_id").aggregate([("person_id", "count_distinct")])
    many = by.filter(pc.greater(by.column("person_id_count_distinct"), protocol.second_degree_cap)).column("case_id")
    if not len(many):
        return rows
    run.doubt({"E5027": len(many)})
    return [first, second.filter(pc.invert(pc.is_in(second.column("case_id"), value_set=many.combine_chunks())))]


def _check_cap(proposed: pa.Table, cap: float, n_people: int | None) -> None:
    """Areas announced by the authority are no proposal of the machine, so they do not count against the cap."""
    if n_people is None:
        return
    flagged = proposed.filter(pc.is_in(proposed.column("category"), value_set=FLAGGED)).column("person_id")
    n = pc.count_distinct(flagged).as_py()
    if n > cap * n_people:
        raise WanggeError("E5004", share=f"{n / max(n_people, 1):.1%}", cap=f"{cap:.1%}")


def _instant(on: dt.date, shift: int) -> dt.datetime:
    seconds = day_start(on) + shift * DAY_SECONDS
    return dt.datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
