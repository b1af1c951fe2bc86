from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Emergency(models.Model):
    """A declared emergency. Without one there are no cases, exposures, grades or tasks."""

    code = internal(models.CharField(max_length=40, primary_key=True), Retention.AUDIT)
    name = internal(models.CharField(max_length=80), Retention.AUDIT)
    hazard = internal(models.CharField(max_length=40), Retention.AUDIT)
    level = internal(models.CharField(max_length=10), Retention.AUDIT)
    legal_basis = internal(models.CharField(max_length=200), Retention.AUDIT)
    document_no = internal(models.CharField(max_length=80), Retention.AUDIT)
    area_code = internal(models.CharField(max_length=15), Retention.AUDIT)
    phase = internal(models.CharField(max_length=20, default="active"), Retention.AUDIT)  # active, wind_down, ended
    protocol = internal(models.CharField(max_length=60), Retention.AUDIT)
    starts_on = internal(models.DateField(), Retention.AUDIT)
    review_on = internal(models.DateField(), Retention.AUDIT)
    as_of = internal(models.DateField(), Retention.AUDIT)  # newest day the data speak of

    class Meta:
        ordering = ("-starts_on",)
