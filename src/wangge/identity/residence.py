"""How people live where they live, and what their households are, as the lists say it.

Both follow the default rule of survivorship: who said it last, then the order of sources.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import GOOD_ROW, HOUSEHOLD, LINK, PERSON, RESIDENCE

# Whose value it is, and the columns of GOOD_ROW that tell which row is believed.
_BELIEVED = """
    WITH said AS (
      SELECT p.{owner}, g.{column} AS kind, g.list, g.batch, g.row,
             CASE WHEN g.collected_on <= CAST($as_of AS DATE) THEN g.collected_on END AS said_on
        FROM good g JOIN links USING (list, batch, row) JOIN people p USING (person_id)
       WHERE g.{column} IS NOT NULL),
    ranked AS (SELECT s.*, row_number() OVER (PARTITION BY {owner} ORDER BY said_on DESC NULLS LAST,
                      coalesce(o.place, 1000), s.list, kind, batch, row) AS nth
                 FROM said s LEFT JOIN sources o USING (list))
    SELECT {owner}, kind, said_on FROM ranked WHERE nth = 1 ORDER BY {owner}"""


def residences(
    good: pa.Table, links: pa.Table, people: pa.Table, as_of: dt.date, *, source_order: Sequence[str] = ()
) -> pa.Table:
    """GOOD_ROW, their LINK rows, PERSON -> RESIDENCE: the kind of residence that is believed of each person.

    Nobody appears of whom no list says it: that is not known, and no kind of its own.
    """
    return RESIDENCE.hand_over(_believed("person_id", "residence_kind", good, links, people, as_of, source_order))


def with_kinds(
    households: pa.Table,
    good: pa.Table,
    links: pa.Table,
    people: pa.Table,
    as_of: dt.date,
    *,
    source_order: Sequence[str] = (),
) -> pa.Table:
    """HOUSEHOLD with the kind that the rows of its people say; null where none says it."""
    found = _believed("household_id", "household_kind", good, links, people, as_of, source_order)
    if not found.num_rows:
        return HOUSEHOLD.hand_over(households)
    return HOUSEHOLD.hand_over(
        query(
            """SELECT h.* EXCLUDE (kind, i), f.kind FROM numbered h LEFT JOIN found f USING (household_id) ORDER BY i""",
            numbered=HOUSEHOLD.hand_over(households).append_column("i", pa.array(np.arange(households.num_rows))),
            found=found,
        )
    )


def _believed(
    owner: str, column: str, good: pa.Table, links: pa.Table, people: pa.Table, as_of: dt.date, order: Sequence[str]
) -> pa.Table:
    good = GOOD_ROW.hand_over(good).select(["list", "batch", "row", "collected_on", column])
    if good[column].null_count == good.num_rows:
        good = good.slice(0, 0)  # most districts' lists do not say it
    places = pa.table({"list": pa.array(list(order), pa.string()), "place": pa.array(range(len(order)), pa.int32())})
    return query(
        _BELIEVED.format(owner=owner, column=column), {"as_of": as_of}, good=good,
        links=LINK.hand_over(links), people=PERSON.hand_over(people), sources=places,
    )  # fmt: skip
