from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Event(models.Model):
    """One thing done or one person read. Append-only: the database refuses UPDATE and DELETE (migration 0002).

    Holds opaque ids, counts and codes; never a personal value.
    """

    id = internal(models.BigAutoField(primary_key=True), Retention.AUDIT)
    at = internal(models.DateTimeField(auto_now_add=True, db_index=True), Retention.AUDIT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT)
    role = internal(models.CharField(max_length=40), Retention.AUDIT)
    purpose = internal(models.CharField(max_length=40), Retention.AUDIT)
    permission = internal(models.CharField(max_length=60), Retention.AUDIT)
    verb = internal(models.CharField(max_length=60), Retention.AUDIT)
    kind = internal(models.CharField(max_length=10), Retention.AUDIT)  # write, read, refused, login
    about = internal(models.CharField(max_length=80, blank=True, db_index=True), Retention.AUDIT)
    facts = internal(models.JSONField(default=dict), Retention.AUDIT)
    policy_version = internal(models.CharField(max_length=20), Retention.AUDIT)

    class Meta:
        ordering = ("-id",)
        indexes = (
            GinIndex(fields=["facts"], opclasses=["jsonb_path_ops"], name="event_facts"),  # whose ids a list showed
            models.Index(fields=["by", "at"], name="event_by_at"),  # one's own median, for alarms
        )
