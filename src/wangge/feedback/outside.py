"""Buildings that lists know and the ledger does not: how a forgotten building is found before anybody walks past it."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import HOUSEHOLD, LOCATED

# The compound and the first number that names a building: 金山华庭2号楼1单元101室, 金山华庭2栋, 金山华庭2-1-101 -> 金山华庭, 2.
BUILDING = r"^(.*?)([0-9]+)(?:号楼|號樓|栋|棟|幢|座|#|-|号$)"
OUTSIDE = """
WITH lost AS (
  SELECT n_people, regexp_replace(translate(address, '０１２３４５６７８９', '0123456789'), '^.*(街道|社区|社區)', '') AS written
  FROM households JOIN located USING (household_id) WHERE reason = 'no_such_building'
)
SELECT regexp_extract(written, $building, 1) || regexp_extract(written, $building, 2) || '号楼' AS building,
       count(*)::INTEGER AS n_households, sum(n_people)::INTEGER AS n_people
FROM lost WHERE regexp_matches(written, $building) GROUP BY 1 ORDER BY n_households DESC, building
"""


def outside(households: pa.Table, located: pa.Table) -> pa.Table:
    """HOUSEHOLD, LOCATED -> building, n_households, n_people: buildings of known compounds that the frame does not hold.

    Most households first. One household may be a slip of the pen, several behind one number are a building to be seen.
    """
    given = {"households": HOUSEHOLD.hand_over(households), "located": LOCATED.hand_over(located)}
    return query(OUTSIDE, {"building": BUILDING}, **given)
