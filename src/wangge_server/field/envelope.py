"""One answer as a phone sends it: is it whole, and is it the same that was sent before?"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

TAKEN = ("person", "residence", "status", "temperature", "symptoms", "needs", "result", "note")
EMPTY: dict[str, Any] = {"temperature": None, "symptoms": [], "needs": []}


def shape_problems(answer: Mapping[str, Any]) -> list[str]:
    """id_or_time or time_without_zone where the answer's own id and time cannot be read."""
    try:
        UUID(str(answer.get("id", "")))
        moment = dt.datetime.fromisoformat(str(answer.get("observed_at", "")))
    except ValueError:
        return ["id_or_time"]
    return [] if moment.tzinfo else ["time_without_zone"]


def uuid_or_none(value: Any) -> str | None:
    """A readable UUID in its usual spelling; None for anything else."""
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def payload_hash(answer: Mapping[str, Any]) -> str:
    """SHA-256 of what the answer says, independent of the order of keys."""
    said = {key: answer.get(key) for key in (*TAKEN, "lead_id", "observed_at", "base")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
