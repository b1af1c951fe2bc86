"""A stored grade in plain words, for every page and sheet that tells it."""

from __future__ import annotations

from typing import Any

from wangge import risk
from wangge_server.risk.models import Grade


def told(grade: Grade, lang: str) -> risk.Explanation:
    """What this grade rests on, in one language."""
    row: dict[str, Any] = {
        name: getattr(grade, name)
        for name in ("grade", "rules", "facts", "evidence", "protocol", "as_of", "expires_on")
    }
    return risk.explanation(row, lang)
