from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive
from wangge_server.base.sealed import SealedText


class Reply(models.Model):
    """One answer of a submission under its data element: what the register and the gap map read. Made from the submission alone."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    submission = internal(
        models.ForeignKey("forms.Submission", models.CASCADE, related_name="replies"), Retention.EVENT
    )
    path = internal(models.CharField(max_length=300), Retention.EVENT)
    subject = internal(models.CharField(max_length=120), Retention.EVENT)  # which member: repeat and its place, or ""
    household_id = personal(models.CharField(max_length=40, blank=True, db_index=True), Retention.EVENT)
    element = internal(models.CharField(max_length=80, db_index=True), Retention.EVENT)
    said = sensitive(models.CharField(max_length=10))  # answered, refused, not_known
    value = sensitive(SealedText(blank=True))
    collected_on = internal(models.DateField(), Retention.EVENT)

    class Meta:
        ordering = ("id",)
