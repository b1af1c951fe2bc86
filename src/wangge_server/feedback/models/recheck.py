from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Recheck(models.Model):
    """A blind second look at one lead by somebody of another unit, who does not see the first answer."""

    lead = sensitive(models.OneToOneField("dispatch.Lead", models.CASCADE, primary_key=True, related_name="recheck"))
    drawn_at = internal(models.DateTimeField(), Retention.EVENT)
    done_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT)
    person = sensitive(models.CharField(max_length=12, blank=True))
    residence = sensitive(models.CharField(max_length=16, blank=True))
    result = sensitive(models.CharField(max_length=20, blank=True))
    agrees = internal(models.BooleanField(null=True), Retention.EVENT)
