"""An outbreak among the people, carried by the visits: whoever is infected shared a place and a time with the infector.

Only cases are walked one by one (hundreds at most); the visits are searched by place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wangge.synth.data import Array, Days, Ints, settings
from wangge.synth.movements import DAY, Visits, first_second, place_ids
from wangge.synth.movements import KINDS as PLACE_KINDS
from wangge.synth.text import Text, take
from wangge.synth.world import World
from wangge.tables.shapes import CASE

KINDS = ["confirmed", "asymptomatic", "suspected"]
MORNING = 8 * 60  # of the day of isolation: later visits do not happen


class Case(NamedTuple):
    """One infection. Days count from the first day of the visits; minutes likewise. `source` is -1 for seeds."""

    who: int
    source: int
    visit: int  # row of the infector's visit at which it happened, -1 for seeds
    minute: int
    onset: int
    sampled: int
    isolated: int
    kind: int
    generation: int

    @property
    def gone(self) -> int:
        """Minute from which the case is isolated."""
        return self.isolated * DAY + MORNING


@dataclass
class Outbreak:
    """The cases in the order of infection, and the visits that isolation left."""

    world: World
    cases: list[Case]
    visits: Visits
    places: list[tuple[int, int]] = field(default_factory=list)  # kind and place of each infection

    def _column(self, name: str) -> Ints:
        return np.array([getattr(case, name) for case in self.cases], dtype=np.int64)

    def _day(self, name: str) -> Days:
        first = np.datetime64(self.world.as_of) - settings("movements")["days"]
        return np.asarray(first + self._column(name).astype("timedelta64[D]"))

    @cached_property
    def who(self) -> Ints:
        return self._column("who")

    @property
    def kind(self) -> Ints:
        return self._column("kind")

    @property
    def onset(self) -> Days:
        return self._day("onset")

    @property
    def sampled(self) -> Days:
        return self._day("sampled")

    @property
    def isolated(self) -> Days:
        return self._day("isolated")


class _Places:
    """Visits by place: who was there, from when to when."""

    def __init__(self, visits: Visits) -> None:
        key = visits.kind.astype(np.int64) * 10**10 + visits.place
        self.order = np.argsort(key, kind="stable")
        self.key = key[self.order]
        self.by_person = np.argsort(visits.who, kind="stable")
        self.person = visits.who[self.by_person]

    def at(self, key: int) -> Ints:
        """Rows of the visits to a place."""
        low, high = np.searchsorted(self.key, [key, key + 1])
        return self.order[low:high]

    def of(self, who: int) -> Ints:
        """Rows of one person's visits."""
        low, high = np.searchsorted(self.person, [who, who + 1])
        return self.by_person[low:high]


def spread(world: World, visits: Visits, travellers: Ints) -> Outbreak:
    """Infect exactly `preset.cases` people; seeds are travellers who came home infected."""
    rng, places, setting = world.rng("outbreak"), _Places(visits), settings("outbreak")
    wanted = world.preset.cases
    child = setting["child_susceptibility"]
    ready = np.where(world.people.age < 18, child, 1.0)
    n_seeds = max(1, round(wanted * setting["seeds_share"]))
    pool = iter(rng.permutation(travellers[(world.account[travellers] >= 0) & (world.people.age[travellers] >= 18)]))
    infected: dict[int, Case] = {}
    waiting: list[Case] = []
    while len(infected) < wanted:
        while n_seeds > 0 or not waiting:
            who = int(next(pool))
            if who not in infected:
                infected[who] = _seed(rng, who)
                waiting.append(infected[who])
                n_seeds -= 1
        case = min(waiting, key=lambda c: (c.onset, c.who))
        waiting.remove(case)
        for new in _infect(rng, visits, places, case, infected, ready)[: wanted - len(infected)]:
            infected[new.who] = new
            waiting.append(new)
    cases = list(infected.values())
    found = [(int(visits.kind[c.visit]), int(visits.place[c.visit])) if c.visit >= 0 else (-1, -1) for c in cases]
    return Outbreak(world, cases, _without_isolated(visits, places, cases), found)


def _between(rng: np.random.Generator, bounds: list[int]) -> int:
    return int(rng.integers(bounds[0], bounds[1] + 1))


def _seed(rng: np.random.Generator, who: int) -> Case:
    """Infected elsewhere, some days before as_of."""
    day = settings("movements")["days"] - _between(rng, settings("outbreak")["infected_days"])
    return _case(rng, who, -1, -1, day * DAY, 0)


def _case(rng: np.random.Generator, who: int, source: int, visit: int, minute: int, generation: int) -> Case:
    """The course of one infection; whoever shows no symptoms by the last day but one is no case yet."""
    setting, last = settings("outbreak"), settings("movements")["days"] - 1
    onset = minute // DAY + _between(rng, setting["incubation_days"])
    isolated = min(onset + _between(rng, setting["isolation_days"]), last)
    sampled = min(onset + _between(rng, setting["sampling_days"]), isolated)
    kind = 1 if rng.random() < setting["asymptomatic"] else 0
    return Case(who, source, visit, minute, onset, sampled, isolated, kind, generation)


def _infect(
    rng: np.random.Generator, visits: Visits, places: _Places, case: Case, infected: dict[int, Case], ready: Array
) -> list[Case]:
    """The people one case infects: drawn from all who overlapped, by kind of place, minutes and how `ready` each is."""
    setting = settings("outbreak")
    mine = places.of(case.who)
    from_minute = max((case.onset - setting["infectious_days_before"]) * DAY, case.minute + DAY)
    mine = mine[(visits.start[mine] >= from_minute) & (visits.start[mine] < case.gone)]
    met = [_overlaps(visits, places, int(row), case, infected) for row in mine]
    if not met:
        return []
    rows, source, weight = (np.concatenate(part) for part in zip(*met, strict=True))
    if rows.size == 0:
        return []
    number = min(int(rng.poisson(setting["mean_offspring"])), np.unique(visits.who[rows]).size)
    weight = weight * ready[visits.who[rows]]
    out: dict[int, Case] = {}
    for pick in rng.choice(rows.size, rows.size, replace=False, p=weight / weight.sum()):
        who = int(visits.who[rows[pick]])
        if len(out) >= number:
            break
        if who not in out:
            minute = int(max(visits.start[rows[pick]], visits.start[source[pick]]))
            out[who] = _case(rng, who, case.who, int(source[pick]), minute, case.generation + 1)
    return [new for new in out.values() if new.onset < settings("movements")["days"] - 1]


def _overlaps(
    visits: Visits, places: _Places, row: int, case: Case, infected: dict[int, Case]
) -> tuple[Ints, Ints, Ints]:
    """Rows of others' visits that overlap one visit of a case, that visit, and how readily it passes there."""
    setting = settings("outbreak")
    kind = int(visits.kind[row])
    others = places.at(kind * 10**10 + int(visits.place[row]))
    end = min(int(visits.end[row]), case.gone)
    minutes = np.minimum(visits.end[others], end) - np.maximum(visits.start[others], visits.start[row])
    known = np.isin(visits.who[others], list(infected))
    fit = (minutes >= setting["min_minutes"]) & ~known
    weight = setting["weights"][PLACE_KINDS[kind]] * np.minimum(minutes[fit], 240)
    return others[fit], np.full(int(fit.sum()), row), weight


def _without_isolated(visits: Visits, places: _Places, cases: list[Case]) -> Visits:
    """The isolated meet nobody any more: later visits go, running ones end."""
    gone = np.zeros(len(visits), bool)
    for case in cases:
        mine = places.of(case.who)
        gone[mine[visits.start[mine] >= case.gone]] = True
        running = mine[(visits.start[mine] < case.gone) & (visits.end[mine] > case.gone)]
        visits.end[running] = case.gone
    return visits.keep(~gone)


def infections(world: World, outbreak: Outbreak) -> pa.Table:
    """Who infected whom, where and when; seeds have no infector and no place."""
    kind, place = (np.array(part) for part in zip(*outbreak.places, strict=True))
    seeded = kind < 0
    source = np.array([case.source for case in outbreak.cases])
    at = first_second(world) + 60 * np.array([case.minute for case in outbreak.cases])
    column: Text = place_ids(np.maximum(kind, 0), np.maximum(place, 0))
    return pa.table(
        {
            "person_id": world.person_id(outbreak.who),
            "infector_id": world.person_id(source),
            "account": world.account_id.take(pa.array(outbreak.who)),
            "infector_account": world.account_id.take(pa.array(source, mask=source < 0)),
            "place_id": pa.compute.if_else(pa.array(seeded), None, column),
            "place_kind": pa.compute.if_else(pa.array(seeded), None, take(PLACE_KINDS, np.maximum(kind, 0))),
            "infected_at": pa.array(at).cast(pa.timestamp("s", tz="UTC")),
            "onset_on": pa.array(outbreak.onset),
            "sampled_on": pa.array(outbreak.sampled),
            "isolated_on": pa.array(outbreak.isolated),
            "kind": take(KINDS, outbreak.kind),
            "generation": pa.array([case.generation for case in outbreak.cases], pa.int32()),
        }
    )


def case_table(world: World, outbreak: Outbreak) -> pa.Table:
    """CASE table beside the visits: person_id is the account, as there. The asymptomatic have no onset."""
    silent = pa.array(outbreak.kind == KINDS.index("asymptomatic"))
    return CASE.hand_over(
        pa.table({
            "person_id": world.account_id.take(pa.array(outbreak.who)),
            "kind": take(KINDS, outbreak.kind),
            "onset_on": pa.compute.if_else(silent, None, pa.array(outbreak.onset)),
            "sampled_on": pa.array(outbreak.sampled),
            "isolated_on": pa.array(outbreak.isolated),
        })
    )  # fmt: skip
