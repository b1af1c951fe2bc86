from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge_server.base.fields import internal
from wangge_server.forms.models.form_version import new_id


class Campaign(models.Model):
    """Visits that ask: targeted ones that close gaps between emergencies, or a census with a deadline. Never in the event vault."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False))
    kind = internal(models.CharField(max_length=10))  # targeted, census
    profile = internal(models.CharField(max_length=40, blank=True))  # whom targeted visits are for
    purpose = internal(models.CharField(max_length=20))  # for which workers ask: care, register
    area_code = internal(models.CharField(max_length=15))
    elements = internal(ArrayField(models.CharField(max_length=80)))  # what may be asked, the most important first
    starts_on = internal(models.DateField())
    due_on = internal(models.DateField())
    state = internal(models.CharField(max_length=10, default="proposed"))  # proposed, running, withdrawn
    price = internal(models.JSONField())  # as it was shown when it was proposed: counts by grid, nobody named
    proposed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    proposed_at = internal(models.DateTimeField(auto_now_add=True))
    approved_by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"))
    approved_at = internal(models.DateTimeField(null=True))
    ended_by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"))
    ended_at = internal(models.DateTimeField(null=True))

    class Meta:
        ordering = ("-proposed_at",)
