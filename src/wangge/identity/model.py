"""How much each level of each likeness says that two rows are one person: Fellegi and Sunter's model, learnt without
labels.

u, how often strangers agree, is counted over pairs drawn evenly from all rows; m, how often two rows of one person
agree, and how many such pairs there are, come from expectation-maximisation over the candidate pairs (Winkler 1988).
Agreement on a rare value says more than on a common one (Winkler 2000). Nothing is drawn by chance: the same rows
give the same weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wangge.identity.bytes import Array
from wangge.identity.likely import N_LEVELS, Compared, levels
from wangge.identity.words import NEAR, OTHER, SAME

DRAWN = 200_000  # pairs that strangers' agreement is counted over
ROUNDS = 60
START = (0.80, 0.10, 0.05, 0.01, 0.04)  # m before anything is learnt: most values are written alike
LEAST = 1e-5
UNLIKE = -6.0  # log odds of two whose given names differ: brothers, twins and couples share all the rest


@dataclass(frozen=True)
class Model:
    """`m` and `u` by likeness: probability of each level among pairs of one person and among strangers."""

    m: dict[str, Array]
    u: dict[str, Array]
    prior: float  # share of all pairs of rows that are one person

    def weight(self, name: str, level: Array) -> Array:
        """Natural logarithm of how much likelier each level is for one person than for two; 0 where it is missing."""
        table = np.log(self.m[name] / self.u[name])
        found: Array = np.where(level >= 0, table[np.maximum(level, 0)], 0.0)
        return found


def vectors(of: dict[str, Compared], a: Array, b: Array) -> dict[str, Array]:
    """Levels of all likenesses for pairs of rows."""
    return {name: levels(one, of, a, b) for name, one in of.items()}


def drawn_pairs(n: int, most: int = DRAWN) -> tuple[Array, Array]:
    """Pairs of different rows spread evenly: all of them where they are few."""
    if n * (n - 1) // 2 <= most:
        a, b = np.triu_indices(n, 1)
        return a.astype(np.int64), b.astype(np.int64)
    k = np.arange(most, dtype=np.int64)
    a = k * 2654435761 % n
    b = (a + 1 + k * 40503 % (n - 1)) % n
    return a, b


def learn(of: dict[str, Compared], n: int, levels_of: dict[str, Array], known: Array | None = None) -> Model:
    """Levels of candidate pairs of n rows -> Model. `known` is 1 or 0 where keys have settled a pair, else -1."""
    u = {name: _shares(level, None) for name, level in vectors(of, *drawn_pairs(n)).items()}
    code = np.zeros(next(iter(levels_of.values())).size, np.int64)
    for level in levels_of.values():
        code = code * (N_LEVELS + 1) + level + 1
    _, first, count = np.unique(code, return_index=True, return_counts=True)
    seen = {name: level[first] for name, level in levels_of.items()}
    m = {name: np.array(START) for name in of}
    v, share = dict(u), 0.1
    for _ in range(ROUNDS):
        likely = _expect(seen, m, v, share)
        share = float(np.clip((likely * count).sum() / count.sum(), 1e-6, 0.9))
        m = {name: _shares(seen[name], likely * count, START) for name in of}
        v = {name: _shares(seen[name], (1 - likely) * count) for name in of}
    pairs = share * count.sum()
    return Model(m, u, float(np.clip(pairs / (n * (n - 1) / 2), 1e-12, 0.5)))


def _expect(seen: dict[str, Array], m: dict[str, Array], u: dict[str, Array], share: float) -> Array:
    odds = np.full(next(iter(seen.values())).size, np.log(share / (1 - share)))
    for name, level in seen.items():
        odds += np.where(level >= 0, np.log(m[name] / u[name])[np.maximum(level, 0)], 0.0)
    likely: Array = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
    return likely


def _shares(level: Array, weight: Array | None, start: tuple[float, ...] | None = None) -> Array:
    """Share of each level among those that are not missing, never 0; `start` counts as much as ten pairs."""
    there = level >= 0
    counted = np.bincount(level[there], None if weight is None else weight[there], N_LEVELS)
    if start is not None:
        counted = counted + 10 * np.array(start)
    shares: Array = np.maximum(counted / max(counted.sum(), 1e-9), LEAST)
    total = shares.sum()
    return np.asarray(shares / total)


def log_odds(model: Model, of: dict[str, Compared], found: dict[str, Array], a: Array, b: Array) -> Array:
    """Natural logarithm of the odds that each pair is one person; a rare value that agrees says more."""
    odds = np.full(a.size, np.log(model.prior / (1 - model.prior)))
    for name, level in found.items():
        odds += model.weight(name, level)
        one = of[name]
        if one.member.KIND in ("word", "number"):
            same = np.flatnonzero(level == SAME)
            share = one.share[one.code[a[same]]]
            odds[same] += np.log(model.u[name][SAME] / np.maximum(share, model.u[name][SAME] / 1000))
    return np.asarray(np.where(_given_names_differ(found), np.minimum(odds, UNLIKE), odds))


def _given_names_differ(found: dict[str, Array]) -> Array:
    """Pairs of different given names that no number or mail address of their own ties together."""
    if "given_name" not in found:
        return np.zeros(1, np.bool_)
    apart: Array = found["given_name"] == OTHER
    for name in ("id_number", "email"):
        if name in found:
            apart &= ~((found[name] == SAME) | (found[name] == NEAR))
    return apart
