"""Hidden sources on the sixteen fixed outbreaks, places and persons, and on MERS in Korea. The last line is JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from bench.tracing.outbreaks import PLACES, Outbreak, outbreak, tables
from wangge.exposure.hidden import rank_persons, rank_places, unexplained_cases

RUNS = 16
SETS = {"every visit, rooms known": (1.0, True), "70 % of visits, rooms unknown": (0.7, False)}
LEAST_CASES = 15


def main() -> int:
    """-> 0"""
    rows, found = [], {}
    for name, (share, rooms) in SETS.items():
        measured = judge(share, rooms, range(RUNS))
        found[name] = measured
        for measure, plain, goal in (("place_recall_20", "place_count_recall_20", "at least .55, and twice the count"),
                                     ("place_recall_10", "place_count_recall_10", ".355 and .500 in the prototype"),
                                     ("person_hit_50", "person_count_hit_50", "at least .28 with every visit, 1.25 times the count")):  # fmt: skip
            rows.append([name, measure, measured[measure], measured[plain], goal])
    print(json.dumps({"hidden": rows, "hidden_figures": found}))
    return 0


def judge(share: float, rooms: bool, seeds: range) -> dict[str, Any]:
    """Means over the outbreaks that have cases enough to ask."""
    sums: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        state, rng = outbreak(seed)
        if state.is_case.sum() < LEAST_CASES:
            continue
        started = time.perf_counter()
        given = tables(state, rng, share, rooms)
        unexplained = {int(p) for p in unexplained_cases(*given).column("person_id").to_pylist()}
        places = rank_places(*given)
        persons = rank_persons(*given, authority="bench", document="made-up people")
        for name, value in {**of_places(state, unexplained, places), **of_persons(state, unexplained, persons)}.items():
            sums[name].append(value)
        sums["seconds"].append(time.perf_counter() - started)
    return {
        "runs": len(sums["seconds"]),
        "places": PLACES,
        **{name: round(float(np.mean(v)), 4) for name, v in sums.items()},
    }


def of_places(state: Outbreak, unexplained: set[int], ranked: pa.Table) -> dict[str, float]:
    """How many of the places where cases without a source were infected stand among the first."""
    true = {f"p{state.source_place[i]}" for i in unexplained if state.source_place[i] >= 0}
    if not true:
        return {}
    by_score = ranked.column("place_id").to_pylist()
    by_count = ranked.sort_by([("n_cases", "descending"), ("place_id", "ascending")]).column("place_id").to_pylist()
    return {
        f"{name}_{n}": len(true & set(order[:n])) / len(true)
        for name, order in (("place_recall", by_score), ("place_count_recall", by_count)) for n in (10, 20)
    }  # fmt: skip


def of_persons(state: Outbreak, unexplained: set[int], ranked: pa.Table) -> dict[str, float]:
    """How many of the people who infected them, and were never reported, stand among the first."""
    sources = {int(state.source[i]) for i in unexplained if state.source_place[i] >= 0}
    true = {str(p) for p in sources if state.hidden[p]}
    if not true:
        return {}
    by_score = ranked.column("person_id").to_pylist()
    by_count = ranked.sort_by([("n_cases", "descending"), ("person_id", "ascending")]).column("person_id").to_pylist()
    return {
        f"{name}_{n}": len(true & set(order[:n])) / len(true)
        for name, order in (("person_hit", by_score), ("person_count_hit", by_count)) for n in (10, 50)
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
