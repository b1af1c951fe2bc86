from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal

EVENTS = ("born", "moved_in", "moved_within", "moved_away", "died")


class LifeEvent(models.Model):
    """A birth, a death or a move, told at the door: what keeps the register alive between lists."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    person = personal(models.ForeignKey("registry.Person", models.CASCADE, related_name="events"))
    kind = personal(models.CharField(max_length=12))  # born, moved_in, moved_within, moved_away, died
    on = personal(models.DateField())
    check_made = internal(
        models.ForeignKey("registry.HouseholdCheck", models.PROTECT, related_name="events"), Retention.REGISTER
    )
    recorded_at = internal(models.DateTimeField(auto_now_add=True), Retention.REGISTER)

    class Meta:
        ordering = ("person", "on", "id")
