from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from wangge_server.base.fields import internal


class Worker(models.Model):
    """Who holds which grid, from when to when. What ended stays: it says whose work of that time it is."""

    holding_id = internal(
        models.CharField(max_length=80, primary_key=True)
    )  # worker:grid, numbered where it is held again
    worker_id = internal(models.CharField(max_length=40, db_index=True))
    user = internal(models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="holdings"))
    unit_code = internal(models.CharField(max_length=15))
    grid_code = internal(models.CharField(max_length=15, db_index=True))
    minutes_a_day = internal(models.IntegerField())
    valid_from = internal(models.DateTimeField(db_default=Now()))
    valid_to = internal(models.DateTimeField(null=True))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["worker_id", "grid_code"], condition=models.Q(valid_to=None), name="held_once"
            ),
        )
