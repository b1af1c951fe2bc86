from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive
from wangge_server.base.sealed import SealedBytes
from wangge_server.forms.models.form_version import new_id


class Submission(models.Model):
    """One filled form, kept whole as it came. Idempotent by instanceID: another with the same id is a conflict beside it."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    instance_id = internal(models.CharField(max_length=120), Retention.EVENT)
    form_id = internal(models.CharField(max_length=80), Retention.EVENT)  # as it says itself, known or not
    version_said = internal(models.CharField(max_length=60, blank=True), Retention.EVENT)
    version = internal(
        models.ForeignKey("forms.FormVersion", models.PROTECT, null=True, related_name="submissions"), Retention.EVENT
    )
    purpose = internal(models.CharField(max_length=40), Retention.EVENT)
    # accepted; held: kept, waits for review; conflict: same id, other bytes; replaced: an edit took its place; refused: by review
    state = internal(models.CharField(max_length=10), Retention.EVENT)
    problems = internal(models.JSONField(default=list), Retention.EVENT)  # [{code, path}], never a value
    xml = sensitive(SealedBytes())
    digest = internal(models.CharField(max_length=64), Retention.EVENT)
    replaces = internal(
        models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by"), Retention.EVENT
    )
    grid_code = personal(models.CharField(max_length=15, blank=True, db_index=True), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    device = internal(models.ForeignKey("forms.Device", models.PROTECT, null=True, related_name="+"), Retention.EVENT)
    received_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    reviewed_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT
    )
    reviewed_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["instance_id"], condition=~models.Q(state="conflict"), name="one_submission_of_an_instance_id"
            ),
            models.UniqueConstraint(fields=["instance_id", "digest"], name="one_row_for_the_same_bytes"),
        )
        indexes = (models.Index(fields=["form_id", "state"], name="submissions_of_a_form"),)
