from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


class Run(models.Model):
    """One run of the way: stage, share done, seconds, and the summary that adds up."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False))
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE))
    state = internal(models.CharField(max_length=10, default="waiting"))  # waiting, running, done, failed
    stage = internal(models.CharField(max_length=20, blank=True))
    share = internal(models.FloatField(default=0))
    seconds = internal(models.JSONField(default=dict))
    summary = internal(models.JSONField(default=dict))
    error_code = internal(models.CharField(max_length=8, blank=True))
    asked_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    asked_at = internal(models.DateTimeField(auto_now_add=True))
    finished_at = internal(models.DateTimeField(null=True))

    class Meta:
        ordering = ("-id",)
