"""Writes about grades. There is no way to set a grade by hand or in bulk from outside the way (R3)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert, with_constants
from wangge_server.risk.models import Grade


@action("run.carry")
def load_grades(*, emergency: str, grades: pa.Table, by: Any, purpose: str) -> int:
    """The grades of one run, each with rules, evidence, protocol and expiry. -> how many"""
    rows = query("SELECT $e || ':' || person_id AS grade_id, * FROM grades", {"e": emergency}, grades=grades)
    loaded = upsert(Grade, with_constants(rows, {"emergency_id": emergency}))
    note(about=emergency, grades=loaded)
    return loaded
