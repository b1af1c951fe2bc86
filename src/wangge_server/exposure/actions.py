"""Writes about cases and exposures. Event vault."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils import timezone

from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import copy_in, upsert, with_constants
from wangge_server.emergency.protocol_queries import must_be_signed
from wangge_server.emergency.queries import must_be_in_force
from wangge_server.exposure.models import Case, Exposure
from wangge_server.exposure.queries import received_at_by_person

# One row is one exposure with everything it says: another word in it is another row, and what no list says any more goes.
ROWS = """
SELECT md5(concat_ws('|', $e, person_id, case_id, coalesce(place_id, '-'), coalesce(place_kind, '-'), coalesce(first_at::VARCHAR, '-'),
       coalesce(last_at::VARCHAR, '-'), coalesce(overlap_minutes, -1), degree, category, protocol, evidence)) AS exposure_id, person_id,
       case_id AS source_id, place_id, place_kind, first_at, last_at, overlap_minutes, degree, category, protocol, evidence
FROM exposures QUALIFY row_number() OVER (PARTITION BY exposure_id) = 1
"""
TOUCHED = """
WITH came AS (SELECT person_id, exposure_id FROM exposure_now n WHERE NOT EXISTS (SELECT FROM exposure_exposure s WHERE s.exposure_id = n.exposure_id)),
     went AS (SELECT person_id, exposure_id FROM exposure_exposure s WHERE emergency_id = %s
              AND NOT EXISTS (SELECT FROM exposure_now n WHERE n.exposure_id = s.exposure_id))
SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM went),
       (SELECT count(DISTINCT person_id) FROM (TABLE came UNION ALL TABLE went) x)
"""
GONE = (
    "DELETE FROM exposure_exposure s WHERE emergency_id = %s AND NOT EXISTS (SELECT FROM exposure_now n WHERE n.exposure_id = s.exposure_id)",
    "DELETE FROM exposure_case s WHERE emergency_id = %s AND NOT (case_id = ANY(%s))",
)


@action("run.carry")
def load_exposures(*, emergency: str, cases: pa.Table, exposures: pa.Table, by: Any, purpose: str) -> dict[str, int]:
    """Cases and exposures of people in the register, as the lists have them now: a corrected list takes back what it no longer says.

    E5105 where the emergency is not in force, E5110 where nobody signed the protocol they were judged by.
    People seen only by an account stay out: nobody can be visited. -> {cases, exposures, came, went, touched}: rows, and people
    """
    must_be_in_force(emergency)
    must_be_signed(exposures.column("protocol").unique().to_pylist())
    case_rows = query("SELECT $e || ':' || person_id AS case_id, * FROM cases", {"e": emergency}, cases=cases)
    rows, stamp = query(ROWS, {"e": emergency}, exposures=exposures), {"emergency_id": emergency}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE exposure_now (exposure_id varchar(40), person_id varchar(40)) ON COMMIT DROP")
        copy_in(cursor, "exposure_now", rows.select(["exposure_id", "person_id"]))
        cursor.execute(TOUCHED, [emergency])
        came, went, touched = cursor.fetchone()
        cursor.execute(GONE[0], [emergency])
        cursor.execute(GONE[1], [emergency, case_rows.column("case_id").to_pylist()])
        loaded = {
            "cases": upsert(Case, with_constants(case_rows, stamp)),
            "exposures": upsert(Exposure, with_constants(rows, stamp), update=False),
        }
        cursor.execute("DROP TABLE exposure_now")
    _note_lag(emergency)
    loaded |= {"came": came, "went": went, "touched": touched}
    note(about=emergency, **loaded)
    return loaded


def _note_lag(emergency: str) -> None:
    """When the list with a case came in, and when its contacts were first stored: both once, so that the lag is measured."""
    fresh = list(Case.objects.filter(emergency_id=emergency, found_at=None))
    came = received_at_by_person([one.person_id for one in fresh])
    for one in fresh:
        one.found_at, one.listed_at = timezone.now(), came.get(one.person_id)
    Case.objects.bulk_update(fresh, ["found_at", "listed_at"])
