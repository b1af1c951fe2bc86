from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class ProtocolVersion(models.Model):
    """One dated version of a protocol as two people of different departments signed it, each with their own key."""

    label = internal(models.CharField(max_length=60, primary_key=True), Retention.AUDIT)  # covid-2026-10
    name = internal(models.CharField(max_length=30, db_index=True), Retention.AUDIT)
    starts_on = internal(models.DateField(), Retention.AUDIT)
    ends_on = internal(models.DateField(), Retention.AUDIT)
    text = internal(models.TextField(), Retention.AUDIT)  # the file, to the letter
    digest = internal(models.CharField(max_length=64), Retention.AUDIT)  # SHA-256 of the text
    first_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    first_unit = internal(models.CharField(max_length=20), Retention.AUDIT)
    first_key = internal(models.ForeignKey("accounts.SigningKey", models.PROTECT, related_name="+"), Retention.AUDIT)
    first_signature = internal(models.BinaryField(), Retention.AUDIT)
    first_at = internal(models.DateTimeField(), Retention.AUDIT)
    # All of the second is empty until it is in force.
    second_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )
    second_unit = internal(models.CharField(max_length=20, blank=True), Retention.AUDIT)
    second_key = internal(
        models.ForeignKey("accounts.SigningKey", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )
    second_signature = internal(models.BinaryField(null=True), Retention.AUDIT)
    in_force_at = internal(models.DateTimeField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("name", "starts_on")
