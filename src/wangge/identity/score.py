"""score(): how well links agree with the truth, exactly, over all pairs of rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array


def score(links: pa.Table, truth: pa.Table) -> dict[str, float]:
    """LINK and (list, row, person) -> pair_precision, pair_recall, pair_f1, cluster_f1.

    Rows of both tables count, others do not; a null person is a row that is nobody. A pair is two rows of one person;
    a cluster is right when it holds all the rows of one person and no other. Nothing to find counts as 1.
    """
    wanted = truth.select(["list", "row", "person"]).filter(pc.is_valid(truth["person"]))
    wanted = wanted.set_column(1, "row", wanted["row"].cast(pa.int32()))
    both = links.select(["list", "row", "person_id"]).join(wanted, ["list", "row"], join_type="inner")
    found, true = (_codes(both[name]) for name in ("person_id", "person"))
    return _measures(found, true)


def _codes(column: pa.ChunkedArray) -> Array:
    coded = column.combine_chunks().dictionary_encode()
    codes: Array = coded.indices.to_numpy().astype(np.int64)
    return codes


def _measures(found: Array, true: Array) -> dict[str, float]:
    sizes_found, sizes_true = np.bincount(found), np.bincount(true)
    cells, shared = np.unique(true * max(sizes_found.size, 1) + found, return_counts=True)
    right, said, real = (_pairs(n) for n in (shared, sizes_found, sizes_true))
    at_true, at_found = np.divmod(cells, max(sizes_found.size, 1))
    whole = int(((sizes_true[at_true] == shared) & (sizes_found[at_found] == shared)).sum())
    precision, recall = right / said if said else 1.0, right / real if real else 1.0
    together = sizes_found.size + sizes_true.size
    return {
        "pair_precision": precision,
        "pair_recall": recall,
        "pair_f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "cluster_f1": 2 * whole / together if together else 1.0,
    }


def _pairs(sizes: Array) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())
