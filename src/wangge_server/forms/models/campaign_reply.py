from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive


class CampaignReply(models.Model):
    """What was answered to one question at one door, or that it was not. Append-only; part of the base register (R15)."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    door = internal(models.ForeignKey("forms.CampaignDoor", models.CASCADE, related_name="replies"), Retention.REGISTER)
    household = personal(models.ForeignKey("registry.Household", models.CASCADE, related_name="+"))
    person = personal(models.ForeignKey("registry.Person", models.CASCADE, null=True, related_name="+"))
    element = internal(models.CharField(max_length=80), Retention.REGISTER)
    said = sensitive(models.CharField(max_length=10), Retention.REGISTER)  # answered, refused, not_known
    value = sensitive(models.CharField(max_length=120, null=True), Retention.REGISTER)
    collected_on = internal(models.DateField(), Retention.REGISTER)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.REGISTER)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["household", "element"], name="said_of_a_household"),)
