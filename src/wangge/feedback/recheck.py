"""Blind re-checks: which closed leads are looked at again, and by whom they may be. Never the same hands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import OUTCOME

Z95 = 1.959963984540054

SAMPLE = """
WITH drawn AS (
  SELECT *, row_number() OVER (PARTITION BY is_closed ORDER BY sha256($seed || chr(31) || lead_id), lead_id) AS nth,
         count(*) OVER (PARTITION BY is_closed) AS n
  FROM outcomes
)
SELECT * REPLACE (is_closed AND nth <= greatest($least, ceil($share * n)) AS needs_recheck)
FROM drawn ORDER BY lead_id
"""


def sample(outcomes: pa.Table, share: float = 0.02, least: int = 30, *, seed: int) -> pa.Table:
    """OUTCOME with needs_recheck set for the drawn: `least` closed leads or `share` of them, whichever is more.

    Every closed lead has the same chance, whatever its outcome and whoever closed it; the same seed draws the same.
    """
    params = {"seed": str(seed), "least": least, "share": share}
    return OUTCOME.hand_over(query(SAMPLE, params, outcomes=OUTCOME.hand_over(outcomes)))


def differing(done: int, agree: int) -> tuple[float, float] | None:
    """95 % interval of the share of closed leads a second look would contradict; None where nobody looked.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22: right for small samples
    too, and never below 0 or above 1. The sample is drawn evenly, so the share speaks for all closed leads.
    """
    if done <= 0:
        return None
    share, z2 = (done - agree) / done, Z95 * Z95
    middle = (share + z2 / (2 * done)) / (1 + z2 / done)
    half = Z95 * math.sqrt(share * (1 - share) / done + z2 / (4 * done * done)) / (1 + z2 / done)
    return max(0.0, middle - half), min(1.0, middle + half)


def may_verify(handler: Mapping[str, Any], verifier: Mapping[str, Any]) -> bool:
    """May this person verify what the handler did? Different person, different unit, no common reporting line."""
    return why_not(handler, verifier) is None


def why_not(handler: Mapping[str, Any], verifier: Mapping[str, Any]) -> str | None:
    """same_person, same_unit, same_line, unknown, or None when nothing speaks against it (workflows 1.2).

    Each is {"id", "unit", "reports_to"}: reports_to is a unit or person, or several, from the nearest up to, but
    not including, the district they all belong to. Whoever cannot be placed may not verify.
    """
    if not all(who.get(k) for who in (handler, verifier) for k in ("id", "unit")):
        return "unknown"
    if handler["id"] == verifier["id"]:
        return "same_person"
    if handler["unit"] == verifier["unit"]:
        return "same_unit"
    lines = [{*_line(who.get("reports_to")), who["id"], who["unit"]} for who in (handler, verifier)]
    return "same_line" if lines[0] & lines[1] else None


def _line(reports_to: Any) -> list[str]:
    if not reports_to:
        return []
    return [reports_to] if isinstance(reports_to, str) else list(reports_to)
