"""Keys that name two people: what a person must look at."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.base.ids import stable_id
from wangge.identity.bytes import Array
from wangge.identity.cluster import Clusters
from wangge.tables.shapes import REVIEW


def review_of(good: pa.Table, found: Clusters, person_ids: pa.Array, person: Array) -> pa.Table:
    """Ambiguous groups that no other key has settled: some row's person still has no valid number. -> REVIEW"""
    parts = [REVIEW.empty()]
    for evidence, rows, group in found.doubts:
        _, group = np.unique(group, return_inverse=True)
        n = int(group.max()) + 1
        people = np.unique(np.stack([group, person[rows]]), axis=1)[0]
        is_open = np.bincount(group, found.number[found.root[rows]] < 0, n) > 0
        is_open &= np.bincount(people, minlength=n) > 1
        kept = is_open[group]
        if kept.any():
            parts.append(_table(good, evidence, rows[kept], group[kept], person_ids, person))
    return pa.concat_tables(parts)


def _table(good: pa.Table, evidence: str, rows: Array, group: Array, person_ids: pa.Array, person: Array) -> pa.Table:
    at = pa.array(rows)
    lists, batches, numbers = (good.column(name).take(at) for name in ("list", "batch", "row"))
    firsts, of_row = np.unique(group, return_index=True)[1], np.unique(group, return_inverse=True)[1]
    ids = [
        stable_id("g", evidence, lists[int(i)].as_py(), batches[int(i)].as_py(), numbers[int(i)].as_py())
        for i in firsts
    ]
    return REVIEW.hand_over(
        pa.table({
            "group_id": pa.array(ids, pa.string()).take(pa.array(of_row)), "list": lists, "batch": batches, "row": numbers,
            "person_id": person_ids.take(pa.array(person[rows])),
            "reason": pa.repeat(evidence, len(rows)),
        })
    )  # fmt: skip
