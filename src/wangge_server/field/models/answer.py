from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Answer(models.Model):
    """What was seen at the door. Append-only; its id is made on the phone, so a repeat is recognised."""

    answer_id = internal(models.UUIDField(primary_key=True), Retention.EVENT)
    lead = sensitive(models.ForeignKey("dispatch.Lead", models.CASCADE, related_name="answers"))
    person = sensitive(models.CharField(max_length=12))
    residence = sensitive(models.CharField(max_length=16))
    status = sensitive(models.CharField(max_length=14))
    temperature = sensitive(models.DecimalField(max_digits=3, decimal_places=1, null=True))
    symptoms = sensitive(ArrayField(models.CharField(max_length=20), default=list))
    needs = sensitive(ArrayField(models.CharField(max_length=20), default=list))
    result = sensitive(models.CharField(max_length=20))
    note = sensitive(models.CharField(max_length=300, blank=True))
    payload_hash = internal(models.CharField(max_length=64), Retention.EVENT)
    base = internal(models.UUIDField(null=True), Retention.EVENT)  # the answer that stood when this one was given
    is_conflict = internal(models.BooleanField(default=False), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    observed_at = internal(models.DateTimeField(), Retention.EVENT)  # the phone's clock: evidence, never order
    received_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
