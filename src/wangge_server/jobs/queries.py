"""Reads about long work."""

from __future__ import annotations

from django.db.models import QuerySet

from wangge_server.jobs.models import Run


def runs() -> QuerySet[Run]:
    """All runs, newest first."""
    return Run.objects.select_related("emergency", "asked_by")


def run_by_id(pk: str) -> Run | None:
    """One run."""
    return runs().filter(pk=pk).first()
