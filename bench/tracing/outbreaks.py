"""Made-up outbreaks of which a third is never reported: the sixteen fixed seeds by which hidden sources are judged.

6,000 people, 350 places, 28 days; in a place people meet the dozen in their room. The draws come in a fixed order, so that a
seed is the same outbreak for ever.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wangge.tables.shapes import CASE, VISIT

PEOPLE, PLACES, DAYS, SEEDS, ROOM = 6000, 350, 28, 14, 12
BETA, HIDDEN, AT_HOME = 0.013, 0.35, 0.06
START = dt.datetime(2026, 10, 2, tzinfo=dt.timezone(dt.timedelta(hours=8)))
Rooms = dict[tuple[int, int, int], list[tuple[int, float]]]  # day, place, number -> (person, hours)


@dataclass
class Outbreak:
    """Who was where, who fell ill, and what nobody was told: who infected whom, and where."""

    rooms: Rooms
    home: np.ndarray
    onset: np.ndarray  # day; of those never infected it means nothing
    is_case: np.ndarray
    hidden: np.ndarray
    source: np.ndarray  # person, -1 none
    source_place: np.ndarray  # place, -1 none, -2 at home


def outbreak(seed: int) -> tuple[Outbreak, np.random.Generator]:
    """One of the fixed outbreaks, and the generator after it."""
    rng = np.random.default_rng(seed)
    home, regular = rng.integers(0, PEOPLE // 3, PEOPLE), rng.integers(0, PLACES, PEOPLE)
    groups = _visits(rng, regular)
    infected, source, source_place = (np.full(PEOPLE, -1) for _ in range(3))
    first = rng.choice(PEOPLE, SEEDS, False)
    infected[first] = rng.integers(0, 4, SEEDS)
    incubation = np.maximum(1, np.round(rng.lognormal(1.62, 0.42, PEOPLE))).astype(int)
    hidden = rng.random(PEOPLE) < HIDDEN
    hidden[first[:2]] = True
    spread = rng.gamma(0.4, 2.5, PEOPLE)
    rooms = _rooms(rng, groups)
    state = Outbreak(rooms, home, infected + incubation, hidden, hidden, source, source_place)
    _spread(rng, state, infected, incubation, spread)
    state.onset = infected + incubation
    state.is_case = (infected >= 0) & ~hidden & (state.onset < DAYS)
    state.hidden = hidden & (infected >= 0)
    return state, rng


def _visits(rng: np.random.Generator, regular: np.ndarray) -> Rooms:
    """Three hours at one's regular place on three days of four, 42 minutes at a popular one on three of five."""
    popular = rng.dirichlet(np.ones(PLACES) * 0.5)
    groups: Rooms = defaultdict(list)
    for day in range(DAYS):
        at_regular = np.flatnonzero(rng.random(PEOPLE) < 0.75)
        out = np.flatnonzero(rng.random(PEOPLE) < 0.6)
        where = rng.choice(PLACES, out.size, p=popular)
        for people, places, hours in ((at_regular, regular[at_regular], 3.0), (out, where, 0.7)):
            for person, place in zip(people.tolist(), places.tolist(), strict=True):
                groups[(day, place, 0)].append((person, hours))
    return groups


def _rooms(rng: np.random.Generator, groups: Rooms) -> Rooms:
    """Each place's visitors of a day by the dozen."""
    rooms: Rooms = {}
    for (day, place, _), visitors in groups.items():
        order = rng.permutation(len(visitors))
        for at in range(0, len(visitors), ROOM):
            rooms[(day, place, at)] = [visitors[i] for i in order[at : at + ROOM]]
    return rooms


def _spread(
    rng: np.random.Generator, state: Outbreak, infected: np.ndarray, incubation: np.ndarray, spread: np.ndarray
) -> None:
    """Day by day, first at home, then room by room. Whoever is reported stays at home from the day after onset."""
    homes: dict[int, list[int]] = defaultdict(list)
    for person, home in enumerate(state.home.tolist()):
        homes[home].append(person)
    by_day: dict[int, list[tuple[int, list[tuple[int, float]]]]] = defaultdict(list)
    for (day, place, _), visitors in state.rooms.items():
        by_day[day].append((place, visitors))
    for day in range(DAYS):
        since, until = infected + np.maximum(1, incubation - 2), infected + incubation + np.where(state.hidden, 4, 1)
        active = np.flatnonzero((infected >= 0) & (since <= day) & (day <= until)).tolist()
        for p in active:
            for q in homes[int(state.home[p])]:
                if infected[q] < 0 and rng.random() < AT_HOME * min(spread[p], 3):
                    infected[q], state.source[q], state.source_place[q] = day, p, -2
        ill = set(active)
        for place, visitors in by_day[day]:
            for p, hours in [one for one in visitors if one[0] in ill]:
                for q, others in visitors:
                    if infected[q] < 0 and rng.random() < 1 - np.exp(-BETA * spread[p] * min(hours, others)):
                        infected[q], state.source[q], state.source_place[q] = day, p, place


def tables(
    state: Outbreak, rng: np.random.Generator, share: float, rooms_known: bool
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """What an epidemiologist has of it: VISIT of cases and of a share of all others, CASE, households."""
    recorded = (rng.random(PEOPLE) < share) | state.is_case
    person, place, start, hours = [], [], [], []
    for (day, where, number), visitors in state.rooms.items():
        for who, spent in visitors:
            if recorded[who]:
                person.append(str(who))
                place.append(f"p{where}/{number}" if rooms_known else f"p{where}")
                start.append(day)
                hours.append(spent)
    begins = int(START.timestamp()) + np.array(start, np.int64) * 86400 + 9 * 3600
    ends = begins + np.round(np.array(hours) * 3600).astype(np.int64)
    instant = pa.timestamp("s", tz="UTC")
    visits = pa.table({"person_id": person, "place_id": place, "place_kind": ["venue"] * len(person),
                       "start_at": pa.array(begins).cast(instant), "end_at": pa.array(ends).cast(instant)})  # fmt: skip
    ill = np.flatnonzero(state.is_case)
    onset = [START.date() + dt.timedelta(days=int(d)) for d in state.onset[ill]]
    nothing = pa.nulls(ill.size, pa.date32())
    cases = pa.table({"person_id": ill.astype(str).tolist(), "kind": ["confirmed"] * ill.size, "onset_on": onset,
                      "sampled_on": nothing, "isolated_on": nothing})  # fmt: skip
    households = pa.table(
        {"person_id": np.arange(PEOPLE).astype(str).tolist(), "household_id": state.home.astype(str).tolist()}
    )
    return VISIT.hand_over(visits), CASE.hand_over(cases), households
