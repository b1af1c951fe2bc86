"""How long parts of the event vault stay while their emergency still runs (clocks.toml), and what is past its day."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Q, QuerySet

from wangge.exposure import protocols
from wangge_server.vault.queries import event_models

TAKES = ("rows", "columns", "visits", "journeys")


@dataclass(frozen=True)
class Clock:
    """One line of clocks.toml. `days` is by tier; the tier "" stands for every row."""

    name: str
    words: Mapping[str, str]
    takes: str
    days: Mapping[str, int]
    table: str = ""
    since: str = ""
    tier: str = ""
    columns: tuple[str, ...] = ()
    unless: Mapping[str, Any] = field(default_factory=dict)

    def bounds(self, now: dt.datetime) -> dict[str, dt.datetime]:
        """Tier -> the instant before which its rows are past their day."""
        return {tier: now - dt.timedelta(days=days) for tier, days in self.days.items()}


@cache
def clocks() -> tuple[Clock, ...]:
    """Every clock, in the order of the file."""
    raw = tomllib.loads(resources.files(__package__).joinpath("clocks.toml").read_text("utf-8"))
    return tuple(_clock(name, line) for name, line in raw["clock"].items())


def _clock(name: str, line: dict[str, Any]) -> Clock:
    least = _needed_by_grades() if line.get("grades") else 0
    days = line["days"] if isinstance(line["days"], dict) else {"": line["days"]}
    return Clock(
        name=name, words=line["words"], takes=line["takes"], days={tier: max(n, least) for tier, n in days.items()},
        table=line.get("table", ""), since=line.get("since", ""), tier=line.get("tier", ""),
        columns=tuple(line.get("columns", ())), unless=line.get("unless", {}),
    )  # fmt: skip


def _needed_by_grades() -> int:
    """Days that the longest protocol looks back and then observes: before that a grade may rest on a visit."""
    signed = [p for p in protocols().values() if not p.example]
    back = [max([p.lookback_days, *p.lookback_by_kind.values()]) for p in signed]
    return max(back, default=0) + max([days for p in signed for days in p.expiry_days.values()], default=0)


def past(clock: Clock, now: dt.datetime) -> QuerySet[Any]:
    """Rows of the clock's table that are past their day and still say something. Rows without the instant stay."""
    model = next(one for one in event_models() if one._meta.db_table == clock.table)
    old = Q()
    for tier, before in clock.bounds(now).items():
        old |= Q(**{f"{clock.since}__lt": before}) & (Q(**{clock.tier: tier}) if tier else Q())
    rows = model._default_manager.filter(old)
    if clock.columns:
        rows = rows.exclude(**dict(_blank(model, clock.columns)))
    if clock.unless:
        rows = rows.exclude(**{f"{clock.unless['path']}__in": clock.unless["values"]})
    return rows


def blank(clock: Clock) -> dict[str, Any]:
    """Column -> what stands in it when it says nothing."""
    model = next(one for one in event_models() if one._meta.db_table == clock.table)
    return dict(_blank(model, clock.columns))


def _blank(model: Any, columns: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in columns:
        one = model._meta.get_field(name)
        yield name, None if one.null else [] if isinstance(one, ArrayField) else ""
