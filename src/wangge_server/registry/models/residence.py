from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal

KINDS = ("permanent", "boarding", "floating", "unknown")
ENDS = ("moved_within", "moved_away", "died", "corrected")


class Residence(models.Model):
    """Who lived behind which door, since when and until when. Nothing is overwritten: a move ends one and begins another."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    person = personal(models.ForeignKey("registry.Person", models.CASCADE, related_name="residences"))
    household = personal(models.ForeignKey("registry.Household", models.PROTECT, related_name="residences"))
    kind = personal(models.CharField(max_length=12, default="unknown"))  # permanent, boarding, floating, unknown
    from_on = personal(models.DateField(null=True))  # null: nobody said since when
    to_on = personal(models.DateField(null=True))  # null: lives there still
    ended = personal(models.CharField(max_length=12, blank=True))  # moved_within, moved_away, died, corrected
    source = internal(models.CharField(max_length=10), Retention.REGISTER)  # lists, or door
    recorded_at = internal(models.DateTimeField(auto_now_add=True), Retention.REGISTER)

    class Meta:
        ordering = ("person", "id")
        constraints = (
            models.UniqueConstraint(fields=["person"], condition=models.Q(to_on=None), name="one_home_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(from_on=None) | models.Q(to_on=None) | models.Q(to_on__gte=models.F("from_on")),
                name="residence_ends_after_it_begins",
            ),
        )
        indexes = (
            models.Index(fields=["household"], condition=models.Q(to_on=None), name="who_lives_here"),
            models.Index(fields=["kind", "household"], condition=models.Q(to_on=None), name="how_they_live_here"),
        )
