"""A grade that ended may come back, and one in force may last longer or weigh more, only on new evidence.

What a grade rests on is told by its facts without the limit of days, which is the protocol's and not the person's, and by
the day of the last exposure: its end less that limit.
"""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import GRADE

_RESTS_ON = r"""
SELECT *, list_transform(facts, lambda f: regexp_replace(f, ' ?limit_days=\d+', '')) AS rests_on,
       expires_on - coalesce(try_cast(regexp_extract(facts[1], 'limit_days=(\d+)', 1) AS INTEGER), 0) AS last_on,
       CASE grade WHEN 'red' THEN 3 WHEN 'yellow' THEN 2 ELSE 1 END AS weight
"""

_STALE = f"""
WITH p AS ({_RESTS_ON} FROM proposed), s AS ({_RESTS_ON} FROM stood),
same AS (
  SELECT person_id, s.ended OR p.weight > s.weight OR p.expires_on > s.expires_on AS beyond, s.ended FROM p JOIN s USING (person_id)
  WHERE list_has_all(s.rests_on, p.rests_on) AND s.evidence IS NOT DISTINCT FROM p.evidence AND p.last_on <= s.last_on
)
-- Whatever ended before it, a grade in force on this evidence may go on as it is.
SELECT person_id FROM same GROUP BY person_id HAVING bool_or(beyond) AND NOT coalesce(bool_or(NOT beyond) FILTER (NOT ended), false)
ORDER BY 1
"""

_HELD = """
SELECT p.* FROM proposed p ANTI JOIN stale USING (person_id)
UNION ALL BY NAME
SELECT s.* EXCLUDE (ended) REPLACE ($as_of::DATE AS as_of) FROM stood s SEMI JOIN stale USING (person_id)
 WHERE NOT s.ended AND s.expires_on >= $as_of::DATE
ORDER BY person_id
"""


def without_new_evidence(proposed: pa.Table, stood: pa.Table) -> pa.Array:
    """The people whom a batch would grade again, longer or more strongly, on what they were graded for. -> person_id

    proposed: GRADE. stood: GRADE with `ended`, true where the grade ran out or an appeal ended it, false where it is in force.
    """
    return query(_STALE, proposed=GRADE.hand_over(proposed), stood=stood).column(0).combine_chunks()


def held_to_evidence(proposed: pa.Table, stood: pa.Table, as_of: object) -> tuple[pa.Table, int]:
    """What may be proposed: whoever has no new evidence keeps the grade in force, or has none. -> GRADE, people held back"""
    ids = without_new_evidence(proposed, stood)
    stale = pa.table({"person_id": ids.cast(pa.string())})
    kept = query(_HELD, {"as_of": as_of}, proposed=GRADE.hand_over(proposed), stood=stood, stale=stale)
    return GRADE.hand_over(kept), len(ids)
