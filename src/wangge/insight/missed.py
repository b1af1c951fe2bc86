"""People whom no list holds: a floor, never a point. Chao's lower bound from how many lists hold each person.

Chao (1987), Estimating the population size for capture-recapture data with unequal catchability, Biometrics 43;
for k lists: (k-1)/k * f1^2 / (2 f2), where f1 people stand in exactly one list and f2 in exactly two.
"""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import LOCATED, PERSON

LEAST_LISTS = 3  # two lists cannot tell copying from coverage

MISSED = """
WITH held AS (
  SELECT grid_code[1:12] AS community_code12,
         list_distinct(CASE WHEN $all THEN lists ELSE list_intersect(lists, $lists) END) AS held
  FROM people JOIN located USING (household_id) WHERE grid_code IS NOT NULL
),
counted AS (
  SELECT community_code12, count(*) AS n, count(*) FILTER (len(held) = 1) AS f1, count(*) FILTER (len(held) = 2) AS f2,
         len(list_distinct(flatten(list(held)))) AS n_lists
  FROM held WHERE len(held) > 0 GROUP BY community_code12
)
SELECT community_code12, n, n_lists, f1, f2,
       CASE WHEN n_lists >= $least AND f2 > 0
            THEN floor((n_lists - 1) / n_lists * f1 * f1 / (2.0 * f2)) END::INTEGER
         AS missed_low
FROM counted ORDER BY community_code12
"""


def missed(people: pa.Table, located: pa.Table, lists: tuple[str, ...] | None = None) -> pa.Table:
    """PERSON, LOCATED -> community_code12, n (people seen), n_lists, f1, f2, missed_low ("at least N").

    Only `lists` count where given. missed_low is null with fewer than three lists or with nobody in exactly two.
    Wrong links between lists inflate it; people who avoid every list hide from it: read it as work to do, by
    community, never by grid.
    """
    params = {"all": lists is None, "lists": list(lists or [""]), "least": LEAST_LISTS}
    return query(MISSED, params, people=PERSON.hand_over(people), located=LOCATED.hand_over(located))
