from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Home(models.Model):
    """In which grid a door lay from when to when. Doors that never moved have no row: their grid stands in the frame."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    dwelling = internal(
        models.ForeignKey("geography.Dwelling", models.CASCADE, related_name="homes"), Retention.REGISTER
    )
    grid_code = internal(models.CharField(max_length=15), Retention.REGISTER)
    valid_from = internal(models.DateTimeField(), Retention.REGISTER)
    valid_to = internal(models.DateTimeField(null=True), Retention.REGISTER)
    redivision = internal(models.ForeignKey("geography.Redivision", models.PROTECT, null=True, related_name="homes"),
                          Retention.REGISTER)  # fmt: skip

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dwelling"], condition=models.Q(valid_to=None), name="one_grid_at_a_time"),
        )
