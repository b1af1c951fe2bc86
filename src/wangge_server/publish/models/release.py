from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal, public


def new_id() -> uuid.UUID:
    return uuid7()


class Release(models.Model):
    """A table of counts that went out, or the refusal and its reasons."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.AUDIT)
    purpose = internal(models.CharField(max_length=40), Retention.AUDIT)
    measure = internal(models.CharField(max_length=40), Retention.AUDIT)
    level = internal(models.CharField(max_length=12), Retention.AUDIT)
    verdict = internal(models.CharField(max_length=10), Retention.AUDIT)  # released, refused
    state = internal(models.CharField(max_length=12), Retention.AUDIT)  # proposed, published, refused
    reasons = internal(models.JSONField(default=list), Retention.AUDIT)
    rows = public(models.JSONField(default=list), Retention.AUDIT)
    proposed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    proposed_at = internal(models.DateTimeField(auto_now_add=True), Retention.AUDIT)
    approved_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )
    approved_at = internal(models.DateTimeField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("-id",)
