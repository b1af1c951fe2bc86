"""Work that does not hang on other work, done side by side: kernels, NumPy and Arrow let other threads run.

Answers come in the order of the jobs, so how many threads there were, and which was first, is never seen in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array

THREADS = 2  # an ordinary office machine has two cores or more; more threads would hold more at once
FEW = 100_000  # rows that are not worth a thread


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs that do not hang on each other; the longest should stand first. -> their answers, in their order"""
    with ThreadPoolExecutor(THREADS) as pool:
        return [begun.result() for begun in [pool.submit(job) for job in jobs]]


def by_halves(of_rows: Callable[[pa.Table], Array], table: pa.Table) -> Array:
    """An answer for each row that hangs on that row alone, half of the rows in each thread."""
    if table.num_rows < FEW:
        return of_rows(table)
    half = table.num_rows // 2
    return np.concatenate(
        together(lambda: of_rows(table.slice(0, half)), lambda: of_rows(table.slice(half)))
    )  # fmt: skip


def picked(arrays: Sequence[Array], rows: Array) -> list[Array]:
    """The same rows of several arrays."""
    return together(*(lambda a=a: a[rows] for a in arrays))  # type: ignore[misc]
