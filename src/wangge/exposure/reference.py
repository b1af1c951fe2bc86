"""The plain answer to "who was with whom": one readable statement of SQL that the index must equal.

It runs on any engine and needs no compiler; on ten million visits it is some ten times slower than the index.
"""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query

TOGETHER = """
WITH met AS (              -- every stay that truly shares time with a seed's stay in the same place
  SELECT v.person_id, s.person_id AS seed_id, v.place_id, s.place_kind,
         greatest(v.start, s.start) AS a, least(v."end", s."end") AS b
  FROM visits v JOIN seeds s ON v.place_id = s.place_id AND v.start < s."end" AND v."end" > s.start
  WHERE v."end" > v.start AND v.person_id NOT IN (SELECT person_id FROM barred)
),
marked AS (                -- does this stretch continue what is covered already?
  SELECT *, max(b) OVER (PARTITION BY person_id, seed_id, place_id, place_kind ORDER BY a, b
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
  FROM met
)
SELECT person_id, seed_id, place_id, place_kind, min(a) AS first, max(b) AS last,
       sum(CASE WHEN covered_to IS NULL THEN b - a ELSE greatest(0, b - greatest(a, covered_to)) END)::BIGINT AS seconds
FROM marked
GROUP BY ALL
ORDER BY ALL
"""


def together_in_sql(visits: pa.Table, seeds: pa.Table, barred: pa.Table) -> pa.Table:
    """visits and seeds: person_id, place_id, place_kind, start, end (Unix seconds); barred: person_id.

    -> person_id, seed_id, place_id, place_kind, first, last, seconds, sorted by all of them
    """
    return query(TOGETHER, visits=visits, seeds=seeds, barred=barred)
