"""The compiled kernels of the division against plain references on random graphs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.geography import anneal
from wangge.geography.divide import _rows

Graph = tuple[int, list[tuple[int, int]], list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Number of nodes, edges between different nodes, a label for each node."""
    n = draw(st.integers(2, 12))
    node = st.integers(0, n - 1)
    edges = draw(st.sets(st.tuples(node, node).filter(lambda e: e[0] < e[1]), max_size=24))
    return n, sorted(edges), draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))


def compiled(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n, edges, _ = graph
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return _rows(ends[:, 0], ends[:, 1], np.ones(len(edges)), n)


def pieces(graph: Graph, without: int = -1) -> set[frozenset[int]]:
    """Connected pieces of equal label, found by joining sets until nothing changes."""
    n, edges, label = graph
    found = [{v} for v in range(n) if v != without]
    for a, b in edges:
        if without not in (a, b) and label[a] == label[b]:
            one, two = (next(s for s in found if v in s) for v in (a, b))
            if one is not two:
                one |= two
                found = [s for s in found if s is not two]
    return {frozenset(s) for s in found}


@settings(deadline=None)
@given(graphs())
def test_components_are_the_connected_pieces_of_equal_label(graph: Graph) -> None:
    start, to, _ = compiled(graph)
    piece = anneal.components(start, to, np.array(graph[2]))
    assert {frozenset(np.flatnonzero(piece == p).tolist()) for p in set(piece.tolist())} == pieces(graph)


@settings(deadline=None)
@given(graphs())
def test_a_node_may_leave_just_where_its_piece_stays_whole(graph: Graph) -> None:
    start, to, _ = compiled(graph)
    n, _, label = graph
    stamp, stack = np.zeros(n, np.int64), np.zeros(n + 1, np.int64)
    for v in range(n):
        mine = next(p for p in pieces(graph) if v in p)
        left = [p for p in pieces(graph, without=v) if p < mine]
        assert anneal.stays_connected(v, start, to, np.array(label), stamp, v + 1, stack) == (len(left) == 1)


@settings(deadline=None, max_examples=30)
@given(graphs(), st.integers(0, 1000))
def test_annealing_never_breaks_or_empties_a_cell(graph: Graph, seed: int) -> None:
    """Cells are the connected pieces to begin with; afterwards there are as many, each still in one piece."""
    n, edges, _ = graph
    start, to, cost = compiled(graph)
    label = anneal.components(start, to, np.array(graph[2]))
    target = np.full(int(label.max()) + 1, n / (label.max() + 1))
    moved = anneal.anneal(start, to, cost, np.ones(n), label, target, 500, 0.1, 5.0, seed)
    assert len(pieces((n, edges, moved.tolist()))) == len(set(moved.tolist())) == len(target)
