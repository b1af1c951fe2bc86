"""A protocol: what counts as a contact and how long a grade lasts, between two dates, signed into force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Protocol:
    """One dated version. Days are whole days, minutes are minutes of overlap; both bounds of `start..end` belong to it.

    Source: workflows 1.11 and 1.12; the numbers are configuration in files, never constants in code.
    """

    name: str
    version: str
    start: dt.date
    end: dt.date
    lookback_days: int  # days before onset (or sampling, for the asymptomatic) that count
    min_minutes: dict[str, int]  # place kind -> least overlap that counts at all
    close_kinds: tuple[str, ...]  # place kinds in which an overlap proposes a close contact
    general_kinds: tuple[str, ...]  # place kinds in which an overlap proposes a general contact
    max_place_people: int  # above this many visitors a place proposes companions only
    second_degree_kinds: tuple[str, ...]
    expiry_days: dict[str, int]  # grade -> days after the last exposure
    share_cap: float  # a run that would flag more than this share of people stops and asks
    due_minutes: dict[str, dict[str, int]] = field(default_factory=dict)  # grade -> open, first_attempt, result

    def covers(self, on: dt.date) -> bool:
        return self.start <= on <= self.end
