from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Lead(models.Model):
    """One graded person, who must get exactly one outcome."""

    lead_id = sensitive(models.CharField(max_length=40, primary_key=True))
    task = sensitive(models.ForeignKey("dispatch.Task", models.CASCADE, related_name="leads"))
    person = sensitive(models.ForeignKey("registry.Person", models.PROTECT, related_name="leads"))
    grade = sensitive(models.CharField(max_length=6))
    batch = internal(
        models.ForeignKey("risk.Batch", models.CASCADE, related_name="+"), Retention.EVENT
    )  # that was signed
    withdrawn_at = internal(models.DateTimeField(null=True), Retention.EVENT)  # its batch was recalled
