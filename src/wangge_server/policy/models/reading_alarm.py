from __future__ import annotations

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal

KINDS = ("bulk", "elsewhere")


class ReadingAlarm(models.Model):
    """Somebody was shown far more people than is usual for them, or people outside their ground; somebody else is told.

    One a reader, day and kind; while nobody judged it, it grows with what is read. It names no resident.
    """

    id = internal(models.UUIDField(primary_key=True, default=uuid7, editable=False), Retention.AUDIT)
    reader = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    day = internal(models.DateField(), Retention.AUDIT)
    kind = internal(models.CharField(max_length=10), Retention.AUDIT)
    n = internal(models.IntegerField(), Retention.AUDIT)  # people and households shown
    usual = internal(models.IntegerField(null=True), Retention.AUDIT)  # bulk: the reader's own median
    raised_at = internal(models.DateTimeField(), Retention.AUDIT)
    told = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    review_due = internal(models.DateTimeField(), Retention.AUDIT)
    reviewed_at = internal(models.DateTimeField(null=True), Retention.AUDIT)
    is_justified = internal(models.BooleanField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("-raised_at",)
        constraints = (models.UniqueConstraint(fields=["reader", "day", "kind"], name="one_alarm_a_reader_and_day"),)
