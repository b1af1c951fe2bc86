from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Dispute(models.Model):
    """Two answers that cannot both be right, kept for a person to settle by `settle_by`.

    kind "outcome": answers that differ in what they end and did not know of each other (`answers` lists them).
    kind "bytes": the id of a stored answer came again with other contents; `payload` keeps what came.
    """

    # Made of what differs: a repeat adds none.
    dispute_id = internal(models.CharField(max_length=160, primary_key=True), Retention.EVENT)
    kind = internal(models.CharField(max_length=8), Retention.EVENT)
    lead = sensitive(models.ForeignKey("dispatch.Lead", models.CASCADE, related_name="disputes"))
    answers = internal(ArrayField(models.UUIDField()), Retention.EVENT)
    payload = sensitive(models.JSONField(null=True))
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    opened_at = internal(models.DateTimeField(), Retention.EVENT)
    settle_by = internal(models.DateTimeField(db_index=True), Retention.EVENT)
    settled_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    settled_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT
    )
    kept = internal(
        models.UUIDField(null=True), Retention.EVENT
    )  # the answer that stands; null: nothing left to decide
