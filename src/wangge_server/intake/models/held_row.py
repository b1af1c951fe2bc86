from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class HeldRow(models.Model):
    """A row kept aside: where it stands and why. The value itself stays in the department's own file."""

    id = internal(models.BigAutoField(primary_key=True), Retention.BATCH)
    batch = internal(models.ForeignKey("intake.Batch", models.CASCADE, related_name="held"), Retention.BATCH)
    sheet = internal(models.CharField(max_length=120, blank=True), Retention.BATCH)
    row = internal(models.IntegerField(), Retention.BATCH)
    line = internal(models.IntegerField(), Retention.BATCH)
    element = internal(models.CharField(max_length=60, blank=True), Retention.BATCH)
    code = internal(models.CharField(max_length=8), Retention.BATCH)
    # The batch that holds this row's correction; null while nobody sent one.
    corrected_in = internal(
        models.ForeignKey("intake.Batch", models.SET_NULL, null=True, related_name="+"), Retention.BATCH
    )

    class Meta:
        ordering = ("batch", "line")
