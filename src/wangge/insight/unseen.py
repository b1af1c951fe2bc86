"""How many nobody wrote down, from how several lists overlap: log-linear models for closed populations.

Fienberg (1972), Biometrika 59; Cormack (1989), Biometrics 45. Cells are the 2^k - 1 ways to stand in at least one of k
lists; the fit of a Poisson model with main effects and some pairs of lists says what stands in the empty cell. The pairs
are those with the lowest AIC. People whom every list avoids hide from any model: what comes out is a floor.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pair = tuple[int, int]
Counts = Mapping[int, int]  # which lists, as bits (list 0 is bit 0) -> how many people
ALL_MODELS_UP_TO = 4  # lists: 2^6 models; beyond that pairs are added one by one
STEPS, CLOSE, RIDGE, LARGEST = 60, 1e-9, 1e-9, 20.0


@dataclass(frozen=True)
class Fit:
    """One model. total: people in all; se: its standard error; unseen: total less those somebody wrote down."""

    pairs: tuple[Pair, ...]
    total: float
    se: float
    unseen: float
    spread: float  # standard error of log(unseen)
    deviance: float
    aic: float


def fit(counts: Counts, n_lists: int, pairs: tuple[Pair, ...] = ()) -> Fit:
    """The log-linear model with these dependent pairs of lists; none: the lists are independent.

    Iteratively re-weighted least squares. Raises ValueError for fewer than two lists or where more is asked than the
    cells can say.
    """
    cells, seen = _cells(counts, n_lists)
    effects = [cells[:, a] * cells[:, b] for a, b in pairs]
    design = np.column_stack([np.ones(len(cells)), cells, *effects])
    if n_lists < 2 or design.shape[1] > len(cells):
        raise ValueError("more effects than cells")
    beta, covariance, mean = _poisson(design, seen)
    unseen, spread = float(np.exp(min(beta[0], LARGEST))), float(np.sqrt(covariance[0, 0]))
    likelihood = float(np.sum(seen * np.log(mean) - mean))
    saturated = float(np.sum(np.where(seen > 0, seen * np.log(np.maximum(seen, 1) / mean), 0.0) - (seen - mean)))
    return Fit(pairs, float(seen.sum()) + unseen, float(np.sqrt(unseen + (unseen * spread) ** 2)), unseen, spread,
               2 * saturated, 2 * design.shape[1] - 2 * likelihood)  # fmt: skip


def best(counts: Counts, n_lists: int) -> Fit:
    """The model with the lowest AIC: of all with pairs for up to four lists, else of those met by adding the best pair."""
    every = list(itertools.combinations(range(n_lists), 2))
    if n_lists <= ALL_MODELS_UP_TO:
        room = 2**n_lists - 2 - n_lists  # effects the cells can bear beside the lists themselves
        some = (s for r in range(min(len(every), room) + 1) for s in itertools.combinations(every, r))
        return min((fit(counts, n_lists, one) for one in some), key=lambda f: f.aic)
    found = fit(counts, n_lists)
    while further := [p for p in every if p not in found.pairs]:
        tried = min((fit(counts, n_lists, (*found.pairs, p)) for p in further), key=lambda f: f.aic)
        if tried.aic >= found.aic:
            break
        found = tried
    return found


def _cells(counts: Counts, n_lists: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Every way to be in at least one list, as rows of 0 and 1, and how many people are."""
    ways = np.arange(1, 2**n_lists)
    inside = (ways[:, None] >> np.arange(n_lists)) & 1
    return inside.astype(np.float64), np.array([counts.get(int(way), 0) for way in ways], dtype=np.float64)


def _poisson(
    design: npt.NDArray[np.float64], seen: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Coefficients, their covariance, fitted means of a Poisson regression with a log link."""
    mean = seen + 0.5
    eta: npt.NDArray[np.float64] = np.log(mean)
    beta: npt.NDArray[np.float64] = np.zeros(design.shape[1])
    ridge = RIDGE * np.eye(design.shape[1])  # a list nobody is in leaves the matrix without an inverse
    for _step in range(STEPS):
        weighted = design.T * mean
        found = np.linalg.solve(weighted @ design + ridge, weighted @ (eta + (seen - mean) / mean))
        eta = np.clip(design @ found, -LARGEST, LARGEST)
        moved = float(np.max(np.abs(found - beta)))
        mean, beta = np.asarray(np.exp(eta), dtype=np.float64), np.asarray(found, dtype=np.float64)
        if moved < CLOSE:
            break
    return beta, np.asarray(np.linalg.inv((design.T * mean) @ design + ridge), dtype=np.float64), mean
