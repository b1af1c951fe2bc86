"""What no key has joined: rows without a valid number are weighed by the model, element by element.

It runs where such rows are many enough to learn from and hold enough to compare; a list of residents with valid
numbers leaves it little to do.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.identity.blocks import candidates
from wangge.identity.bytes import Array, distinct
from wangge.identity.groups import Rivals, join_in_turn, roots
from wangge.identity.keys import Keys
from wangge.identity.likely import Compared, compared
from wangge.identity.model import Model, learn, log_odds, vectors
from wangge.identity.resolve import Weigh, resolve

ROWS = 200  # fewer rows teach too little
LIKENESSES = 3
LEAST = 0.0  # log odds: likelier one person than two
CLIP = 10.0  # one pair says no more than this, for or against
SURE, NEVER = 500.0, -1e6
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
EVIDENCE = tuple(f"model:{p}" for p in STEPS)  # the probability, rounded down, that stands in LINK.evidence


def join_likely(
    keys: Keys, parent: Array, number: Array, how: Array, first_word: int, rivals: Rivals, apart: Array, n: int
) -> None:
    """Join clusters that are likelier one person than two; `how` takes first_word + the place in EVIDENCE. `n` is how
    many rows there are, with those that only their number is asked of."""
    if keys.rows is None:
        return
    root = roots(parent)
    pool = np.flatnonzero(number[root] < 0)
    if pool.size < max(ROWS, n // 2):
        return
    of = compared(keys.rows.take(pa.array(pool)))
    a, b = candidates(of, pool.size)
    if len(of) < LIKENESSES or not a.size:
        return
    model = learn(of, pool.size, vectors(of, a, b))
    weigh = _weigher(model, of, root[pool], root[apart], parent.size)
    tied = np.flatnonzero(root[pool] != pool)
    a, b = np.r_[a, np.searchsorted(pool, root[pool[tied]])], np.r_[b, tied]
    one, two, odds = resolve(pool.size, a, b, weigh(a, b), weigh, LEAST)
    word = first_word + np.searchsorted(STEPS, 1 / (1 + np.exp(-np.minimum(odds, SURE))), "right") - 1
    join_in_turn(pool[one], pool[two], word.astype(np.int8), parent, number, how, rivals)


def _weigher(model: Model, of: dict[str, Compared], root: Array, apart: Array, n: int) -> Weigh:
    """Log odds of any pairs of the pool: what keys have joined is sure, what a person parted is never one."""
    parted = distinct(np.sort(apart, axis=1) @ np.array([n, 1]))

    def weigh(x: Array, y: Array) -> Array:
        odds = np.clip(log_odds(model, of, vectors(of, x, y), x, y), -CLIP, CLIP)
        lower, upper = np.minimum(root[x], root[y]), np.maximum(root[x], root[y])
        odds[lower == upper] = SURE
        odds[np.isin(lower * n + upper, parted)] = NEVER
        return odds

    return weigh
