from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Emergency(models.Model):
    """An emergency, drafted by one and signed into force by another. Without one there are no cases, grades or tasks."""

    code = internal(models.CharField(max_length=40, primary_key=True), Retention.AUDIT)
    name = internal(models.CharField(max_length=80), Retention.AUDIT)
    kind = internal(models.CharField(max_length=12, default="declared"), Retention.AUDIT)  # declared, anticipated
    hazard = internal(models.CharField(max_length=40), Retention.AUDIT)
    level = internal(models.CharField(max_length=10), Retention.AUDIT)
    legal_basis = internal(models.CharField(max_length=200), Retention.AUDIT)
    document_no = internal(models.CharField(max_length=80), Retention.AUDIT)
    area_code = internal(models.CharField(max_length=15), Retention.AUDIT)
    phase = internal(models.CharField(max_length=20, default="draft"), Retention.AUDIT)  # as in phases.toml
    protocol = internal(models.CharField(max_length=60), Retention.AUDIT)  # label of a version: covid-2026-10
    starts_on = internal(models.DateField(), Retention.AUDIT)
    ends_on = internal(models.DateField(null=True), Retention.AUDIT)  # null: open, until a review ends it
    review_on = internal(models.DateField(), Retention.AUDIT)
    as_of = internal(models.DateField(), Retention.AUDIT)  # newest day the data speak of
    asked = internal(models.CharField(max_length=12, blank=True), Retention.AUDIT)  # wind_down, active, ended, review
    asked_until = internal(models.DateField(null=True), Retention.AUDIT)  # the later review date asked for
    asked_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.AUDIT
    )

    class Meta:
        ordering = ("-starts_on", "-code")
