"""Writes about cases and exposures. Event vault."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert, with_constants
from wangge_server.exposure.models import Case, Exposure


@action("run.carry")
def load_exposures(*, emergency: str, cases: pa.Table, exposures: pa.Table, by: Any, purpose: str) -> dict[str, int]:
    """Cases and exposures of people in the register. People seen only by an account stay out: nobody can be visited."""
    case_rows = query("SELECT $e || ':' || person_id AS case_id, * FROM cases", {"e": emergency}, cases=cases)
    rows = query(
        """SELECT md5(concat_ws('|', $e, person_id, case_id, place_id, first_at, category)) AS exposure_id, person_id,
                  case_id AS source_id, place_id, place_kind, first_at, last_at, overlap_minutes, degree, category,
                  protocol, evidence
           FROM exposures QUALIFY row_number() OVER (PARTITION BY exposure_id ORDER BY overlap_minutes DESC) = 1""",
        {"e": emergency},
        exposures=exposures,
    )
    stamp = {"emergency_id": emergency}
    loaded = {
        "cases": upsert(Case, with_constants(case_rows, stamp)),
        "exposures": upsert(Exposure, with_constants(rows, stamp)),
    }
    note(about=emergency, **loaded)
    return loaded
