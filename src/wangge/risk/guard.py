"""Is a batch of grades explained better by something that is no epidemiology? Then somebody abuses the code: it stops.

Zhengzhou 2022: 1,317 depositors of one bank were turned red, 446 on arrival, 871 by scanning a forwarded picture. Nothing
they shared but the bank explained it. Before a batch is signed, every attribute outside epidemiology (bank, employer,
registered origin, the list that named them) is laid beside what epidemiology knows (cases, places). Where an attribute's
holders are more like the batch than the people of any case or place, the batch is not signed, and the attribute is named.

The measure is Jaccard's, |A and B| / |A or B|: a large firm whose canteen had a case is explained by the canteen at least as
well as by the firm, and passes; a bank is not, and does not.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE


@dataclass(frozen=True)
class Alarm:
    """An attribute that explains a batch better than epidemiology does.

    n_batch: people newly graded; n_shared: of them, holders of the value; n_holders: holders among everybody known;
    likeness of holders and batch, and of the most like case or place, 0 to 1.
    """

    attribute: str
    value: str
    n_batch: int
    n_shared: int
    n_holders: int
    likeness: float
    best_epidemiology: float


@cache
def limits() -> dict[str, Any]:
    """When the guard looks and when it stops a batch (guard.toml)."""
    return tomllib.loads(resources.files(__package__).joinpath("guard.toml").read_text("utf-8"))


def explained_otherwise(batch: pa.Table, exposures: pa.Table, attributes: pa.Table) -> list[Alarm]:
    """Attributes that explain the batch better than any case or place, most like first. Empty: it may be signed.

    batch: GRADE, the people whose grade is new or stronger than yesterday's. exposures: EXPOSURE of everybody traced, graded or
    not. attributes: ATTRIBUTE of everybody known, graded or not. A batch smaller than `least_people` is read by people.
    """
    batch, exposures, attributes = (
        GRADE.hand_over(batch),
        EXPOSURE.hand_over(exposures),
        ATTRIBUTE.hand_over(attributes),
    )
    given = limits()
    if batch.num_rows < given["least_people"]:
        return []
    rows = query(_LIKENESS, given, batch=batch, exposures=exposures, attributes=attributes).to_pylist()
    return [Alarm(**row) for row in rows]


_LIKENESS = """
WITH these AS (SELECT DISTINCT person_id FROM batch),
size AS (SELECT count(*) AS n FROM these),
-- Who was at a place or met a case: the kinds that grade. A companion in space and time explains nothing.
met AS (
  SELECT DISTINCT 'case' AS factor, case_id AS value, person_id FROM exposures WHERE category NOT IN ('companion', 'zone')
  UNION SELECT DISTINCT 'place', place_id, person_id FROM exposures
    WHERE place_id IS NOT NULL AND category NOT IN ('companion', 'zone')
  UNION SELECT DISTINCT 'zone', case_id, person_id FROM exposures WHERE category = 'zone'
),
epidemiology AS (
  SELECT coalesce(max(likeness), 0) AS best FROM (
    SELECT count(t.person_id) / (count(*) + (SELECT n FROM size) - count(t.person_id)) AS likeness
    FROM met m LEFT JOIN these t USING (person_id) GROUP BY m.factor, m.value)
),
held AS (
  SELECT attribute, value, count(*) AS n_holders, count(t.person_id) AS n_shared
  FROM (SELECT DISTINCT person_id, attribute, value FROM attributes WHERE value <> '') a
  LEFT JOIN these t USING (person_id) GROUP BY attribute, value
)
SELECT attribute, value, n AS n_batch, n_shared, n_holders,
       n_shared / (n_holders + n - n_shared) AS likeness, best AS best_epidemiology
FROM held, size, epidemiology
WHERE n_shared >= $least_people AND likeness >= $least_likeness AND likeness > best + $margin
ORDER BY likeness DESC, attribute, value
"""
