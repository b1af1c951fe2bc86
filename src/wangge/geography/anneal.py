"""Compiled kernels that partition a graph into contiguous cells of equal weight.

Nodes are buildings, edges common borders. Method: annealed boundary moves with an exact contiguity check.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)  # type: ignore[untyped-decorator]
def imbalance(weight: float, target: float, slack: float) -> float:
    """Cost of one cell: quadratic, and four times as steep beyond `slack` (a share of the target)."""
    off = abs(weight / target - 1.0)
    over = max(0.0, off - slack)
    return float(off * off + 8.0 * over * over)


@njit(cache=True)  # type: ignore[untyped-decorator]
def stays_connected(
    node: int,
    start: NDArray[np.int64],
    to: NDArray[np.int64],
    label: NDArray[np.int64],
    stamp: NDArray[np.int64],
    mark: int,
    stack: NDArray[np.int64],
) -> bool:
    """Does the cell of `node` stay in one piece without it? `stamp`, `stack` are scratch; `mark` is new each call."""
    mine, wanted, first = label[node], 0, -1
    for e in range(start[node], start[node + 1]):
        if label[to[e]] == mine:
            wanted += 1
            first = to[e]
    if wanted == 0:
        return False  # the last building of a cell never leaves
    stamp[node], stamp[first], stack[0], top, seen = mark, mark, first, 1, 0
    while top > 0:
        top -= 1
        at = stack[top]
        for e in range(start[at], start[at + 1]):
            if to[e] == node:
                seen += 1
                if seen == wanted:
                    return True
            if label[to[e]] == mine and stamp[to[e]] != mark:
                stamp[to[e]] = mark
                stack[top] = to[e]
                top += 1
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def anneal(
    start: NDArray[np.int64],
    to: NDArray[np.int64],
    cost: NDArray[np.float64],
    weight: NDArray[np.float64],
    label: NDArray[np.int64],
    target: NDArray[np.float64],
    moves: int,
    slack: float,
    balance: float,
    seed: int,
) -> NDArray[np.int64]:
    """Move single buildings between neighbouring cells while it gets cooler. -> new labels; contiguity is kept.

    start/to/cost: the graph as compressed rows, cost = what cutting the edge costs; target: wished weight by label.
    """
    np.random.seed(seed)
    n, label = len(weight), label.copy()
    load = np.zeros(len(target))
    for v in range(n):
        load[label[v]] += weight[v]
    stamp, stack, mark = np.zeros(n, np.int64), np.zeros(n, np.int64), 0
    for step in range(moves):
        heat = 0.3 * (1.0 - step / moves) ** 3 + 1e-6
        v = np.random.randint(n)
        if start[v] == start[v + 1]:
            continue
        a, b = label[v], label[to[np.random.randint(start[v], start[v + 1])]]
        if a == b:
            continue
        change = 0.0
        for e in range(start[v], start[v + 1]):
            if label[to[e]] == a:
                change += cost[e]
            elif label[to[e]] == b:
                change -= cost[e]
        change += balance * (
            imbalance(load[a] - weight[v], target[a], slack)
            - imbalance(load[a], target[a], slack)
            + imbalance(load[b] + weight[v], target[b], slack)
            - imbalance(load[b], target[b], slack)
        )
        if change > 0 and np.random.random() >= np.exp(-change / heat):
            continue
        mark += 1
        if stays_connected(v, start, to, label, stamp, mark, stack):
            label[v] = b
            load[a] -= weight[v]
            load[b] += weight[v]
    return label


@njit(cache=True)  # type: ignore[untyped-decorator]
def components(start: NDArray[np.int64], to: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the connected pieces of equal label, 0.. in order of their first node."""
    piece, stack, found = np.full(len(label), -1), np.zeros(len(label), np.int64), 0
    for v in range(len(label)):
        if piece[v] >= 0:
            continue
        piece[v], stack[0], top = found, v, 1
        while top > 0:
            top -= 1
            at = stack[top]
            for e in range(start[at], start[at + 1]):
                if piece[to[e]] < 0 and label[to[e]] == label[v]:
                    piece[to[e]] = found
                    stack[top] = to[e]
                    top += 1
        found += 1
    return piece
