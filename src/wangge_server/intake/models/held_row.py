from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal
from wangge_server.intake.models.place_row import PlaceRow


class HeldRow(PlaceRow):
    """A row kept aside: where it stands and why. The value itself stays in the department's own file."""

    batch = internal(models.ForeignKey("intake.Batch", models.CASCADE, related_name="held"), Retention.BATCH)
