"""Whom of the register the rows of a list name, asked for many rows at once."""

from __future__ import annotations

import pyarrow as pa
from django.db import connection, transaction

from wangge_server.base.bulk import copy_in, copy_out

ASKED = ("row", "id_number", "name", "birth_date", "phone")
FACTS = (("name", pa.string()), ("id_number", pa.string()), ("birth_date", pa.date32()), ("sex", pa.string()),
         ("phone", pa.string()), ("address", pa.string()), ("relation_to_head", pa.string()),
         ("residence_kind", pa.string()), ("household_kind", pa.string()))  # fmt: skip
ELSEWHERE = {
    "residence_kind": "nullif(r.kind, 'unknown')",
    "household_kind": "h.kind",
}  # facts that are no column of Person
NAMED = pa.schema([("row", pa.int32()), ("person_id", pa.string()), ("n_people", pa.int32()), *FACTS])
# The first key that finds somebody counts: a name never outweighs a number, and two different numbers are two people.
MATCHES = """
    SELECT a.row, 1 AS place, p.person_id FROM asked_people a JOIN registry_person p ON p.id_number = a.id_number
    UNION ALL
    SELECT a.row, 2, p.person_id FROM asked_people a
      JOIN registry_person p ON p.name = a.name AND p.birth_date = a.birth_date
     WHERE a.id_number IS NULL OR p.id_number IS NULL
    UNION ALL
    SELECT a.row, 3, p.person_id FROM asked_people a JOIN registry_person p ON p.name = a.name AND p.phone = a.phone
     WHERE (a.id_number IS NULL OR p.id_number IS NULL) AND (a.birth_date IS NULL OR p.birth_date IS NULL)
"""


def people_named(rows: pa.Table) -> pa.Table:
    """People of the register whom these rows name: by number, else name and birth date, else name and phone. -> NAMED

    `rows` has the columns of ASKED. Rows that name nobody known are not in the answer; `n_people` over 1 says that the
    key fits several, and then `person_id` is only the first of them.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE asked_people (row int, id_number text, name text, birth_date date, phone text) ON COMMIT DROP"
            )
            copy_in(cursor, "asked_people", rows.select(list(ASKED)))
            cursor.execute("ANALYZE asked_people")
        facts = ", ".join(ELSEWHERE.get(name, f"p.{name}") for name, _type in FACTS)
        found = copy_out(
            f"""WITH matches AS ({MATCHES}),
                     best AS (SELECT row, min(place) AS place FROM matches GROUP BY row),
                     one AS (SELECT row, min(person_id) AS person_id, count(DISTINCT person_id) AS n_people
                               FROM matches JOIN best USING (row, place) GROUP BY row)
                SELECT one.row, one.person_id, one.n_people, {facts}
                  FROM one JOIN registry_person p USING (person_id)
                  LEFT JOIN registry_residence r ON r.person_id = p.person_id AND r.to_on IS NULL
                  LEFT JOIN registry_household h ON h.household_id = p.household_id ORDER BY one.row""",
            NAMED,
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE asked_people")
    return found
