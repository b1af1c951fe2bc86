"""Reads about the emergency."""

from __future__ import annotations

from wangge_server.base.prepared import fetch
from wangge_server.emergency.models import Emergency

PHASE = "SELECT phase FROM emergency_emergency ORDER BY phase = 'ended', starts_on DESC LIMIT 1"


def current_emergency() -> Emergency | None:
    """The running emergency, newest first; None in peacetime."""
    return Emergency.objects.exclude(phase="ended").first() or Emergency.objects.first()


def current_phase() -> str:
    """active, wind_down, ended; peace when none was ever declared. Asked at every gate, so by hand."""
    rows = fetch(PHASE, ())
    return str(rows[0][0]) if rows else "peace"
