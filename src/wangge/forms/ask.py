"""At the door the register answers first: what is fresh is shown for a nod, what is stale or missing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from wangge.dictionary import elements
from wangge.forms.union import Asked
from wangge.frame import query
from wangge.tables.shapes import ASKING, KNOWN

SQL = """
WITH newest AS (
    SELECT subject_id, element, max(collected_on) AS collected_on
    FROM known WHERE collected_on IS NULL OR collected_on <= $as_of GROUP BY ALL
)
SELECT s.subject_id, q.place, q.name, q.element, n.collected_on,
    CASE WHEN NOT q.may THEN 'absent' WHEN n.subject_id IS NULL THEN 'ask'
         WHEN q.fresh_days = 0 OR $as_of - n.collected_on <= q.fresh_days THEN 'nod' ELSE 'ask' END AS state,
    CASE WHEN NOT q.may THEN 'forbidden' WHEN n.subject_id IS NULL THEN 'missing'
         WHEN q.fresh_days = 0 OR $as_of - n.collected_on <= q.fresh_days THEN 'fresh' ELSE 'stale' END AS why
FROM subjects s CROSS JOIN questions q
LEFT JOIN newest n ON n.subject_id = s.subject_id AND n.element = q.element AND q.element <> ''
ORDER BY s.subject_id, q.place
"""


def ask(asked: Sequence[Asked], known: pa.Table, subjects: pa.Array, purpose: str, as_of: date) -> pa.Table:
    """Every question of the form for every subject: KNOWN -> ASKING, ordered by subject and place.

    nod: an answer not older than the element may be (one of an unknown day counts only where the element does not age).
    ask: stale or missing. absent: this purpose does not ask it; whether it is known is then not said either.
    """
    table = query(
        SQL, {"as_of": as_of}, known=KNOWN.hand_over(known), questions=_questions(asked, purpose),
        subjects=pa.table({"subject_id": subjects.unique()}),
    )  # fmt: skip
    hidden = pc.equal(table["state"], "absent")
    shown = pc.if_else(hidden, pa.scalar(None, pa.date32()), table["collected_on"])
    return ASKING.hand_over(table.set_column(table.column_names.index("collected_on"), "collected_on", shown))


def _questions(asked: Sequence[Asked], purpose: str) -> pa.Table:
    known = elements()
    fresh = [known[one.question.element].fresh_days if one.question.element in known else 0 for one in asked]
    return pa.table(
        {
            "place": pa.array(range(1, len(asked) + 1), pa.int32()),
            "name": pa.array([one.name for one in asked], pa.string()),
            "element": pa.array([one.question.element for one in asked], pa.string()),
            "may": pa.array([one.state != "withheld" and purpose in one.purposes for one in asked], pa.bool_()),
            "fresh_days": pa.array(fresh, pa.int32()),
        }
    )
