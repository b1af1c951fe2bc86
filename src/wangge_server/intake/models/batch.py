from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


class Batch(models.Model):
    """One file as a department sent it. rows = good + held, always."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False))
    list_name = internal(models.CharField(max_length=40))
    file_name = internal(models.CharField(max_length=200))
    digest = internal(models.CharField(max_length=64, unique=True))
    state = internal(models.CharField(max_length=12, default="received"))  # received, reading, read, refused
    error_code = internal(models.CharField(max_length=8, blank=True))
    error_facts = internal(models.JSONField(default=dict))
    n_tries = internal(models.SmallIntegerField(default=0))  # readings begun; a file may stop the reader only so often
    n_rows = internal(models.IntegerField(null=True))
    n_good = internal(models.IntegerField(null=True))
    n_held = internal(models.IntegerField(null=True))
    report = internal(models.JSONField(default=dict))  # encoding, header row, columns used, ignored, dropped as banned
    received_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    received_at = internal(models.DateTimeField(auto_now_add=True))
    read_at = internal(models.DateTimeField(null=True))

    class Meta:
        ordering = ("-id",)

    retention = Retention.WORK
