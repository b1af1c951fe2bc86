from __future__ import annotations

from django.db import models

from wangge_server.base.fields import sensitive


class Confirmation(models.Model):
    """What somebody of the CDC says a contact is, with the reason. Appended; the newest counts. Event vault."""

    id = sensitive(models.BigAutoField(primary_key=True))
    emergency = sensitive(models.ForeignKey("emergency.Emergency", models.CASCADE, related_name="+"))
    source_id = sensitive(models.CharField(max_length=40))  # person_id of the case
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="confirmations"))
    proposed = sensitive(models.CharField(max_length=12))  # what the machine said then
    category = sensitive(models.CharField(max_length=12))  # close, secondary, general, companion, none
    reason = sensitive(models.CharField(max_length=200))
    by = sensitive(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    at = sensitive(models.DateTimeField(auto_now_add=True))

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["emergency", "source_id", "person"], name="newest_of_a_contact"),)
