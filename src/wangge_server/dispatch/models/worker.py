from __future__ import annotations

from django.db import models

from wangge_server.base.fields import internal


class Worker(models.Model):
    """Who holds which grid."""

    holding_id = internal(models.CharField(max_length=80, primary_key=True))  # worker:grid
    worker_id = internal(models.CharField(max_length=40, db_index=True))
    user = internal(models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="holdings"))
    unit_code = internal(models.CharField(max_length=15))
    grid_code = internal(models.CharField(max_length=15, db_index=True))
    minutes_a_day = internal(models.IntegerField())
