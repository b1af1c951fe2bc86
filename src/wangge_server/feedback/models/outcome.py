from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Outcome(models.Model):
    """The one outcome of a lead. Open leads have no row here."""

    lead = sensitive(models.OneToOneField("dispatch.Lead", models.CASCADE, primary_key=True, related_name="outcome"))
    outcome = sensitive(models.CharField(max_length=20))
    answer_id = internal(models.UUIDField(), Retention.EVENT)
    decided_at = internal(models.DateTimeField(), Retention.EVENT)
