"""What goes when its day has come: departments' files after thirty days (`Retention.BATCH`), registrations on their poster's day."""

from __future__ import annotations

import datetime as dt

from wangge_server.accounts.actions import system_user
from wangge_server.base.system import AS_SYSTEM
from wangge_server.intake.actions import forget_batch
from wangge_server.intake.files import sweep
from wangge_server.intake.queries import KEEP_DAYS, kept_files, spent
from wangge_server.resident.actions import forget_registrations
from wangge_server.resident.queries import to_forget

SWEEP_AFTER = dt.timedelta(days=1)  # a file younger than this may belong to a batch that is just being stored


def forget_spent(now: dt.datetime) -> int:
    """Forget every batch that came more than thirty days before `now`, then delete the files nobody needs any more.

    Each batch is a transaction of its own with its audit event. Killed in the middle it leaves the rest, and files
    without a batch, to the next run. -> how many batches
    """
    return _forget(now - dt.timedelta(days=KEEP_DAYS), now - SWEEP_AFTER)


def forget_files(now: dt.datetime) -> int:
    """The emergency's data end: every file that came goes, whatever its age, with its dry run and held rows. -> batches"""
    return _forget(now, now, ended=True)


def forget_registered(today: dt.date) -> int:
    """Destroy what residents registered under posters whose day of destruction has passed. -> how many posters"""
    posters, by = to_forget(today), system_user()
    for poster in posters:
        forget_registrations(poster=poster, by=by, purpose=AS_SYSTEM)
    return len(posters)


def _forget(before: dt.datetime, sweep_until: dt.datetime, *, ended: bool = False) -> int:
    batches, by = list(spent(before, ended=ended)), system_user()
    for batch in batches:
        forget_batch(batch=batch, before=before, ended=ended, by=by, purpose=AS_SYSTEM)
    sweep(kept_files(), sweep_until)
    return len(batches)
