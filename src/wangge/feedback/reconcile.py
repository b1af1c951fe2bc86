"""Several answers to one lead -> its one outcome, whatever the order they arrived in and whatever the phones' clocks said.

Each answer names the answers it was given in sight of (its bases). What stands is what nobody has answered since: the
heads. Heads that agree decide the lead. Heads that differ are a dispute for a person; until then the outcome that claims
least is counted, so that coverage is never overstated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from wangge.feedback.verify import closing, judged
from wangge.frame import query
from wangge.tables.shapes import ANSWER, LEAD

BASES = pa.schema([("answer_id", pa.string()), ("base", pa.string())])
# Least claimed first: only what was fully verified counts as covered.
CAREFUL = (
    "not_found",
    "data_error",
    "wrong_jurisdiction",
    "refused",
    "moved",
    "duplicate",
    "deceased",
    "video",
    "full",
)

RECONCILED = """
WITH ended AS (SELECT lead_id, answer_id, ends FROM judged WHERE ends IS NOT NULL),
over AS (
  SELECT DISTINCT old.lead_id, old.answer_id FROM bases b
  JOIN ended new ON new.answer_id = b.answer_id JOIN ended seen ON seen.answer_id = b.base AND seen.lead_id = new.lead_id
  -- Attempts in vain add up: who stands above one of them stands above all.
  JOIN ended old ON old.lead_id = new.lead_id AND (old.answer_id = seen.answer_id
                    OR (seen.ends = 'not_found' AND old.ends = 'not_found' AND new.ends <> 'not_found'))
  WHERE new.answer_id <> old.answer_id
),
heads AS (
  SELECT e.*, o.answer_id IS NULL AS is_head, bool_and(o.answer_id IS NOT NULL) OVER (PARTITION BY e.lead_id) AS is_ring
  FROM ended e LEFT JOIN over o USING (lead_id, answer_id)
)
SELECT lead_id, arg_min(ends, (coalesce(list_position($careful, ends), 0), answer_id)) AS outcome,
       arg_min(answer_id, (coalesce(list_position($careful, ends), 0), answer_id)) AS answer_id,
       count(DISTINCT ends) > 1 AS is_disputed, list_sort(list(answer_id)) AS heads
FROM heads WHERE is_head OR is_ring GROUP BY lead_id ORDER BY lead_id
"""


def reconcile(leads: pa.Table, answers: pa.Table, bases: pa.Table) -> pa.Table:
    """The outcome of each lead that has one. LEAD, ANSWER, (answer_id, base) ->
    lead_id, outcome, answer_id, is_disputed, heads (list of answer_id)

    An answer may have several bases (a settled dispute stands on both sides). A ring of bases, which no phone makes,
    puts nobody above anybody. The order of rows means nothing, and of two answers neither is newer by its clock.
    """
    ends = judged(LEAD.hand_over(leads), ANSWER.hand_over(answers))
    return query(RECONCILED, {"careful": list(CAREFUL)}, judged=ends, bases=bases.select(BASES.names).cast(BASES))


def ends_alone(answer: Mapping[str, Any]) -> str | None:
    """What this answer decides where it is the only one of its lead; None leaves the lead open.

    The same rule as verify() of a single row, for the hot path; a law of tests/generative holds both together.
    """
    rules = closing()
    if answer["result"] in rules["other"]["result"]:
        return str(answer["result"])
    for end in ("full", "video"):
        if all(answer[field] in allowed for field, allowed in rules[end].items()):
            return end
    return "not_found" if answer["result"] == "not_found" and rules["not_found"]["attempts"] <= 1 else None
