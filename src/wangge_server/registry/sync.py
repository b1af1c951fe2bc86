"""What a new run means for ids that people know already."""

from __future__ import annotations

import pyarrow as pa

from wangge.frame import query
from wangge.tables.shapes import MERGE


def changed_ids(before: pa.Table, links: pa.Table) -> pa.Table:
    """Ids whose rows now stand under another id. An id that holds no row any more became the one that holds most of
    its rows (merge); from one that still holds some a part went away (split): who died holds them still. -> MERGE"""
    return MERGE.hand_over(
        query(
            """WITH moved AS (
                 SELECT b.person_id AS old_person_id, l.person_id AS new_person_id, count(*) AS n, min(l.evidence) AS evidence
                 FROM before b JOIN links l USING (list, batch, row) WHERE b.person_id <> l.person_id GROUP BY 1, 2),
               ranked AS (SELECT *, row_number() OVER (PARTITION BY old_person_id ORDER BY n DESC, new_person_id) AS place
                          FROM moved),
               told AS (SELECT r.*, old_person_id IN (SELECT person_id FROM links) AS lives FROM ranked r)
               SELECT old_person_id, new_person_id,
                      CASE WHEN NOT lives AND place = 1 THEN 'merge' ELSE 'split' END AS kind, evidence
               FROM told ORDER BY old_person_id, place""",
            before=before,
            links=links,
        )
    )


def gone_links(before: pa.Table, links: pa.Table) -> list[str]:
    """Links of rows that no list holds any more. -> link ids"""
    rows = query(
        "SELECT batch || ':' || row AS link_id FROM before ANTI JOIN links USING (list, batch, row) ORDER BY 1",
        before=before,
        links=links,
    )
    return rows.column("link_id").to_pylist()  # type: ignore[no-any-return]
