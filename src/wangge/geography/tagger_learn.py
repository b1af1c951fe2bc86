"""A conditional random field over the units of an address: learning it, and the best row of labels.

Lafferty et al. 2001; steps by AdaGrad, features left out at random while learning, weights averaged over the later rounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]
TINY = 1e-4  # smaller moves are not made
LEFT_OUT = 0.5  # share of the features that are left out of an address while it is learned


@njit(cache=True)  # type: ignore[untyped-decorator]
def best(features: Array, weights: Array, after: Array, first: Array) -> Array:
    """The best row of labels of one address (Viterbi)."""
    n, labels = len(features), len(first)
    score, back = np.zeros((n, labels), np.float32), np.zeros((n, labels), np.int32)
    for i in range(n):
        for f in features[i]:
            score[i] += weights[f]
        if i == 0:
            score[0] += first
            continue
        for b in range(labels):
            top, who = score[i - 1, 0] + after[0, b], 0
            for a in range(1, labels):
                value = score[i - 1, a] + after[a, b]
                if value > top:
                    top, who = value, a
            score[i, b] += top
            back[i, b] = who
    row = np.zeros(n, np.int32)
    if n:
        row[n - 1] = np.argmax(score[n - 1])
    for i in range(n - 1, 0, -1):
        row[i - 1] = back[i, row[i]]
    return row


@njit(cache=True)  # type: ignore[untyped-decorator]
def label(features: Array, starts: Array, weights: Array, after: Array, first: Array) -> Array:
    """The best row of labels of every address."""
    out = np.zeros(len(features), np.int32)
    for k in range(len(starts) - 1):
        out[starts[k] : starts[k + 1]] = best(features[starts[k] : starts[k + 1]], weights, after, first)
    return out


@njit(cache=True)  # type: ignore[untyped-decorator]
def chances(score: Array, after: Array) -> tuple[Array, Array, Array]:
    """Forward and backward chances of each label, each row scaled to one; and the scores as chances, largest one."""
    n, labels = score.shape
    forth, back, here = np.zeros_like(score), np.ones_like(score), np.empty_like(score)
    for i in range(n):
        here[i] = np.exp(score[i] - score[i].max())
    forth[0] = here[0] / here[0].sum()
    for i in range(1, n):
        for a in range(labels):
            for b in range(labels):
                forth[i, b] += forth[i - 1, a] * after[a, b]
        forth[i] *= here[i]
        forth[i] /= forth[i].sum()
    for i in range(n - 2, -1, -1):
        for a in range(labels):
            back[i, a] = 0
            for b in range(labels):
                back[i, a] += after[a, b] * here[i + 1, b] * back[i + 1, b]
        back[i] /= back[i].sum()
    return forth, back, here


@njit(cache=True)  # type: ignore[untyped-decorator]
def _step(weight: Array, total: Array, moves: Array, rate: float) -> None:
    """AdaGrad: each weight moves by its own rate, smaller the more it has moved."""
    for k in range(len(moves)):
        if moves[k] > TINY or moves[k] < -TINY:
            total[k] += moves[k] * moves[k]
            weight[k] -= rate * moves[k] / (np.sqrt(total[k]) + 1e-6)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pairs(
    forth: Array, later: Array, one: int, two: int, grown: Array, after: Array, sums: Array, rate: float
) -> None:
    """The chances of two labels in a row, less the pair that is true, move the weights of one label after another."""
    pairs = np.empty_like(grown)
    for a in range(len(forth)):
        pairs[a] = forth[a] * grown[a] * later
    pairs /= pairs.sum()
    pairs[one, two] -= 1
    for a in range(len(forth)):
        _step(after[a], sums[a], pairs[a], rate)


@njit(cache=True)  # type: ignore[untyped-decorator]
def learn_one(
    features: Array, gold: Array, kept: Array, weights: Array, sums: Array, after: Array, sa: Array, rate: float
) -> None:
    """One address: its labels get likelier. The last row of `weights` says how likely a label is at the start."""
    n, width = features.shape
    score = np.zeros((n, weights.shape[1]), np.float32)
    for i in range(n):
        for j in range(width):
            if kept[i, j]:
                score[i] += weights[features[i, j]] / np.float32(1 - LEFT_OUT)
    score[0] += weights[-1]
    grown = np.exp(after)
    forth, back, here = chances(score, grown)
    for i in range(n):
        chance = forth[i] * back[i]
        chance /= chance.sum()
        chance[gold[i]] -= 1
        if i == 0:
            _step(weights[-1], sums[-1], chance, rate)
        else:
            _pairs(forth[i - 1], here[i] * back[i], gold[i - 1], gold[i], grown, after, sa, rate)
        for j in range(width):
            if kept[i, j]:
                _step(weights[features[i, j]], sums[features[i, j]], chance, rate)


@njit(cache=True)  # type: ignore[untyped-decorator]
def learn_round(
    features: Array,
    starts: Array,
    gold: Array,
    order: Array,
    state: tuple[Array, Array, Array, Array],
    rate: float,
    seed: int,
) -> None:
    """Every address once, in the order given; some features are left out, others in each."""
    weights, sums, after, sa = state
    np.random.seed(seed)
    for k in order:
        rows = features[starts[k] : starts[k + 1]]
        kept = np.random.random(rows.shape) >= LEFT_OUT
        learn_one(rows, gold[starts[k] : starts[k + 1]], kept, weights, sums, after, sa, rate)
