"""What a run hands to the joint cell beside the grades: what people share that is no epidemiology, and whom to visit."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import ATTRIBUTE, LEAD, TASK


def shared_attributes(people: pa.Table, links: pa.Table) -> pa.Table:
    """Which lists name a person, and where the ID number was first registered: for the guard against abuse, for no rule. -> ATTRIBUTE"""
    rows = query(
        """SELECT DISTINCT person_id, 'list' AS attribute, list AS value FROM links SEMI JOIN people USING (person_id)
           UNION ALL SELECT person_id, 'registered_area', id_number[1:6] FROM people WHERE length(id_number) = 18
           ORDER BY 1, 2, 3""",
        people=people,
        links=links,
    )
    return ATTRIBUTE.hand_over(rows)


def plan_of(leads: pa.Table, tasks: pa.Table, graded: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The envelopes of what is proposed: nobody is sent for whom the batch holds back. graded: person_id, grade. -> LEAD, TASK"""
    kept = query("SELECT l.* FROM leads l SEMI JOIN graded USING (person_id, grade)", leads=leads, graded=graded)
    sql = """SELECT t.* REPLACE (n AS n_people) FROM tasks t
             JOIN (SELECT task_id, count(*)::INTEGER AS n FROM kept GROUP BY 1) USING (task_id)"""
    return LEAD.hand_over(kept), TASK.hand_over(query(sql, tasks=tasks, kept=kept))
