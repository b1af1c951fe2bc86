from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal

KEPT = Retention.AUDIT  # who got what for which purpose is proof: it outlives the emergency, and holds nobody's data


def new_id() -> uuid.UUID:
    return uuid7()


class Share(models.Model):
    """A token: these elements of these rows, for one purpose, for one unit, so often, until then; two answer for it."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), KEPT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.PROTECT, related_name="+"), KEPT)
    dataset = internal(models.CharField(max_length=40), KEPT)
    purpose = internal(models.CharField(max_length=40), KEPT)
    basis = internal(models.CharField(max_length=200), KEPT)
    reason = internal(models.CharField(max_length=500), KEPT)  # why these elements are needed
    fields = internal(ArrayField(models.CharField(max_length=60)), KEPT)
    pseudonymised = internal(ArrayField(models.CharField(max_length=60)), KEPT)  # of the fields: given as tokens
    area_code = internal(models.CharField(max_length=15), KEPT)
    grades = internal(ArrayField(models.CharField(max_length=6)), KEPT)  # empty: all
    since = internal(models.DateField(null=True), KEPT)  # rows confirmed, or graded, on this day or later
    max_rows = internal(models.IntegerField(), KEPT)
    max_reads = internal(models.IntegerField(), KEPT)
    n_reads = internal(models.IntegerField(default=0), KEPT)
    begins_on = internal(models.DateField(), KEPT)
    ends_on = internal(models.DateField(), KEPT)
    state = internal(models.CharField(max_length=12), KEPT)
    grantee_unit = internal(models.CharField(max_length=20), KEPT)
    grantee_officer = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), KEPT)
    grantor_unit = internal(models.CharField(max_length=20, default=""), KEPT)
    grantor_officer = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), KEPT)
    requested_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), KEPT)
    requested_at = internal(models.DateTimeField(), KEPT)
    approved_by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), KEPT)
    signature = internal(models.CharField(max_length=88, default=""), KEPT)  # the installation's, over the terms

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(n_reads__lte=models.F("max_reads")), name="no_more_reads_than_granted"
            ),
        )


class ShareMove(models.Model):
    """One act in the life of a share. Appended, never changed."""

    id = internal(models.BigAutoField(primary_key=True), KEPT)
    share = internal(models.ForeignKey("sharing.Share", models.PROTECT, related_name="moves"), KEPT)
    act = internal(models.CharField(max_length=12), KEPT)
    state = internal(models.CharField(max_length=12), KEPT)  # after it
    words = internal(models.CharField(max_length=500, default=""), KEPT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), KEPT)
    at = internal(models.DateTimeField(), KEPT)

    class Meta:
        ordering = ("id",)


class ShareReceipt(models.Model):
    """One use: who, when, how many rows of which elements, and the digest of what was given. Both sides and the auditor see it."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), KEPT)
    share = internal(models.ForeignKey("sharing.Share", models.PROTECT, related_name="receipts"), KEPT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), KEPT)
    at = internal(models.DateTimeField(), KEPT)
    kind = internal(models.CharField(max_length=8), KEPT)  # whole, changes
    n_rows = internal(models.IntegerField(), KEPT)
    n_gone = internal(models.IntegerField(), KEPT)
    elements = internal(ArrayField(models.CharField(max_length=60)), KEPT)
    digest = internal(models.CharField(max_length=64), KEPT)  # SHA-256 of the rows given

    class Meta:
        ordering = ("-id",)
