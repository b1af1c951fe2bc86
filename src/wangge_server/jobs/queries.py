"""Reads about long work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wangge_server.jobs.models import Run


def runs() -> QuerySet[Run]:
    """All runs, newest first."""
    return Run.objects.select_related("emergency", "asked_by")


def run_by_id(pk: str) -> Run | None:
    """One run."""
    return runs().filter(pk=pk).first()


def last_run() -> dict[str, Any] | None:
    """Summary of the newest run that ended well, with the instant it ended; None before the first."""
    found = Run.objects.filter(state="done").values("summary", "finished_at").first()
    return found and {**found["summary"], "finished_at": found["finished_at"]}
