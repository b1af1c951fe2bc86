"""Where people with an account were in the fortnight before: nights at home, work, school, meals, shops, buses.

Nobody is in two places at once: a day is a row of slots that do not overlap, and each visit stays inside its slot.
Minutes count from midnight (local time, UTC+8) of the first day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wangge.synth.data import Array, Bools, Ints, settings
from wangge.synth.people import PARENT
from wangge.synth.text import Text, digits, join, take
from wangge.synth.world import World
from wangge.tables.shapes import VISIT

KINDS = ["household", "workplace", "classroom", "transport", "meal", "venue", "care"]
HOUSEHOLD, WORKPLACE, CLASSROOM, TRANSPORT, MEAL, VENUE, CARE = range(7)
LETTER = ["h", "w", "k", "t", "m", "s", "c"]  # first letter of a place's id
DAY = 24 * 60
UTC_OFFSET = 8 * 3600
RUNS = 6  # departures of a line each morning, ten minutes apart


@dataclass
class Visits:
    """Columns over all visits. `place` counts inside its kind; start and end are minutes."""

    who: Ints
    kind: Ints
    place: Ints
    start: Ints
    end: Ints

    def keep(self, where: Array) -> Visits:
        """The visits at these rows, or where this is true."""
        return Visits(self.who[where], self.kind[where], self.place[where], self.start[where], self.end[where])

    def __len__(self) -> int:
        return self.who.size


@dataclass(frozen=True)
class Slot:
    """Part of a day: earliest start, spread of the start, shortest and longest stay; all in minutes."""

    opens: int
    spread: int
    shortest: int
    longest: int


COMMUTE = Slot(7 * 60, 3, 15, 30)
WORK = Slot(8 * 60, 30, 510, 540)
EVENING_MEAL = Slot(17 * 60 + 50, 40, 30, 60)
EVENING_SHOP = Slot(19 * 60 + 35, 20, 15, 33)
MORNING_SHOP = Slot(9 * 60, 120, 20, 70)
LUNCH = Slot(12 * 60 + 15, 40, 30, 60)
CLINIC = Slot(14 * 60 + 15, 90, 20, 60)
NIGHT = Slot(20 * 60 + 30, 50, 540, 575)  # ends before seven in the morning


def movements(world: World) -> Visits:
    """All visits of the fortnight, in order of time."""
    rng, setting = world.rng("movements"), settings("movements")
    crowd = _crowd(world, rng)
    made: list[Visits] = []
    for day in range(setting["days"]):
        weekday = (np.datetime64(world.as_of) - (setting["days"] - day)).astype(object).weekday()
        made += _day(rng, crowd, day, weekday >= 5)
        if day < setting["days"] - 1:  # the last night would reach beyond as_of
            made.append(_nights(rng, crowd, day))
    parts = [np.concatenate([getattr(v, name) for v in made]) for name in ("who", "kind", "place", "start", "end")]
    return Visits(*parts).keep(np.argsort(parts[3], kind="stable"))


@dataclass(frozen=True)
class Crowd:
    """Those with an account, and the places each goes to; -1 for none."""

    who: Ints
    household: Ints
    n_households: int
    workplace: Ints
    classroom: Ints
    line: Ints
    venues: Ints  # three of each person's choice, n x 3
    meals: Ints
    care: Ints
    p_care: Array


def _crowd(world: World, rng: np.random.Generator) -> Crowd:
    """Give everybody with an account a room at work or school, a bus line, shops and places to eat."""
    people, setting = world.people, settings("movements")
    who = np.flatnonzero(world.account >= 0)
    age, dormitory = people.age[who], people.in_dormitory[who]
    works = (age >= 18) & (age < 60) & ((rng.random(who.size) < setting["works"]) | dormitory)
    pupil = (age >= 3) & (age < 18) & (people.role[who] != PARENT)
    community = _community(world, who)
    n = len(people)
    work, school = _teams(rng, works), _classes(age, pupil, community)
    rides = works | (pupil & (age >= 12))
    n_lines = max(1, round(rides.sum() * setting["p_commute"] / (RUNS * setting["commuters_per_run"])))
    venues = [_near(rng, community, n // setting["people_per_venue"] + 1, setting["local_venue"]) for _ in range(3)]
    meals = [_near(rng, community, n // setting["people_per_meal_place"] + 1, 0.5) for _ in range(3)]
    care = _near(rng, community, n // setting["people_per_care_place"] + 1, 0.8)
    p_care = np.where(age >= 65, setting["p_care_elder"], setting["p_care"])
    line = np.where(rides, rng.integers(0, n_lines, who.size) * RUNS + rng.integers(0, RUNS, who.size), -1)
    return Crowd(
        who,
        people.household[who],
        people.n_households,
        work,
        school,
        line,
        np.column_stack(venues),
        np.column_stack(meals),
        care,
        p_care,
    )


def _community(world: World, who: Ints) -> Ints:
    """Number of the community in which each person lives."""
    codes = [code[:12] for code in world.ground.grids]
    number = np.unique(codes, return_inverse=True)[1]
    return np.asarray(number[world.homes.grid[world.home[world.people.household[who]]]])


def _teams(rng: np.random.Generator, works: Bools) -> Ints:
    """Rooms of uneven size, filled with people from anywhere."""
    small, median, large = settings("movements")["team_size"]
    workers = rng.permutation(np.flatnonzero(works))
    sizes = np.clip(np.rint(median * np.exp(rng.normal(0, 0.45, workers.size // small + 1))), small, large)
    team = np.full(works.size, -1)
    team[workers] = np.repeat(np.arange(sizes.size), sizes.astype(np.int64))[: workers.size]
    return team


def _classes(age: Ints, pupil: Bools, community: Ints) -> Ints:
    """Classes of pupils of one age from one part of the district."""
    size = settings("movements")["class_size"]
    rows = np.flatnonzero(pupil)
    order = rows[np.lexsort((community[rows], age[rows]))]
    room = np.full(age.size, -1)
    room[order] = np.arange(order.size) // size
    return room


def _near(rng: np.random.Generator, community: Ints, n_places: int, local: float) -> Ints:
    """A place for each person: mostly one of the own community, where the first of a community are the busiest."""
    n_communities = int(community.max()) + 1
    a_community = max(1, n_places // n_communities)
    nth = (rng.random(community.size) ** 1.6 * a_community).astype(np.int64)
    where = np.where(rng.random(community.size) < local, community, rng.integers(0, n_communities, community.size))
    return where * a_community + nth


def _stay(rng: np.random.Generator, day: int, slot: Slot, n: int) -> tuple[Ints, Ints]:
    """Start and end of n visits in a slot of a day."""
    start = day * DAY + slot.opens + rng.integers(0, slot.spread + 1, n)
    return start, start + rng.integers(slot.shortest, slot.longest + 1, n)


def _visit(rng: np.random.Generator, crowd: Crowd, kind: int, place: Ints, goes: Bools, day: int, slot: Slot) -> Visits:
    """Visits of those who go."""
    rows = np.flatnonzero(goes)
    start, end = _stay(rng, day, slot, rows.size)
    return Visits(crowd.who[rows], np.full(rows.size, kind, np.int8), place[rows], start, end)


def _day(rng: np.random.Generator, crowd: Crowd, day: int, weekend: bool) -> list[Visits]:
    """One day without its night."""
    setting, n = settings("movements"), crowd.who.size

    def chance(p: float | Array) -> Bools:
        return np.asarray(rng.random(n) < p)

    busy = ((crowd.workplace >= 0) | (crowd.classroom >= 0)) & (not weekend)
    venue = crowd.venues[np.arange(n), rng.integers(0, 3, n)]
    meal = crowd.meals[np.arange(n), rng.integers(0, 3, n)]
    run = _visit(
        rng, crowd, TRANSPORT, crowd.line, busy & (crowd.line >= 0) & chance(setting["p_commute"]), day, COMMUTE
    )
    run.start += run.place % RUNS * 4  # departures; the next run of a line comes four minutes later
    run.end += run.place % RUNS * 4
    run.place = run.place + day * 1_000_000
    shops, eats = chance(setting["p_venue"]), chance(setting["p_meal"])
    return [
        run,
        _visit(
            rng, crowd, WORKPLACE, crowd.workplace, busy & (crowd.workplace >= 0) & chance(setting["p_work"]), day, WORK
        ),
        _visit(
            rng,
            crowd,
            CLASSROOM,
            crowd.classroom,
            busy & (crowd.classroom >= 0) & chance(setting["p_class"]),
            day,
            WORK,
        ),
        _visit(rng, crowd, MEAL, meal, busy & eats, day, EVENING_MEAL),
        _visit(rng, crowd, MEAL, meal, ~busy & eats, day, LUNCH),
        _visit(rng, crowd, VENUE, venue, busy & shops, day, EVENING_SHOP),
        _visit(rng, crowd, VENUE, venue, ~busy & shops, day, MORNING_SHOP),
        _visit(rng, crowd, CARE, crowd.care, ~busy & chance(crowd.p_care), day, CLINIC),
    ]


def _nights(rng: np.random.Generator, crowd: Crowd, day: int) -> Visits:
    """Nights at home: a household's night is recorded for all who are there, or for none."""
    recorded = rng.random(crowd.n_households) < settings("movements")["night_recorded"]
    there = recorded[crowd.household] & (rng.random(crowd.who.size) < 0.96)
    return _visit(rng, crowd, HOUSEHOLD, crowd.household, there, day, NIGHT)


def place_ids(kind: Array, place: Ints) -> Text:
    """Place ids as text: a letter for the kind and nine digits."""
    return join(take(LETTER, kind), digits(place, 9))


def first_second(world: World) -> int:
    """Seconds of the epoch (UTC) at which minute 0 lies."""
    day = np.datetime64(world.as_of) - settings("movements")["days"]
    return int(day.astype("datetime64[s]").astype(np.int64)) - UTC_OFFSET


def visit_table(world: World, visits: Visits) -> pa.Table:
    """VISIT table; person_id is the account of the check-in platform."""
    zero = first_second(world)
    key = visits.kind.astype(np.int64) * 10**10 + visits.place
    known, at = np.unique(key, return_inverse=True)
    kinds = pa.DictionaryArray.from_arrays(pa.array(visits.kind.astype(np.int32)), pa.array(KINDS))
    times = [pa.array(zero + part * 60).cast(pa.timestamp("s", tz="UTC")) for part in (visits.start, visits.end)]
    return VISIT.hand_over(
        pa.table(
            {
                "person_id": world.account_id.take(pa.array(visits.who)),
                "place_id": place_ids(known // 10**10, known % 10**10).take(pa.array(at)),
                "place_kind": kinds,
                "start_at": times[0],
                "end_at": times[1],
            }
        )
    )
