from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Recheck(models.Model):
    """A blind second look at one lead by somebody of another unit, who does not see the first answer."""

    lead = sensitive(models.OneToOneField("dispatch.Lead", models.CASCADE, primary_key=True, related_name="recheck"))
    drawn_at = internal(models.DateTimeField(), Retention.EVENT)
    done_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT)
    answer_id = internal(models.UUIDField(null=True), Retention.EVENT)  # made on the phone: a repeat is recognised
    observed_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    person = sensitive(models.CharField(max_length=12, blank=True))
    residence = sensitive(models.CharField(max_length=16, blank=True))
    status = sensitive(models.CharField(max_length=14, blank=True))
    temperature = sensitive(models.DecimalField(max_digits=3, decimal_places=1, null=True))
    symptoms = sensitive(ArrayField(models.CharField(max_length=20), default=list))
    needs = sensitive(ArrayField(models.CharField(max_length=20), default=list))
    note = sensitive(models.CharField(max_length=300, blank=True))
    result = sensitive(models.CharField(max_length=20, blank=True))
    agrees = internal(models.BooleanField(null=True), Retention.EVENT)
