"""What people share that is no epidemiology, as far as the lists tell: for the guard against abuse of grades, for no rule."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import ATTRIBUTE


def shared_attributes(people: pa.Table, links: pa.Table) -> pa.Table:
    """Which lists name a person, and where the ID number was first registered. -> ATTRIBUTE"""
    rows = query(
        """SELECT DISTINCT person_id, 'list' AS attribute, list AS value FROM links SEMI JOIN people USING (person_id)
           UNION ALL SELECT person_id, 'registered_area', id_number[1:6] FROM people WHERE length(id_number) = 18
           ORDER BY 1, 2, 3""",
        people=people,
        links=links,
    )
    return ATTRIBUTE.hand_over(rows)
