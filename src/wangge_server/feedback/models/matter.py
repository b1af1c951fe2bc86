"""Things found: on patrol, told by residents, sent by 12345 or the city platform. About places, never about people."""

from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal
from wangge_server.base.sealed import SealedText


def new_id() -> uuid.UUID:
    """Ids that sort by time."""
    return uuid7()


class Matter(models.Model):
    """One thing somebody should see to. Its life stands in matters.toml; the moves tell what was said and done."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.WORK)
    kind = internal(models.CharField(max_length=24), Retention.WORK)
    source = internal(models.CharField(max_length=10), Retention.WORK)
    # The number another system knows it by: the same one sent again makes no second matter.
    external_id = internal(models.CharField(max_length=80, blank=True), Retention.WORK)
    grid_code = internal(models.CharField(max_length=15, db_index=True), Retention.WORK)
    area_version = internal(models.CharField(max_length=10), Retention.WORK)
    place = personal(SealedText(), Retention.REGISTER)  # where, in words
    lon = internal(models.FloatField(null=True), Retention.WORK)  # of the thing, WGS84
    lat = internal(models.FloatField(null=True), Retention.WORK)
    state = internal(models.CharField(max_length=16, db_index=True), Retention.WORK)
    unit = internal(models.CharField(max_length=20, blank=True, db_index=True), Retention.WORK)  # who handles it
    reported_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    reported_at = internal(models.DateTimeField(), Retention.WORK)
    entered_at = internal(models.DateTimeField(), Retention.WORK)  # the state it is in now
    due_at = internal(models.DateTimeField(null=True, db_index=True), Retention.WORK)  # the next act
    dispatched_at = internal(models.DateTimeField(null=True), Retention.WORK)
    handling_due = internal(models.DateTimeField(null=True), Retention.WORK)
    original_due = internal(
        models.DateTimeField(null=True), Retention.WORK
    )  # before any extension: what statistics use
    asked_until = internal(
        models.DateTimeField(null=True), Retention.WORK
    )  # an extension, or the review of a hung-up one
    closed_at = internal(models.DateTimeField(null=True), Retention.WORK)
    overdue_at = internal(models.DateTimeField(null=True), Retention.WORK)  # flags, set by the clock
    escalated_at = internal(models.DateTimeField(null=True), Retention.WORK)
    n_returns = internal(models.IntegerField(default=0), Retention.WORK)
    n_extensions = internal(models.IntegerField(default=0), Retention.WORK)
    n_reworks = internal(models.IntegerField(default=0), Retention.WORK)
    n_reopens = internal(models.IntegerField(default=0), Retention.WORK)
    is_arbitrated = internal(models.BooleanField(default=False), Retention.WORK)
    satisfaction = internal(models.CharField(max_length=12, blank=True), Retention.WORK)
    merged_into = internal(models.ForeignKey("self", models.PROTECT, null=True, related_name="merged"), Retention.WORK)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_matter_a_foreign_number",
            ),
        )


class MatterMove(models.Model):
    """One act in a matter: who, when, to which state, with which words. Appended, never changed."""

    id = internal(models.BigAutoField(primary_key=True), Retention.WORK)
    matter = internal(models.ForeignKey(Matter, models.CASCADE, related_name="moves"), Retention.WORK)
    act = internal(models.CharField(max_length=16), Retention.WORK)
    state = internal(models.CharField(max_length=16), Retention.WORK)  # after it
    words = personal(SealedText(blank=True), Retention.REGISTER)
    unit = internal(models.CharField(max_length=20, blank=True), Retention.WORK)  # dispatched to, or proposed instead
    until = internal(models.DateTimeField(null=True), Retention.WORK)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    device_at = internal(models.DateTimeField(null=True), Retention.WORK)  # what the phone's clock said; orders nothing
    at = internal(models.DateTimeField(), Retention.WORK)
    area_version = internal(models.CharField(max_length=10), Retention.WORK)

    class Meta:
        ordering = ("id",)
