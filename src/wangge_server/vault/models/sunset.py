from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


class Sunset(models.Model):
    """The end of one emergency's data: proposed, approved by another, carried out step by step, signed by both."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.AUDIT)
    emergency = internal(models.OneToOneField("emergency.Emergency", models.PROTECT), Retention.AUDIT)
    # proposed, approved, destroyed (key and rows are gone), searched (the certificate is written), certified (both signed)
    state = internal(models.CharField(max_length=10, default="proposed"), Retention.AUDIT)
    reason = internal(models.CharField(max_length=200), Retention.AUDIT)
    proposed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    proposed_at = internal(models.DateTimeField(auto_now_add=True), Retention.AUDIT)
    approved_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )
    approved_at = internal(models.DateTimeField(null=True), Retention.AUDIT)
    before = internal(models.JSONField(default=dict), Retention.AUDIT)  # table -> rows
    key_ids = internal(models.JSONField(default=dict), Retention.AUDIT)  # id -> scope
    files_removed = internal(models.IntegerField(default=0), Retention.AUDIT)
    destroyed_at = internal(models.DateTimeField(null=True), Retention.AUDIT)
    certificate = internal(models.JSONField(null=True), Retention.AUDIT)
    certified_at = internal(models.DateTimeField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("-id",)
