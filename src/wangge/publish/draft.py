"""A draft: counts with small ones redacted, the rest rounded, totals summed from rounded cells (trust, decision 2)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import CELL

SMALLEST = 8  # counts up to 7 are redacted: rounding would let a published 5 be read as 6 or 7
BASE = 5  # the rest is rounded to this
REDACTED, UNKNOWN = f"<{SMALLEST}", "—"
DIGITS = {"grid": 15, "community": 12, "street": 9, "district": 6}


@dataclass(frozen=True)
class Draft:
    """What would go out: area_code, kind, measure, value, shown; with what the checks must hold it against."""

    purpose: str
    rows: pa.Table
    earlier: tuple[pa.Table, ...] = field(default=())

    @property
    def finest(self) -> int:
        """Digits of the finest areas in it: only their counts are counts, all others are sums of shown ones."""
        kinds = set(self.rows.column("kind").to_pylist())
        return max((DIGITS.get(k, 0) for k in kinds), default=0)


@cache
def purposes() -> dict[str, Any]:
    """Purposes with the kinds of area and the measures that may go out."""
    return tomllib.loads(resources.files(__package__).joinpath("purposes.toml").read_text("utf-8"))


# A null count stays unknown; a total is the sum of what its finest areas show, where a redacted one shows nothing.
ROUNDED = """
WITH long AS (SELECT area_code, kind, measure, n
              FROM cells UNPIVOT INCLUDE NULLS (n FOR measure IN ({measures})) WHERE list_contains($kinds, kind)),
base AS (
  SELECT area_code, measure, n IS NULL AS unknown,
         CASE WHEN n >= {smallest} THEN {base} * round(n / {base}.0)::INTEGER END AS value
  FROM long WHERE length(area_code) = $finest
),
summed AS (
  SELECT l.area_code, l.kind, l.measure, bool_and(b.unknown) AS unknown, sum(coalesce(b.value, 0))::INTEGER AS value
  FROM long l JOIN base b ON starts_with(b.area_code, l.area_code) AND l.measure = b.measure
  GROUP BY ALL
)
SELECT area_code, kind, measure, CASE WHEN NOT unknown AND value >= {smallest} THEN value END AS value,
       CASE WHEN unknown THEN '{unknown}' WHEN value >= {smallest} THEN value::VARCHAR ELSE '{redacted}' END AS shown
FROM summed ORDER BY length(area_code), area_code, measure
"""


def draft(cells: pa.Table, purpose: str, earlier: tuple[pa.Table, ...]) -> Draft:
    """CELL -> Draft for a purpose of purposes.toml; areas the purpose does not allow are left out."""
    allowed = purposes()[purpose]
    kinds = [k for k in allowed["kinds"] if k in set(cells.column("kind").to_pylist())]
    sql = ROUNDED.format(
        measures=", ".join(f'"{m}"' for m in allowed["measures"]),
        smallest=SMALLEST,
        base=BASE,
        unknown=UNKNOWN,
        redacted=REDACTED,
    )
    finest = max((DIGITS[k] for k in kinds), default=0)
    rows = query(sql, {"kinds": kinds, "finest": finest}, cells=CELL.hand_over(cells))
    return Draft(purpose, rows, earlier)
