"""Made-up people: households of many shapes, names, numbers, telephones, and who is easily taken for whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.held_out.ground import Ground, ground
from bench.held_out.words import WIDTH, Array, matrix, surnames, words

HEAD, SPOUSE, CHILD, FATHER, MOTHER, OTHER = range(6)
RELATIONS = ("户主", "配偶", "子女", "父亲", "母亲", "其他")
# Households: share, roles. Collective ones are made apart.
SHAPES = (
    (0.24, (HEAD,)), (0.24, (HEAD, SPOUSE)), (0.22, (HEAD, SPOUSE, CHILD)), (0.09, (HEAD, SPOUSE, CHILD, CHILD)),
    (0.07, (HEAD, SPOUSE, FATHER, MOTHER, CHILD)), (0.04, (HEAD, SPOUSE, MOTHER, CHILD, CHILD)),
    (0.03, (HEAD, CHILD)), (0.05, (HEAD, SPOUSE, FATHER, MOTHER)), (0.02, (HEAD, OTHER)),
)  # fmt: skip
AS_OF = np.datetime64("2026-11-20")
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
RESIDENT, PASSPORT, HONG_KONG, TAIWAN = range(4)
DOCUMENTS = ("居民身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证")


@dataclass
class People:
    """One entry a person in each array; -1 means nobody or none."""

    household: Array
    dwelling: Array
    role: Array
    sex: Array
    born: Array
    name: Array  # code points
    surname_length: Array
    number: Array  # 18 places as bytes, 0 behind the end
    second_number: Array
    document: Array
    phone: Array  # 11 digits as bytes
    old_phone: Array
    has_phone: Array
    parent: Array
    family_phone_of: Array
    is_local: Array
    registered_household: Array
    registered_dwelling: Array
    old_dwelling: Array
    twin_of: Array
    namesake_of: Array
    ground: Ground

    @property
    def size(self) -> int:
        return int(self.household.size)


def people(n: int, rng: np.random.Generator) -> People:
    """About `n` people. -> People"""
    shape, first, home, n_homes, n_rooms, n_care = _households(n, rng)
    role, household = _roles(shape, first, n)
    place = ground(n_homes, n_rooms, n_care, rng)
    dwelling = home[household]
    sex, born, parent, twin = _ages(role, household, dwelling, place, rng)
    names, length = _names(role, household, sex, born, parent, twin, rng)
    namesake = _namesakes(names, length, sex, born, rng)
    number, document = _numbers(born, sex, names, length, rng)
    phone, old, has = _phones(born, rng)
    local = rng.random(household[-1] + 1) >= 0.2
    registered = _registered(household, role, sex, local, rng)
    first_of = np.searchsorted(household, np.arange(household[-1] + 1))
    moved_from = rng.integers(0, n_homes, household[-1] + 1)[household]
    return People(
        household, dwelling, role, sex, born, names, length, number, _renewed(number, document, rng), document, phone,
        old, has, parent, np.where(parent >= 0, parent, first_of[household]), local[household] & (document == RESIDENT),
        registered, dwelling[first_of[registered]], moved_from, twin, namesake, place,
    )  # fmt: skip


def _households(n: int, rng: np.random.Generator) -> tuple[Array, Array, Array, int, int, int]:
    """-> shape of each household, its first person, its dwelling, and how many dwellings there are by kind"""
    n_dormitory, n_care = int(n * 0.025), max(2, n // 60_000)
    shapes = rng.choice(len(SHAPES), int(n / 1.8) + 16, p=[share for share, _ in SHAPES])
    size = np.array([len(roles) for _, roles in SHAPES])[shapes]
    size = size[: np.searchsorted(np.cumsum(size), n - n_dormitory - n_care * 60)]
    shapes = shapes[: size.size]
    # Two families behind one door: the household before theirs lives there too.
    shared = rng.random(size.size) < 0.015
    shared[0] = False
    order = np.cumsum(~shared) - 1
    n_lived = int(order[-1]) + 1
    n_homes = int(n_lived * 1.12) + 1
    home = np.sort(rng.permutation(n_homes)[:n_lived])[order]
    rooms = np.minimum(rng.integers(3, 9, n_dormitory), 8)
    rooms = rooms[: np.searchsorted(np.cumsum(rooms), n_dormitory) + 1]
    care = rng.integers(40, 80, n_care)
    sizes = np.r_[size, rooms, care]
    shapes = np.r_[shapes, np.full(rooms.size, -1), np.full(n_care, -2)]
    homes = np.r_[home, n_homes + np.arange(rooms.size + n_care)]
    return shapes, np.r_[0, np.cumsum(sizes)], homes, n_homes, rooms.size, n_care


def _roles(shape: Array, first: Array, n: int) -> tuple[Array, Array]:
    household = np.repeat(np.arange(shape.size), np.diff(first))
    table = np.full((len(SHAPES) + 2, 6), OTHER)
    for i, (_, roles) in enumerate(SHAPES):
        table[i, : len(roles)] = roles
    at = np.minimum(np.arange(household.size) - first[household], 5)
    role: Array = np.where(shape[household] >= 0, table[shape[household], at], OTHER)
    return role, household


def _ages(
    role: Array, household: Array, dwelling: Array, place: Ground, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """-> sex, day of birth, parent and twin of each person"""
    n = role.size
    first = np.searchsorted(household, np.arange(household[-1] + 1))
    has_child = np.bincount(household, role == CHILD) > 0
    has_elder = np.bincount(household, (role == FATHER) | (role == MOTHER)) > 0
    head = rng.integers(20, 88, first.size)
    head = np.where(has_child, rng.integers(24, 58, first.size), head)
    head = np.where(has_elder, rng.integers(25, 56, first.size), head)
    age = np.select(
        [role == SPOUSE, role == CHILD, (role == FATHER) | (role == MOTHER)],
        [
            head[household] + rng.integers(-4, 5, n),
            head[household] - rng.integers(22, 36, n),
            head[household] + rng.integers(22, 34, n),
        ],
        head[household],
    )
    alone = role == OTHER
    kind = place.kind[dwelling]
    age = np.where(alone, np.where(kind == 4, rng.integers(66, 97, n), rng.integers(18, 56, n)), age)
    age = np.clip(np.where(age < 0, rng.integers(0, 4, n), age), 0, 101)
    born = AS_OF - (age * 365.25).astype(np.int64) - rng.integers(1, 365, n)
    born = born.astype("datetime64[D]")
    head_sex = rng.choice([1, 2], first.size, p=[0.7, 0.3])
    sex = np.select(
        [role == HEAD, role == SPOUSE, role == FATHER, role == MOTHER],
        [head_sex[household], 3 - head_sex[household], 1, 2],
        rng.integers(1, 3, n),
    )
    twin = np.full(n, -1, np.int64)
    pair = (
        np.flatnonzero(
            (role[1:] == CHILD) & (role[:-1] == CHILD) & (household[1:] == household[:-1]) & (rng.random(n - 1) < 0.06)
        )
        + 1
    )
    twin[pair] = pair - 1
    born[pair] = born[pair - 1]
    parent = np.where(role == CHILD, first[household], -1)
    return sex, born, parent, twin


def _names(
    role: Array, household: Array, sex: Array, born: Array, parent: Array, twin: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """-> names as code points, length of the surname"""
    n = role.size
    listed, weight = surnames()
    family = rng.choice(len(listed), n, p=weight)
    first = np.searchsorted(household, np.arange(household[-1] + 1))
    head_is_man = sex[first[household]] == 1
    from_head = (role == FATHER) & head_is_man | (role == CHILD) & (head_is_man | (rng.random(n) < 0.15))
    next_one = np.minimum(first[household] + 1, n - 1)
    family = np.where(from_head, family[first[household]], family)
    family = np.where((role == CHILD) & ~from_head & (role[next_one] == SPOUSE), family[next_one], family)
    family_codes = matrix(listed)[family]
    length = (family_codes > 0).sum(axis=1)
    given = _given(sex, born, rng)
    has_twin = twin >= 0
    shares = has_twin & (rng.random(n) < 0.8)  # twins often share a character
    given[shares, 0] = given[twin[shares], 0]
    same = has_twin & (given[:, :2] == given[np.maximum(twin, 0), :2]).all(axis=1)
    given[same, 1] = ord("双")
    names = np.where(np.arange(WIDTH) < length[:, None], family_codes, 0)
    for k in (0, 1):
        names[np.arange(n), length + k] = given[:, k]
    return _long_names(names, length, rng)


def _given(sex: Array, born: Array, rng: np.random.Generator) -> Array:
    """Given names as two code points, the second may be 0."""
    w, n = words(), sex.size
    out = np.zeros((n, 2), np.uint32)
    era = np.digitize(born.astype("datetime64[Y]").astype(int) + 1970, [1970, 1995])
    fashionable = rng.random(n) < 0.07
    for s, key in ((1, "men"), (2, "women")):
        chars = np.array([ord(c) for c in w[key]], np.uint32)[np.argsort(rng.random(len(w[key])))]
        weight = 1 / (np.arange(chars.size) + 12.0)
        own = sex == s
        drawn = rng.choice(chars, (int(own.sum()), 2), p=weight / weight.sum())
        drawn[rng.random(len(drawn)) < 0.13, 1] = 0
        out[own] = drawn
        for e in range(3):
            listed = matrix(w["fashion"][e][0 if s == 2 else 1].split())[:, :2]
            here = own & fashionable & (era == e)
            out[here] = listed[rng.integers(0, len(listed), int(here.sum()))]
    return out


def _long_names(names: Array, length: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """A few have long names with a dot in the middle."""
    w = words()
    long = np.flatnonzero(rng.random(len(names)) < 0.004)
    given, family = w["long_given"].split(), w["long_family"].split()
    every = matrix([f"{g}·{f}" for g in given for f in family])
    names[long] = every[rng.integers(0, len(every), long.size)]
    length[long] = 0
    return names, length


def _namesakes(names: Array, length: Array, sex: Array, born: Array, rng: np.random.Generator) -> Array:
    """Strangers of one name and birthday. -> of whom, or -1"""
    n = len(names)
    who = rng.permutation(n)[: 2 * (n // 700)].reshape(2, -1)
    out = np.full(n, -1, np.int64)
    out[who[0]] = who[1]
    names[who[0]], length[who[0]] = names[who[1]], length[who[1]]
    sex[who[0]], born[who[0]] = sex[who[1]], born[who[1]]
    return out


def _numbers(born: Array, sex: Array, names: Array, length: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Resident numbers with their check digit; passports and permits of a few. No two are the same."""
    n = born.size
    regions = np.array([int(r) for r in words()["regions"]])
    region = np.where(rng.random(n) < 0.55, regions[0], rng.choice(regions, n))
    ymd = _ymd(born)
    group = (region.astype(np.int64) * 10**8 + ymd) * 2 + sex % 2
    order = np.argsort(group, kind="stable")
    starts = np.r_[True, np.diff(group[order]) != 0]
    at = np.arange(n) - np.flatnonzero(starts)[np.cumsum(starts) - 1]
    place = np.empty(n, np.int64)
    place[order] = at
    serial = (group * 2654435761 % 487 + place) % 500 * 2 + sex % 2
    body = (region.astype(np.int64) * 10**8 + ymd) * 1000 + serial
    digits = body[:, None] // 10 ** np.arange(16, -1, -1) % 10
    check = np.frombuffer(b"10X98765432", np.uint8)[(digits * WEIGHTS).sum(axis=1) % 11]
    number = np.c_[(digits + 48).astype(np.uint8), check]
    long = length == 0
    document = np.where(rng.random(n) < np.where(long, 0.6, 0.003), rng.integers(1, 4, n), RESIDENT)
    document[long & (document != RESIDENT)] = PASSPORT
    _others(number, document, rng)
    return number, document


def _others(number: Array, document: Array, rng: np.random.Generator) -> None:
    """Passports: a letter and eight digits; permits: H and eight digits, or eight digits."""
    rows = np.flatnonzero(document != RESIDENT)
    serial = rng.permutation(8 * 10**7)[: rows.size] + 10**7 if rows.size else np.zeros(0, np.int64)
    digits = (serial[:, None] // 10 ** np.arange(7, -1, -1) % 10 + 48).astype(np.uint8)
    number[rows] = 0
    number[rows, 1:9] = digits
    number[rows, 0] = np.where(document[rows] == PASSPORT, rng.integers(65, 91, rows.size), 72)
    taiwan = rows[document[rows] == TAIWAN]
    number[taiwan, :8], number[taiwan, 8] = number[taiwan, 1:9], 0


def _renewed(number: Array, document: Array, rng: np.random.Generator) -> Array:
    """What stands on the next passport or permit; of residents a number that was issued anew."""
    out = number.copy()
    other = np.flatnonzero(document != RESIDENT)
    out[other, 2:8] = rng.integers(48, 58, (other.size, 6))
    body = out[:, :17].astype(np.int64) - 48
    resident = np.flatnonzero(document == RESIDENT)
    body = body[resident]
    body[:, 14] = (body[:, 14] + 5) % 10
    check = np.frombuffer(b"10X98765432", np.uint8)[(body * WEIGHTS).sum(axis=1) % 11]
    out[resident, :17], out[resident, 17] = body + 48, check
    return out


def _phones(born: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """-> the telephone, the one before it (some now another's: recycled), whether there is one at all"""
    n = born.size
    prefix = np.array([160, 161, 163, 164, 168, 169, 140, 144])
    serial = (np.arange(2 * n, dtype=np.int64) * 48_271_317 + int(rng.integers(1, 10**8))) % (8 * 10**8 - 7)
    whole = prefix[serial // 10**8] * 10**8 + serial % 10**8
    own, old = whole[:n], whole[n:]
    recycled = rng.random(n) < 0.15
    old = np.where(recycled, own[rng.integers(0, n, n)], old)
    age = (AS_OF - born).astype(int) // 365
    has = rng.random(n) < np.select([age < 9, age < 15, age > 78], [0.01, 0.35, 0.55], 0.97)
    return _digits(own), _digits(old), has


def _digits(phones: Array) -> Array:
    return (phones[:, None] // 10 ** np.arange(10, -1, -1) % 10 + 48).astype(np.uint8)


def _ymd(day: Array) -> Array:
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    out: Array = year * 10000 + (month.astype(np.int64) % 12 + 1) * 100 + (day - month).astype(np.int64) + 1
    return out


def _registered(household: Array, role: Array, sex: Array, local: Array, rng: np.random.Generator) -> Array:
    """The household of the police's register: people who married stay in their parents' for years."""
    couple = role == SPOUSE
    married = couple & (rng.random(role.size) < 0.06)
    return np.where(married, rng.integers(0, household[-1] + 1, role.size), household)
