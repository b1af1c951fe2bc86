"""People whom no list holds: a floor, never a point. From how the lists of a community overlap.

A community with many people: the log-linear model of unseen.py, which knows that lists copy from each other. Few people:
Chao's lower bound, Chao (1987), Estimating the population size for capture-recapture data with unequal catchability,
Biometrics 43; for k lists: (k-1)/k * f1^2 / (2 f2), where f1 people stand in exactly one list and f2 in exactly two.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.insight.unseen import best
from wangge.tables.shapes import LOCATED, PERSON

LEAST_LISTS = 3  # two lists cannot tell copying from coverage
MOST_LISTS = 6  # the largest; what lies beyond them counts as one list
LEAST_PEOPLE = 500  # below, a model of many cells says more than the people in them can bear
WIDEST = 1.0  # standard error of the logarithm: a wider answer is none, and Chao's stands

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

HELD = """
WITH held AS (
  SELECT grid_code[1:12] AS code, person_id,
         unnest(list_distinct(CASE WHEN $all THEN lists ELSE list_intersect(lists, $lists) END)) AS list
  FROM people JOIN located USING (household_id) WHERE grid_code IS NOT NULL
),
sized AS (SELECT code, list, row_number() OVER (PARTITION BY code ORDER BY count(*) DESC, list) - 1 AS place
          FROM held GROUP BY code, list),
ways AS (SELECT code, person_id, bit_or(1::BIGINT << least(place, $most - 1)) AS way
         FROM held JOIN sized USING (code, list) GROUP BY code, person_id)
SELECT code, way, count(*) AS n FROM ways JOIN large USING (code) GROUP BY code, way ORDER BY code, way
"""


def missed(people: pa.Table, located: pa.Table, lists: tuple[str, ...] | None = None) -> pa.Table:
    """PERSON, LOCATED -> community_code12, n (people seen), n_lists, f1, f2, missed_low ("at least N").

    Only `lists` count where given. missed_low is null with fewer than three lists or with nobody in exactly two.
    Wrong links between lists inflate it; people who avoid every list hide from it: read it as work to do, by
    community, never by grid.
    """
    params = {"all": lists is None, "lists": list(lists or [""])}
    given = {"people": PERSON.hand_over(people), "located": LOCATED.hand_over(located)}
    found = query(MISSED, params | {"least": LEAST_LISTS}, **given)
    wide = found.filter(pc.and_(pc.greater_equal(found["n"], LEAST_PEOPLE), pc.is_valid(found["missed_low"])))
    large = pa.table({"code": wide["community_code12"]})
    ways = query(HELD, params | {"most": MOST_LISTS}, large=large, **given)
    return _modelled(found, ways)


def _modelled(found: pa.Table, ways: pa.Table) -> pa.Table:
    """The communities of `ways` (code, way, n) with the floor of their model; the others as they stand."""
    counts: dict[str, dict[int, int]] = {}
    for code, way, n in zip(*(ways[c].to_pylist() for c in ("code", "way", "n")), strict=True):  # a few cells each
        counts.setdefault(code, {})[way] = n
    lists = dict(zip(found["community_code12"].to_pylist(), found["n_lists"].to_pylist(), strict=True))
    models = {code: best(some, min(lists[code], MOST_LISTS)) for code, some in counts.items()}
    lows = [int(models[code].unseen) if code in models and models[code].spread <= WIDEST else low
            for code, low in zip(found["community_code12"].to_pylist(), found["missed_low"].to_pylist(), strict=True)]  # fmt: skip
    return found.set_column(found.schema.get_field_index("missed_low"), "missed_low", pa.array(lows, pa.int32()))
