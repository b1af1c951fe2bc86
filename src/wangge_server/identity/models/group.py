from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal

STATES = ("open", "later", "second", "settled", "gone")


class Group(models.Model):
    """Rows that may be one person or several: the machine joined nobody, a person decides."""

    group_id = internal(models.CharField(max_length=40, primary_key=True), Retention.REGISTER)
    reason = internal(models.CharField(max_length=200), Retention.REGISTER)  # keys that are ambiguous, or two numbers
    grid_code = personal(models.CharField(max_length=15, null=True))  # of its first person who lives somewhere
    n_rows = internal(models.IntegerField(), Retention.REGISTER)
    state = internal(models.CharField(max_length=8, db_default="open"), Retention.REGISTER)
    # open; later: put off; second: waits for another person's look; settled; gone: a run settled it by other evidence
    turn = internal(
        models.IntegerField(db_default=0), Retention.REGISTER
    )  # place within its grid: every grid gets its turn
    found_at = internal(models.DateTimeField(), Retention.REGISTER)

    class Meta:
        ordering = ("turn", "grid_code", "group_id")
        indexes = (models.Index(fields=["state", "turn", "grid_code", "group_id"], name="desk_queue"),)
