from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class EmergencyMove(models.Model):
    """One act in the life of an emergency: who, for which department, when, to which phase. Appended, never changed."""

    id = internal(models.BigAutoField(primary_key=True), Retention.AUDIT)
    emergency = internal(
        models.ForeignKey("emergency.Emergency", models.PROTECT, related_name="moves"), Retention.AUDIT
    )
    act = internal(models.CharField(max_length=16), Retention.AUDIT)
    phase = internal(models.CharField(max_length=20), Retention.AUDIT)  # after it
    asked = internal(models.CharField(max_length=12, blank=True), Retention.AUDIT)  # what was asked for or agreed to
    until = internal(models.DateField(null=True), Retention.AUDIT)
    words = internal(models.CharField(max_length=500, blank=True), Retention.AUDIT)
    said = internal(models.JSONField(default=dict), Retention.AUDIT)  # the declaration as it stood when it was signed
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    unit_code = internal(models.CharField(max_length=20), Retention.AUDIT)  # the department on that day
    at = internal(models.DateTimeField(), Retention.AUDIT)

    class Meta:
        ordering = ("id",)
