"""People in households: who lives with whom, how old, of which sex, by which name and number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from wangge.synth.data import Array, Bools, Days, Ints, rows, settings
from wangge.synth.names import given_names, surnames
from wangge.synth.numbers import id_numbers, phones

ROLES = ("head", "spouse", "child", "parent", "mate")
HEAD, SPOUSE, CHILD, PARENT, MATE = range(5)
DORMITORY = "dormitory"


@dataclass(frozen=True)
class People:
    """Columns over all people, households together and in order. sex: 0 male, 1 female."""

    household: Ints
    position: Ints  # place in the household, 0 is the head
    head: Ints  # row of the head
    kind: Ints  # kind of household
    role: Ints
    sex: Ints
    age: Ints
    birth: Days
    name: tuple[Ints, Ints, Ints]
    id_number: Array  # n x 18 ASCII codes
    phone: Ints
    old_phone: Ints
    twin: Bools  # of the row before

    def __len__(self) -> int:
        return int(self.role.size)

    @property
    def n_households(self) -> int:
        return int(self.household[-1]) + 1

    @property
    def in_dormitory(self) -> Bools:
        return np.asarray(self.kind == list(settings("people")["kinds"]).index(DORMITORY))


def n_households(people: int) -> int:
    """How many households so many people usually make."""
    kinds = settings("people")["kinds"].values()
    size: float = sum(k["share"] * len(k["roles"]) for k in kinds)
    return round(people / size)


def strangers(rng: np.random.Generator, n: int, as_of: dt.date) -> People:
    """n people who live alone and elsewhere."""
    return people(rng, np.zeros(n, np.int64), rows("words/origins.csv")[0]["code6"], as_of)


def people(rng: np.random.Generator, kinds: Ints, district: str, as_of: dt.date) -> People:
    """The people of households of these kinds; `district` is the six digits most of their numbers begin with."""
    rates = settings("people")["rates"]
    household, position, role = _members(kinds)
    n = household.size
    kind, head = kinds[household], np.arange(n) - position
    sex = _sexes(rng, role, head, rates["head_is_male"])
    twin = _twins(rng, role, rates["twins_among_two_children"])
    birth = _births(rng, role, head, position, kind, twin, as_of)
    age = ((np.datetime64(as_of) - birth).astype(np.int64) // 365.2425).astype(np.int64)
    sex[twin] = sex[np.flatnonzero(twin) - 1]
    name = _names(rng, household, role, sex, age, head, twin, rates["two_character_name"])
    phone = phones(rng, n)
    shared = (position > 0) & (
        (age < rates["child_shares_phone"]) | ((age > rates["elder_shares_phone"]) & (rng.random(n) < 0.5))
    )
    phone = np.where(shared, phone[head], phone)
    old = np.where(rng.random(n) < 0.02, phone[rng.integers(0, n, n)], phones(rng, n))  # some were handed on
    ids = id_numbers(rng, district, rates["local_id"], birth, sex, twin)
    return People(household, position, head, kind, role, sex, age, birth, name, ids, phone, old, twin)


def household_kinds(rng: np.random.Generator, n: int, households: int) -> Ints:
    """A kind for each of exactly so many households, whose people add up to exactly n."""
    setting = settings("people")
    names = list(setting["kinds"])
    share = np.array([k["share"] for k in setting["kinds"].values()])
    size = np.array([len(k["roles"]) for k in setting["kinds"].values()])
    kinds = rng.choice(len(names), households, p=share / share.sum())
    lacking = n - int(size[kinds].sum())
    pairs = [(names.index(a), names.index(b)) for a, b in setting["fit"].items()]
    turn = np.arange(len(names))
    for smaller, bigger in reversed(pairs):
        turn[smaller if lacking > 0 else bigger] = bigger if lacking > 0 else smaller
    able = np.flatnonzero(turn[kinds] != kinds)
    if able.size < abs(lacking):
        raise ValueError(f"{n} people do not fit {households} households of the kinds in people.toml")
    chosen = rng.permutation(able)[: abs(lacking)]
    kinds[chosen] = turn[kinds[chosen]]
    return kinds


def _members(kinds: Ints) -> tuple[Ints, Ints, Ints]:
    """Household, position and role of every person."""
    roles = [[ROLES.index(r) for r in k["roles"]] for k in settings("people")["kinds"].values()]
    size = np.array([len(r) for r in roles])
    table = np.array([r + [0] * (int(size.max()) - len(r)) for r in roles])
    n = size[kinds]
    household = np.repeat(np.arange(kinds.size), n)
    position = np.arange(household.size) - np.repeat(np.cumsum(n) - n, n)
    return household, position, table[kinds[household], position]


def _sexes(rng: np.random.Generator, role: Ints, head: Ints, head_is_male: float) -> Ints:
    """Spouses differ from the head; of two parents one is a man; mates are as the head."""
    n = role.size
    sex = rng.integers(0, 2, n)
    first = role == HEAD
    sex[first] = rng.random(int(first.sum())) >= head_is_male
    sex = np.where(role == SPOUSE, 1 - sex[head], sex)
    sex = np.where(role == MATE, sex[head], sex)
    second = np.flatnonzero((role[1:] == PARENT) & (role[:-1] == PARENT)) + 1
    sex[second] = 1 - sex[second - 1]
    return sex.astype(np.int64)


def _twins(rng: np.random.Generator, role: Ints, share: float) -> Bools:
    """Second children born with the first."""
    twin = np.zeros(role.size, bool)
    second = np.flatnonzero((role[1:] == CHILD) & (role[:-1] == CHILD)) + 1
    twin[second[rng.random(second.size) < share]] = True
    return twin


def _births(
    rng: np.random.Generator, role: Ints, head: Ints, position: Ints, kind: Ints, twin: Bools, as_of: dt.date
) -> Days:
    """Birthdays: parents are 22 to 36 years older than children, spouses of about one age."""
    n = role.size
    bounds = np.array([k["head_age"] for k in settings("people")["kinds"].values()])[kind]
    own = rng.uniform(bounds[:, 0], bounds[:, 1] + 1)
    years = own[head]
    years = np.where(role == SPOUSE, years + rng.normal(-1, 2.5, n), years)
    years = np.where(role == MATE, np.clip(years + rng.normal(0, 5, n), 17, 58), years)
    child = np.maximum(own[head] - rng.uniform(22, 36, n), rng.uniform(0.02, 4, n))
    years = np.where(role == CHILD, child, years)
    second = (role == CHILD) & (np.r_[False, role[:-1] == CHILD])
    years = np.where(second, np.maximum(np.r_[0, years[:-1]] - rng.uniform(1.2, 7, n), rng.uniform(0.02, 1, n)), years)
    years = np.where(role == PARENT, np.minimum(own[head] + rng.uniform(22, 34, n), 97), years)
    days = np.maximum((years * 365.2425).astype(np.int64), 5)
    days[twin] = days[np.flatnonzero(twin) - 1]
    return np.datetime64(as_of) - days.astype("timedelta64[D]")


def _names(
    rng: np.random.Generator, household: Ints, role: Ints, sex: Ints, age: Ints, head: Ints, twin: Bools, two: float
) -> tuple[Ints, Ints, Ints]:
    """Children bear the man's surname, one parent of the head bears the head's; twins share a character."""
    n = role.size
    surname = surnames(rng, n)
    spouse = np.full(int(household[-1]) + 1, -1)
    spouse[household[role == SPOUSE]] = np.flatnonzero(role == SPOUSE)
    other = spouse[household]
    from_spouse = (role == CHILD) & (sex[head] == 1) & (other >= 0)
    surname = np.where((role == CHILD) & ~from_spouse, surname[head], surname)
    surname = np.where(from_spouse, surname[np.maximum(other, 0)], surname)
    surname = np.where((role == PARENT) & (sex == 0), surname[head], surname)
    first, second = given_names(rng, sex, age, two)
    at = np.flatnonzero(twin)
    first[at] = first[at - 1]
    return surname, first, second
