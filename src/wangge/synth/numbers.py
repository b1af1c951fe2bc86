"""Numbers of persons: identity numbers with right check digits and mobile numbers that nobody was ever given."""

from __future__ import annotations

import numpy as np

from wangge.synth.data import Array, Bools, Days, Ints, rows
from wangge.synth.text import digit_matrix, parts_of

# GB 11643: weights of the first 17 places, and the check letter for each remainder.
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK = np.frombuffer(b"10X98765432", np.uint8)
# Ranges that no operator has handed out to people, so that a made-up number rings nowhere.
PREFIXES = np.array([154, 160, 161, 163, 164, 168, 169, 179])


def id_numbers(
    rng: np.random.Generator, local: str, local_share: float, birth: Days, sex: Array, same_place: Bools
) -> Array:
    """Identity numbers as a matrix of ASCII codes, n x 18, all different.

    `sex` is 0 male, 1 female (its parity is the 17th place); where `same_place` the area is that of the row before.
    """
    n = birth.size
    others = np.array([int(r["code6"]) for r in rows("words/origins.csv")])
    area = np.where(rng.random(n) < local_share, int(local), others[rng.integers(0, others.size, n)])
    twin = np.flatnonzero(same_place)
    area[twin] = area[twin - 1]
    year, month, day = parts_of(birth)
    ymd = year * 10000 + month * 100 + day
    serial = _serials(rng, area * 10**8 + ymd, sex)
    return with_check(digit_matrix((area * 10**8 + ymd) * 1000 + serial, 17))


def _serials(rng: np.random.Generator, key: Ints, sex: Array) -> Ints:
    """Places 15 to 17: different for all who share area, birthday and sex; odd for men."""
    full = key * 2 + sex
    order = np.argsort(full, kind="stable")
    first = np.r_[True, full[order][1:] != full[order][:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(key.size), 0))
    rank = np.empty(key.size, np.int64)
    rank[order] = np.arange(key.size) - start
    salt = int(rng.integers(0, 500))
    return np.asarray((rank * 37 + full * 7919 + salt) % 500 * 2 + (1 - sex))


def with_check(seventeen: Array) -> Array:
    """The 18th place added to rows of 17 ASCII digits."""
    rest = (seventeen.astype(np.int64) - 48) @ WEIGHTS % 11
    return np.column_stack([seventeen, CHECK[rest]])


def is_valid(letters: Array) -> Bools:
    """Whether the check letter of rows of 18 ASCII codes is right."""
    return np.asarray(with_check(letters[:, :17])[:, 17] == letters[:, 17])


def phones(rng: np.random.Generator, n: int) -> Ints:
    """n mobile numbers of 11 digits."""
    return PREFIXES[rng.integers(0, PREFIXES.size, n)] * 10**8 + rng.integers(0, 10**8, n)
