"""Jobs whose worker died: taken up again, so that a killed run restarts by itself.

A live worker sends a heartbeat every ten seconds; a job of one that has been silent for longer is nobody's. Every job of
ours may run twice (see tasks.py), so taking up too early would cost time, not truth.
"""

from __future__ import annotations

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

SILENT_SECONDS = 30.0


async def take_up_stalled(silent_seconds: float = SILENT_SECONDS) -> int:
    """Put every job of a silent worker back into the queue. -> how many"""
    jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds))
    for job in jobs:
        await app.job_manager.retry_job(job)
    return len(jobs)


def take_up_now(silent_seconds: float = SILENT_SECONDS) -> int:
    """The same, for callers without an event loop."""
    return async_to_sync(take_up_stalled)(silent_seconds)
