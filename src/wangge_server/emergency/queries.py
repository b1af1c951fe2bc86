"""Reads about the emergency."""

from __future__ import annotations

from wangge_server.emergency.models import Emergency


def current_emergency() -> Emergency | None:
    """The running emergency, newest first; None in peacetime."""
    return Emergency.objects.exclude(phase="ended").first() or Emergency.objects.first()


def current_phase() -> str:
    """active, wind_down, ended; peace when none was ever declared."""
    emergency = current_emergency()
    return emergency.phase if emergency else "peace"
