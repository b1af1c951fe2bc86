from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Handover(models.Model):
    """Envelopes changed hands at once: a grid was re-divided, a worker swapped, fell ill, left, or lost the phone."""

    id = internal(models.UUIDField(primary_key=True), Retention.EVENT)
    cause = internal(models.CharField(max_length=12), Retention.EVENT)  # redivided, swap, ill, left, new, phone_lost
    reason = internal(models.CharField(max_length=200), Retention.EVENT)
    grids = internal(models.JSONField(), Retention.EVENT)  # [[grid, from worker, to worker]]
    redivision_id = internal(models.UUIDField(null=True), Retention.EVENT)
    n_envelopes = internal(models.IntegerField(default=0), Retention.EVENT)
    at = internal(models.DateTimeField(), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
