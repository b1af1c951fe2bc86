from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive
from wangge_server.base.sealed import SealedBytes


class SubmissionFile(models.Model):
    """A photo, recording or drawing that belongs to a submission."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    submission = internal(models.ForeignKey("forms.Submission", models.CASCADE, related_name="files"), Retention.EVENT)
    name = internal(models.CharField(max_length=200), Retention.EVENT)
    data = sensitive(SealedBytes())
    digest = internal(models.CharField(max_length=64), Retention.EVENT)
    received_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["submission", "name"], name="one_file_of_a_submission"),)
