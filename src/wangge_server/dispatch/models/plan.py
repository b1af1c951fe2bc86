from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Plan(models.Model):
    """The envelopes a batch of grades would send, kept until three seats have signed it. Nothing of it is on its way."""

    batch = internal(
        models.OneToOneField("risk.Batch", models.CASCADE, primary_key=True, related_name="+"), Retention.EVENT
    )
    leads = sensitive(models.BinaryField())  # LEAD, as Arrow writes it
    tasks = sensitive(models.BinaryField())  # TASK
    n_leads = internal(models.IntegerField(), Retention.EVENT)
    n_tasks = internal(models.IntegerField(), Retention.EVENT)
