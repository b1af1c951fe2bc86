from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal
from wangge_server.intake.models.place_row import PlaceRow


class FaultRow(PlaceRow):
    """A value set aside while its row went on without it: a person must look."""

    batch = internal(models.ForeignKey("intake.Batch", models.CASCADE, related_name="faults"), Retention.BATCH)
