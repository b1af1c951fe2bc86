"""Links against the truth, on every row of the lists: a row that was held is linked to nobody, which costs recall."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.identity.score import score


def judge(links: pa.Table, truth: pa.Table) -> dict[str, float]:
    """LINK-like links (list, row, person_id) and truth (list, row, person). -> pair and cluster measures"""
    every = query(
        """SELECT t.list, t.row::INT AS row, coalesce(l.person_id, 'held ' || t.list || t.row) AS person_id
           FROM truth t LEFT JOIN links l ON l.list = t.list AND l.row = t.row""",
        truth=truth,
        links=links.select(["list", "row", "person_id"]),
    )
    return score(every, truth)
