from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive
from wangge_server.dispatch.models.gone import WRITTEN_BY


class Task(models.Model):
    """One envelope: one household's door, one worker. Middle tiers see counts and lateness, never rows."""

    task_id = internal(models.CharField(max_length=40, primary_key=True), Retention.EVENT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE), Retention.EVENT)
    household = sensitive(models.ForeignKey("registry.Household", models.PROTECT, related_name="tasks"))
    dwelling_id = sensitive(models.CharField(max_length=40, null=True))
    grid_code = internal(models.CharField(max_length=15, null=True, db_index=True), Retention.EVENT)
    worker_id = internal(models.CharField(max_length=40, null=True), Retention.EVENT)
    grade = sensitive(models.CharField(max_length=6))
    n_people = internal(models.IntegerField(), Retention.EVENT)
    order = internal(models.IntegerField(null=True), Retention.EVENT)
    signed_at = internal(models.DateTimeField(), Retention.EVENT)
    open_due = internal(models.DateTimeField(), Retention.EVENT)
    attempt_due = internal(models.DateTimeField(), Retention.EVENT)
    result_due = internal(models.DateTimeField(db_index=True), Retention.EVENT)
    opened_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    attempted_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    closed_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    withdrawn_at = internal(models.DateTimeField(null=True), Retention.EVENT)  # recalled before anybody was done
    # Kept by the database (migration 0002); what a phone pulls since its last time is found by it.
    changed = internal(models.BigIntegerField(db_default=WRITTEN_BY), Retention.EVENT)

    class Meta:
        indexes = (models.Index(fields=["worker_id", "changed"], name="task_since"),)
