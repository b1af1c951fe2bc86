"""Is the order any good, and for whom is it worse? Calibration, errors by group with intervals, and a challenger."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wangge.risk.order import Dimension, Floats, Model, chance, parts_of

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Bin:
    """People of nearly one chance: what was said, what came, and the 95 % interval of what came."""

    n: int
    said: float
    came: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupError:
    """Of one group's people who became cases, how many the first part of the queue missed; 95 % interval."""

    group: str
    n_cases: int
    missed: float
    low: float
    high: float


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of k in n; (0, 1) where nobody was looked at."""
    if n == 0:
        return 0.0, 1.0
    centre, spread = (k + Z95**2 / 2) / (n + Z95**2), Z95 * np.sqrt(k * (n - k) / n + Z95**2 / 4) / (n + Z95**2)
    return float(max(0.0, centre - spread)), float(min(1.0, centre + spread))


def calibration(said: Floats, came: npt.NDArray[np.bool_], bins: int = 10) -> list[Bin]:
    """Rows in equal parts from unlikely to likely; a model that holds has `said` inside the interval."""
    found = []
    for rows in np.array_split(np.argsort(said, kind="stable"), bins):
        if len(rows):
            n, k = len(rows), int(came[rows].sum())
            found.append(Bin(n, float(said[rows].mean()), k / n, *wilson(k, n)))
    return found


def group_errors(
    said: Floats, came: npt.NDArray[np.bool_], groups: npt.NDArray[np.str_], share: float = 0.2
) -> list[GroupError]:
    """Misses by group when the likeliest `share` of the queue is visited first. Groups are for checking, never for ordering."""
    first = np.zeros(len(said), bool)
    first[np.argsort(-said, kind="stable")[: int(len(said) * share)]] = True
    found = []
    for group in np.unique(groups):
        cases = (groups == group) & came
        n, k = int(cases.sum()), int((cases & ~first).sum())
        found.append(GroupError(str(group), n, k / n if n else float("nan"), *wilson(k, n)))
    return found


def fit(table: pa.Table, came: npt.NDArray[np.bool_], model: Model, ridge: float = 1.0, rounds: int = 50) -> Model:
    """Weights that fit outcomes, with the ranges of `model`: Newton's method with a ridge; unknowns are fitted as well.

    Nothing is switched on: what comes back is a challenger.
    """
    columns = [part for d in model.dimensions for part in _columns(table, d)]
    x = np.column_stack([np.ones(table.num_rows), *columns])
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0.0
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-(x @ w)))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + np.diag(penalty + 1e-9), x.T @ (came - p) - penalty * w)
        w += step
        if np.abs(step).max() < 1e-9:
            break
    fitted = tuple(
        replace(d, weight=float(w[1 + 2 * i]), unknown=float(w[2 + 2 * i])) for i, d in enumerate(model.dimensions)
    )
    return Model(float(w[0]), fitted, f"fitted to {table.num_rows} rows", on=False)


def _columns(table: pa.Table, dimension: Dimension) -> tuple[Floats, Floats]:
    return (
        parts_of(table, replace(dimension, weight=1.0, unknown=0.0)),
        parts_of(table, replace(dimension, weight=0.0, unknown=1.0)),
    )


def log_loss(said: Floats, came: npt.NDArray[np.bool_]) -> float:
    """Mean surprise in nats; lower is better."""
    p = np.clip(said, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(came, np.log(p), np.log1p(-p))))


def ranked_right(said: Floats, came: npt.NDArray[np.bool_]) -> float:
    """The chance that somebody who became a case stands before somebody who did not (AUC); .5 is a coin."""
    _, inverse, counts = np.unique(said, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n1 = int(came.sum())
    n0 = len(came) - n1
    return float((ranks[came].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)) if n1 and n0 else float("nan")


def challenge(
    table: pa.Table, came: npt.NDArray[np.bool_], holder: Model, challenger: Model, draws: int = 200, seed: int = 1
) -> tuple[float, float, float]:
    """How much better the challenger ranks, with a 95 % bootstrap interval. Above zero throughout: it is better. -> (gain, low, high)"""
    a, b = chance(table, holder), chance(table, challenger)
    rng = np.random.default_rng(seed)
    gains = []
    for _ in range(draws):
        rows = rng.integers(0, len(came), len(came))
        gains.append(ranked_right(b[rows], came[rows]) - ranked_right(a[rows], came[rows]))
    low, high = np.nanquantile(gains, [0.025, 0.975])
    return ranked_right(b, came) - ranked_right(a, came), float(low), float(high)
