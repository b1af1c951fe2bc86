from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class PlaceRow(models.Model):
    """A cell or a row of a file that somebody must look at: where it stands and why, never what stands there."""

    id = internal(models.BigAutoField(primary_key=True), Retention.BATCH)
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
        abstract = True
        ordering = ("batch", "line")
