from __future__ import annotations

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention, Sensitivity
from wangge_server.base.fields import internal, kept, personal


class UrgentLook(models.Model):
    """Somebody opened one person's few fields past the table, with a reason; somebody else is told and judges it.

    The reason may speak of the person, so it is as sensitive as they are; audit events hold none of it.
    """

    id = internal(models.UUIDField(primary_key=True, default=uuid7, editable=False), Retention.AUDIT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    purpose = internal(models.CharField(max_length=40), Retention.AUDIT)
    person_id = personal(models.CharField(max_length=40, db_index=True), Retention.AUDIT)
    reason = kept(models.CharField(max_length=300), Sensitivity.SENSITIVE, Retention.AUDIT)
    opened_at = internal(models.DateTimeField(), Retention.AUDIT)
    expires_at = internal(models.DateTimeField(), Retention.AUDIT)
    told = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    review_due = internal(models.DateTimeField(), Retention.AUDIT)
    reviewed_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )
    reviewed_at = internal(models.DateTimeField(null=True), Retention.AUDIT)
    is_justified = internal(models.BooleanField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("-opened_at",)
